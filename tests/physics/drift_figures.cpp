#include "drift_figures.hpp"

#include "core/detector/known_detectors.hpp"
#include "data/reading/shower_reader.hpp"
#include "physics/shower_observer.hpp"
#include "runtime/shower_generator.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

namespace lowcal::physics {

namespace fs = std::filesystem;

Figures figures_of(data::ShowerBlock const& showers, Detector const& detector)
{
    struct Sums {
        double count = 0, first = 0, second = 0;
    };
    auto const set = std::make_shared<ObservableSet const>(detector);
    ShowerObserver observe(set);
    std::map<std::string, Sums> sums;
    for (std::size_t i = 0; i < showers.count(); ++i) {
        auto const energy = static_cast<double>(showers.primary_energy[i]);
        auto const& observed = observe(showers.shower(i), energy);
        for (std::size_t number = 0; number < set->observables().size(); ++number) {
            auto const& info = set->observables()[number];
            double const value = observed.values[number];
            if (std::isnan(value)) continue;
            auto& sum = sums[info.key];
            sum.count += 1;
            sum.first += value;
            sum.second += value * value;
        }
    }
    Figures figures;
    for (auto const& [key, sum] : sums) {
        double const mean = sum.first / sum.count;
        double const variance = std::max(0.0, sum.second / sum.count - mean * mean);
        figures[key] = {.mean = mean, .error = std::sqrt(variance / sum.count)};
    }
    return figures;
}

namespace {

constexpr std::size_t count = 100;

/// Of other detectors or with conditions: energies evenly over the network's range in log E,
/// electrons and photons in turn, along the axis.
data::ShowerBlock spread_inputs(runtime::ShowerGenerator const& generator)
{
    auto const& range = generator.detector().primary_energies;
    data::ShowerBlock inputs;
    for (std::size_t i = 0; i < count; ++i)
        inputs.primary_energy.push_back(static_cast<float>(
            range.low * std::pow(range.high / range.low, (static_cast<double>(i) + 0.5) / count)));
    for (auto const& name : generator.needed_conditions()) {
        auto const& info = *find_condition(name);
        auto& values = data::condition_of(inputs, info);
        for (std::size_t i = 0; i < count * info.width; ++i)
            values.push_back(name == "pdg"     ? (i % 2 == 0 ? 11.0F : 22.0F)
                             : name == "theta" ? 1.5F
                                               : 0.0F);
    }
    return inputs;
}

}  // namespace

ReferenceShowers reference_showers(fs::path const& network)
{
    runtime::ShowerGenerator const generator(network, {});
    auto const& detector = generator.detector();
    bool const of_validation =
        same_cells(detector, clic_detector()) && generator.needed_conditions().empty();
    ReferenceShowers made{
        .detector = detector,
        .showers = of_validation
                       ? data::ShowerReader(LOWCAL_SOURCE_DIR "/data/validation.h5").read(0, count)
                       : spread_inputs(generator)};
    auto& showers = made.showers;
    showers.cells.resize(count * detector.cells());
    generator.generate({.seed = 20211,
                        .energies = showers.primary_energy,
                        .conditions = of_validation ? Conditions{} : data::conditions_of(showers)},
                       showers.cells);
    return made;
}

std::vector<fs::path> shipped_networks()
{
    std::vector<fs::path> networks;
    for (auto const& entry : fs::directory_iterator(LOWCAL_SOURCE_DIR "/models"))
        if (entry.path().extension() == ".onnx") networks.push_back(entry.path());
    std::sort(networks.begin(), networks.end());
    return networks;
}

fs::path recorded_file()
{
    return LOWCAL_SOURCE_DIR "/tests/physics/drift.json";
}

}  // namespace lowcal::physics
