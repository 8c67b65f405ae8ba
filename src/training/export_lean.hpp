#pragma once

#include "graph/graph.hpp"
#include "training/checkpoint.hpp"

namespace lowcal::training {

/// `lean` as a network of ONNX operators: inputs `latent` [N, LeanLatent::size] (standard normal)
/// and `energy` [N, 1] in GeV, output `shower` [N, 25, 25, 25] in GeV, [x][y][z].
///
/// Node names begin with "head." up to the layer energies, with "coarse." and "fine." in the
/// convolutions and with "cells." in what follows them, all of it float32.
graph::Graph to_graph(StoredLean const& stored);

}  // namespace lowcal::training
