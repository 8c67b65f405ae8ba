#pragma once

#include "graph/model/operands.hpp"

#include <vector>

namespace lowcal::graph {

/// The outputs of one node whose inputs are all constants, as `run_reference` would compute them;
/// `infos` are their types and shapes.
std::vector<Tensor> evaluate(Operands const& operands, std::vector<ValueInfo> const& infos);

}  // namespace lowcal::graph
