#pragma once

#include "graph/model/operands.hpp"

#include <optional>

namespace lowcal::graph {

/// Along one axis: which element of the input each of the output is, or `outside` of it.
using PickedAxis = std::vector<std::int64_t>;
inline constexpr std::int64_t outside_picked = -1;

/// What a node that picks elements axis by axis takes: Slice, Tile, Pad, a Resize to the nearest
/// element, Expand to the same number of dimensions, and Gather by one list of constant indices,
/// or by a single one, whose axis is then gone.
/// An element is outside where it is along any axis; those are what a Pad puts there. Nothing for
/// other nodes. Throws InputError naming the node for arguments that do not fit, and for indices
/// beyond their axis.
std::optional<std::vector<PickedAxis>> picked_axes(Operands const& operands);

/// Whether this is such a node, if its arguments are so.
bool picks_elements(Node const& node);

/// Indices of a Gather counted from the front; throws InputError for those beyond the axis.
std::int64_t gathered_index(Operands const& operands, std::int64_t index, std::int64_t size);

}  // namespace lowcal::graph
