#pragma once

#include "graph/model/graph.hpp"

#include <string>
#include <vector>

namespace lowcal::workflows {

/// A step of the compiled network: a layer with what is fused into it.
struct LayerTime {
    std::string step;       ///< name of the layer's node
    std::string precision;  ///< "int8", or "f32" or "bf16" as the rest of the network runs
    double share = 0;       ///< of the time of all steps
};

/// Compiles and runs a network of inputs `latent` and `energy` a few times at batch 4, and says
/// where its time goes. Empty for networks of other inputs and those that cannot be run.
std::vector<LayerTime> layer_times(graph::Graph const& network);

}  // namespace lowcal::workflows
