#pragma once

#include "graph/model/graph.hpp"
#include "training/loop/checkpoint.hpp"

namespace lowcal::training {

/// A generator as a network of ONNX operators: inputs `latent` [N, 200] (standard normal) and
/// `energy` [N, 1] in GeV, output `shower` [N, 25, 25, 25] in GeV, [x][y][z]. The product noise x
/// energy / 100 is a node; the image's scale is folded into the last convolution.
graph::Graph to_graph(StoredGenerator const& stored);

}  // namespace lowcal::training
