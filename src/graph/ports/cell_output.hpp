#pragma once

#include "graph/model/graph.hpp"
#include "graph/ports/port_map.hpp"

namespace lowcal::graph {

/// An output that is to become cells.
struct CellOutput {
    MappedOutput const& output;
    Shape const& shape;  ///< of the output, for one run
    Detector const* detector = nullptr;
    std::string const&
        energy;  ///< name of the primary's energy [N, 1] where cells are shares of it
};

/// Appends the nodes that make cells [N, axes] in GeV of an output; they become the network's only
/// one, `shower`. Throws InputError where axes are named that the detector has not, or its cells do
/// not fit.
void write_cells(Graph& network, CellOutput const& cells);

}  // namespace lowcal::graph
