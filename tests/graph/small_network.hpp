#pragma once

#include "graph/model/graph.hpp"

namespace lowcal::graph {

/// latent [N, 4] and energy [N, 1] to shower [N, 2, 3, 3]: product, Gemm, Reshape, Conv (bias),
/// LeakyRelu, BatchNormalization, Relu. Parameters: 4 x 18 + 18, 2 x 2 x 3 x 3 + 2, 4 x 2.
Graph small_network();
inline constexpr std::int64_t small_network_parameters = 72 + 18 + 36 + 2 + 8;
inline constexpr double small_network_macs = 4 * 18 + 18 * (2 * 9);

/// Weights that repeat without being symmetric.
Tensor wavy(Shape shape);

}  // namespace lowcal::graph
