#pragma once

#include "graph/onnx/onnx_file.hpp"

namespace onnx {
class ModelProto;
}

namespace lowcal::graph {

/// The parsed file as plain data, before it is sorted, converted and checked; unnamed nodes get
/// names. Throws InputError for what plain data cannot hold.
OnnxModel model_of(onnx::ModelProto const& proto);

/// The graph as ONNX stores it.
void fill_proto(Graph const& graph, onnx::ModelProto& proto);

}  // namespace lowcal::graph
