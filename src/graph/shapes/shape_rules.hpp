#pragma once

#include "graph/model/operands.hpp"

namespace lowcal::graph {

/// Types and shapes of a node's outputs from what is known of its inputs. Throws InputError naming
/// node and shapes if they do not fit.
using ShapeRule = std::vector<ValueInfo> (*)(Operands const&);

// The operators by family; each map goes from operator to rule.
std::map<std::string, ShapeRule> dense_shape_rules();
std::map<std::string, ShapeRule> elementwise_shape_rules();
std::map<std::string, ShapeRule> layout_shape_rules();
std::map<std::string, ShapeRule> reduction_shape_rules();

/// What the rule of the node's operator says, which `check` has found to be supported.
std::vector<ValueInfo> infer_outputs(Operands const& operands);

}  // namespace lowcal::graph
