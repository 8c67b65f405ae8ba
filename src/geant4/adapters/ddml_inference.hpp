#pragma once

#include "core/files/network_file.hpp"
#include "geant4/adapters/ddml_layouts.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::geant4 {

/// A LowCal network as an inference of DDML: `Interface` is its ddml::InferenceInterface, `Engine`
/// a callable that draws 32 random bits of the simulation.
///
/// DDML makes the object empty and sets its properties later, so that the network is loaded at the
/// first shower: `ModelPath`, a file or the name of one of LowCal's; `ModelClass`, the name of the
/// model class beside it (ddml_layouts.hpp); `PDG` of the primaries and `PortsPath`, for networks
/// that ask for them. One object for each thread, each with the network.
template <class Interface, class Engine>
class DdmlInference : public Interface {
public:
    /// `plugin`: DD4hep's action.
    template <class Plugin>
    void declareProperties(Plugin* plugin)
    {
        plugin->declareProperty("ModelPath", model_path_);
        plugin->declareProperty("ModelClass", model_class_);
        plugin->declareProperty("PDG", pdg_);
        plugin->declareProperty("PortsPath", ports_path_);
    }

    /// `output` has the size that the model takes. The shapes of the inputs as tensors are not
    /// needed. Throws InputError where the network cannot be read or does not fit the model.
    void runInference(std::vector<std::vector<float>> const& inputs,
                      std::vector<std::vector<std::int64_t>> const&,
                      std::vector<float>& output) override
    {
        if (!ask_) load();
        auto const cells = (*ask_)(inputs, output.size(), seed_of(engine_));
        for (std::size_t i = 0; i < cells.size(); ++i) output[i] = static_cast<float>(cells[i]);
    }

private:
    void load()
    {
        ask_.emplace(std::make_shared<runtime::ShowerGenerator const>(
                         find_network(model_path_),
                         runtime::ShowerGenerator::Config{.batch = 1, .ports = ports_path_}),
                     ddml_layout(model_class_), pdg_);
    }

    std::string model_path_;
    std::string model_class_ = "RegularGridGANModel";
    int pdg_ = 0;
    std::string ports_path_;
    std::optional<AskedGenerator> ask_;
    Engine engine_{};
};

}  // namespace lowcal::geant4
