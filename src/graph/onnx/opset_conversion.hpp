#pragma once

#include "graph/model/graph.hpp"

namespace lowcal::graph {

/// Rewrites a graph of opset 11 to 24 into the form of opset 13 to 17: axes and split sizes that
/// stood in attributes before opset 13 become constant inputs, axes of ReduceMean that are inputs
/// since 18 become an attribute. Throws InputError naming the node where the meaning would change.
void convert_opset(Graph& graph);

}  // namespace lowcal::graph
