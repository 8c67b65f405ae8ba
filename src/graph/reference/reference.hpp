#pragma once

#include "graph/model/graph.hpp"

namespace lowcal::graph {

/// Which values `run_reference` returns.
enum class Keep { outputs, all_values };

struct ReferenceOptions {
    Keep keep = Keep::outputs;  ///< all_values: also inputs and what every node computes
};

/// Runs the network on plain loops: slow, readable, and the truth for everything else.
///
/// Sums are accumulated in double and each result is rounded once to float32; integers stay
/// integers. `inputs` holds one tensor for each input of the network, its first dimension the
/// number of showers where the input's is `batch_dimension`. Throws InputError for a missing input
/// or one of another shape or type, for what `infer_values` refuses, and where all values together
/// exceed `largest_network_memory`.
std::map<std::string, Tensor> run_reference(Graph const& graph,
                                            std::map<std::string, Tensor> const& inputs,
                                            ReferenceOptions options = {});

}  // namespace lowcal::graph
