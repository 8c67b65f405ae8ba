#pragma once

#include "core/detector/conditions.hpp"
#include "core/detector/detector.hpp"
#include "graph/model/graph.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::graph {

// Names of a generator's inputs and output; conditions have those of core/detector/conditions.hpp.
inline constexpr char const* latent_port = "latent";
inline constexpr char const* uniform_port = "uniform";
inline constexpr char const* energy_port = "energy";
inline constexpr char const* shower_port = "shower";

/// PDG codes that a network knows where it has a number for each, in its metadata: "11,22".
inline constexpr char const* pdg_codes_key = "lowcal.pdg_codes";

/// What its conditions were in training, in its metadata: "theta=1.22:1.92,phi=-0.35:0.35".
inline constexpr char const* condition_ranges_key = "lowcal.condition_ranges";
std::string condition_ranges_text(ConditionRanges const& ranges);

/// PDG code of the primaries that a network is made for, in its metadata.
inline constexpr char const* pdg_key = "lowcal.pdg";

/// What an input of a generator is.
enum class InputRole { latent, uniform, energy, condition };

/// One input: [N, width].
struct GeneratorInput {
    InputRole role = InputRole::latent;
    ConditionInfo const* condition = nullptr;  ///< where that is its role
    std::size_t width = 1;
};

/// What a generator takes and makes.
struct GeneratorPorts {
    std::vector<GeneratorInput> inputs;  ///< in the network's order
    std::size_t latent_size = 0;
    Detector detector;                   ///< its cells are the output's
    int pdg = 0;                         ///< of the primaries; 0: not said
    std::vector<int> pdg_codes{};        ///< all that it knows, where it has a number for each
    ConditionRanges condition_ranges{};  ///< as far as it says them

    std::vector<std::string> condition_names() const;
};

/// The detector that is known by the shape of a shower [N, ...] alone: that of the shipped
/// networks.
std::optional<Detector> known_detector(Shape const& shape);

/// The ports of a network that runs on `batch` showers: inputs `latent` [N, L], optionally
/// `uniform` [N, U] (numbers in (0, 1)), `energy` [N, 1] and conditions, one output of [N] and the
/// detector's axes, with axes of one among them, or flat. The detector is that of the metadata,
/// else `given`, else the one that the shape is known for. Throws InputError that says what is
/// missing.
GeneratorPorts find_ports(std::vector<Value> const& inputs, std::vector<Value> const& outputs,
                          std::map<std::string, std::string> const& metadata, std::int64_t batch,
                          std::optional<Detector> const& given);

/// The same of a network that may run on any number of showers, or on the one it is fixed to;
/// shapes of outputs are inferred. Throws InputError also for what `infer_shapes` refuses.
GeneratorPorts ports_of(Graph const& network, std::optional<Detector> const& given = std::nullopt);

}  // namespace lowcal::graph
