#pragma once

#include "graph/model/graph.hpp"

namespace lowcal::graph {

/// Rewrites a graph of opset 7 to 24 into the form of opset 13 to 17: what stood in attributes
/// before (axes, sizes, bounds, pads, scales) becomes constant inputs, Upsample a Resize, Softmax
/// over several axes one behind a Flatten; axes of reductions that are inputs since 18 become an
/// attribute. Nodes may come out of order. Throws InputError naming the node where the meaning
/// would change.
void convert_opset(Graph& graph);

}  // namespace lowcal::graph
