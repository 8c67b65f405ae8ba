#pragma once

#include "graph/model/graph.hpp"
#include "training/loop/checkpoint.hpp"

namespace lowcal::training {

/// `lean` as a network of ONNX operators: inputs `latent` [N, LeanLatent::size()] (standard
/// normal), `energy` [N, 1] in GeV and the geometry's conditions [N, 1], output `shower` [N, axes
/// in memory] in GeV.
///
/// Node names begin with "head." up to the layer energies, with "coarse." and "fine." in the
/// convolutions and with "cells." in what follows them, all of it float32.
graph::Graph to_graph(StoredLean const& stored);

}  // namespace lowcal::training
