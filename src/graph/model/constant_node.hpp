#pragma once

#include "graph/model/graph.hpp"

namespace lowcal::graph {

/// The tensor that a Constant node holds. Throws InputError naming the node if it holds none, more
/// than one, or a tensor whose values do not fit its shape.
Tensor constant_of(Node const& node);

/// Throws InputError naming `where` if the tensor's values do not fit its type and shape.
void check_constant(Tensor const& tensor, std::string const& where);

}  // namespace lowcal::graph
