#pragma once

#include "core/detector/conditions.hpp"
#include "core/detector/detector.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::graph {

/// What a number that goes into a network is.
enum class PartRole {
    normal,    ///< of a latent vector, standard normal
    uniform,   ///< of a latent vector, uniform in (0, 1)
    energy,    ///< of the primary, GeV
    condition  ///< core/detector/conditions.hpp
    ,
    constant  ///< the same for all showers
};

/// Functions that a network may want a number through.
enum class PartFunction { none, log, log10, sqrt, cos, sin };

/// Some of the numbers of an input: scale x function(number / divide_by) + add.
struct PortPart {
    PartRole role = PartRole::normal;
    ConditionInfo const* condition = nullptr;  ///< where that is its role
    std::size_t width = 0;                     ///< numbers; 0: as many as its input leaves to it
    double divide_by = 1.0;                    ///< of the unit: GeV, rad, mm, PDG code
    PartFunction function = PartFunction::none;
    double scale = 1.0;
    double add = 0.0;
    std::vector<double> values{};   ///< of a constant
    std::vector<double> one_hot{};  ///< PDG codes, one number each: 1 for the primary's
    bool operator==(PortPart const&) const = default;
};

/// An input and what its numbers are, in their order.
struct MappedInput {
    std::string name;
    std::vector<PortPart> parts;
    bool operator==(MappedInput const&) const = default;
};

/// The output that is the shower: a cell in GeV is (number / divide_by)^power, times the primary's
/// energy where it is a share of that.
struct MappedOutput {
    std::string name{};
    std::vector<std::string>
        axes{};  ///< of the detector, in the output's order; empty: as they are
    double divide_by = 1.0;
    double power = 1.0;
    bool times_energy = false;
    /// Cells that are kept of each axis, in the detector's order: the front ones along depth, those
    /// in the middle beside it; empty: all.
    std::vector<std::size_t> crop{};
    bool operator==(MappedOutput const&) const = default;
};

/// What the inputs and the output of a network are, for networks that do not say it themselves.
struct PortMap {
    std::vector<MappedInput> inputs{};
    MappedOutput output{};
    std::optional<Detector> detector{};
    bool operator==(PortMap const&) const = default;
};

/// A file of --ports (docs/file_formats.md): JSON. Its detector may be a file beside it. Throws
/// InputError that begins with the file's name for what is no such JSON, naming the key.
PortMap read_port_map(std::filesystem::path const& file);

/// The same of a text; `label` begins messages, detector files are looked for in `folder`.
PortMap port_map_from_json(std::string const& text, std::string const& label,
                           std::filesystem::path const& folder = {});

/// JSON of a few lines of which `port_map_from_json` makes an equal value; without the detector,
/// which is no matter of guesses.
std::string to_json(PortMap const& map);

}  // namespace lowcal::graph
