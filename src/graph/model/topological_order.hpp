#pragma once

#include "graph/model/graph.hpp"

namespace lowcal::graph {

/// Orders the nodes so that each comes after those it reads; nodes that need no move keep their
/// order. Throws InputError naming a node for a value that nothing defines and for a cycle.
void sort_topologically(Graph& graph);

}  // namespace lowcal::graph
