#pragma once

#include "graph/model/graph.hpp"

namespace lowcal::graph {

/// Checks everything that can be said without shapes: opset 13 to 17, unique names, nodes in
/// order, all inputs defined, operators, their attributes and input counts, constants that hold
/// what their shape says. Throws InputError naming node (or value) and reason.
void check(Graph const& graph);

}  // namespace lowcal::graph
