#pragma once

#include "graph/model/graph.hpp"

namespace lowcal::graph {

/// What one node that computes on showers is and costs. Nodes that only prepare weights (their
/// inputs are all constants) are no layers; their parameters count for the layer that reads them.
struct LayerInfo {
    std::string name;
    std::string op;
    Shape output_shape;  ///< for one shower; its first dimension is `batch_dimension` unless fixed
    std::int64_t parameters = 0;
    double multiply_accumulates = 0;  ///< per shower
};

struct ModelInfo {
    std::vector<LayerInfo> layers;  ///< in the order of execution
    std::int64_t parameters = 0;
    double multiply_accumulates = 0;  ///< per shower
};

/// Parameters are the elements of a layer's weights: every constant tensor of Conv, ConvTranspose,
/// Gemm, MatMul and BatchNormalization (four numbers per channel), and constants of more than one
/// element of Add, Sub, Mul, Div, Max, Min and Pow; through DequantizeLinear, Cast, Identity,
/// Reshape and Transpose, not counting scales and zero points. A shared constant counts once.
/// Multiply-accumulates are those of Conv (outputs x weights read for each), ConvTranspose
/// (inputs x weights used for each), Gemm and MatMul; borders count in full; of SplitTree
/// those of all blocks, though a shower has hits in few of them; of CellPasses those of all cells,
/// with energies of an eighth of them.
/// Throws InputError for what `infer_shapes` refuses.
ModelInfo model_info(Graph const& graph);

std::int64_t parameter_count(Graph const& graph);
double macs_per_shower(Graph const& graph);

}  // namespace lowcal::graph
