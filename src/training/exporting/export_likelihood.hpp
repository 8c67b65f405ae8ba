#pragma once

#include "graph/model/graph.hpp"
#include "training/loop/checkpoint.hpp"

namespace lowcal::training {

/// `fine` or `passes` as a network: inputs `latent` [N, layers] (standard normal, of the layer
/// energies), `uniform` [N, U] (in (0, 1), of cells and of where the primary enters), `energy` [N,
/// 1] in GeV and conditions; output `shower` in GeV, [N] and the detector's axes. Layers become
/// cells by one operator of our own, SplitTree or CellPasses.
graph::Graph to_graph(StoredFine const& stored);
graph::Graph to_graph(StoredPasses const& stored);

}  // namespace lowcal::training
