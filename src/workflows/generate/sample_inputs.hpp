#pragma once

#include "core/detector/detector.hpp"
#include "data/showers.hpp"
#include "graph/model/graph.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>

namespace lowcal::workflows {

/// Energies and conditions of `count` showers, evenly spaced through a file; `detector` is that of
/// the network, for files that do not say their own. Throws InputError where it holds fewer.
data::ShowerBlock inputs_through_file(std::filesystem::path const& file, std::size_t count,
                                      std::optional<Detector> const& detector);

/// The detector of a network that says one; none where it does not.
std::optional<Detector> detector_if_known(graph::Graph const& network);

/// For a network that nobody gave energies for: spread evenly over its detector's range. Throws
/// InputError where that is not known, or the network needs conditions, too.
data::ShowerBlock inputs_over_range(graph::Graph const& network, std::size_t count);

}  // namespace lowcal::workflows
