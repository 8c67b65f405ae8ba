#pragma once

#include "graph/model/fresh_names.hpp"

namespace lowcal::graph {

/// Appends the transpositions, matrix product and squeezes that an Einsum of two factors stands
/// for, or the transposition of one. Throws InputError naming the node where it is neither: letters
/// that one factor alone has and sums over, several that both sum over, an ellipsis.
void write_einsum(Graph& graph, Node const& node, FreshNames& fresh);

}  // namespace lowcal::graph
