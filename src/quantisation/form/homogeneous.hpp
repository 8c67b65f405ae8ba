#pragma once

#include "graph/model/graph.hpp"

#include <set>
#include <string>

namespace lowcal::quantisation {

/// How many inputs of a node are among these values.
std::size_t divided_inputs(graph::Node const& node, std::set<std::string> const& divided);

/// Whether f(a x) = a f(x) for a > 0 in the inputs that are `divided`, all others fixed.
bool is_homogeneous(graph::Node const& node, std::set<std::string> const& divided,
                    graph::Graph const& network);

/// Whether what a node that is not homogeneous makes still grows with its input, and is no larger
/// where the input is small: a clip, an ELU, a power near 1.
bool grows_on(graph::Node const& node, graph::Graph const& network);

}  // namespace lowcal::quantisation
