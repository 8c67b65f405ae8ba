#pragma once

#include "graph/model/graph.hpp"
#include "graph/ports/port_map.hpp"

#include <optional>

namespace lowcal::graph {

/// What the inputs and the output of a network seem to be.
struct PortGuess {
    PortMap map;
    std::vector<std::string> doubts{};  ///< what is not sure, in words; empty: all is
};

/// Guesses from names, widths, shapes and metadata. Sure are only: names that say role and unit
/// (`latent`, `noise`, `z`, `energy`, `energy_mev`, `theta`, ...) whatever an exporter puts around
/// them, and an output whose sizes are those of the detector (the metadata's, else `given`, else a
/// known one) in their order, or flat.
PortGuess guess_ports(Graph const& network, std::optional<Detector> const& given);

}  // namespace lowcal::graph
