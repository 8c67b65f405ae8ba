#pragma once

#include "graph/model/graph.hpp"

#include <optional>

namespace lowcal::graph {

/// The shape that two tensors take together by numpy's rule: aligned at the last dimension, sizes
/// of 1 stretch. Nothing if they do not fit.
std::optional<Shape> broadcast(Shape const& a, Shape const& b);

/// For each element of a tensor of shape `to`, the position in a tensor of shape `from` that numpy
/// broadcasting reads. `from` must broadcast to `to`.
std::vector<std::size_t> broadcast_positions(Shape const& from, Shape const& to);

}  // namespace lowcal::graph
