#pragma once

#include "graph/model/operands.hpp"

#include <functional>
#include <optional>

namespace lowcal::graph {

/// Type and shape of every value of the network (inputs, constants, outputs of nodes) for a call
/// with `batch` >= 1 showers. Throws InputError naming node and shapes where they do not fit, where
/// a size, axis or scale is not a constant, where a value would exceed `largest_element_count` or
/// `most_dimensions`, and where an output is not what the network declares (an empty declared shape
/// says nothing); what `check` refuses is refused here, too.
std::map<std::string, ValueInfo> infer_values(Graph const& graph, std::int64_t batch);

/// What `infer_values` knows of a node when it has come to it; the outputs are in the node's order.
/// Nodes that follow from the number of showers alone are not shown.
using SeeNode = std::function<void(Operands const&, std::vector<ValueInfo> const& outputs)>;

/// The same, calling `see` for each node but Constants, in order.
std::map<std::string, ValueInfo> infer_values(Graph const& graph, std::int64_t batch,
                                              SeeNode const& see);

/// The network for calls with `batch` showers: what follows from their number alone (shapes, and
/// what is computed of them and constants) stands as constants in it. Nothing where it computes
/// nothing of that. Throws InputError for what `infer_values` refuses.
std::optional<Graph> at_batch(Graph const& graph, std::int64_t batch);

/// The shapes alone.
std::map<std::string, Shape> infer_shapes(Graph const& graph, std::int64_t batch);

}  // namespace lowcal::graph
