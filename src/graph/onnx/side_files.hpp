#pragma once

#include <filesystem>
#include <vector>

namespace onnx {
class ModelProto;
}

namespace lowcal::graph {

/// Brings into a parsed network what its initializers keep in files beside it (PyTorch's default
/// for `NAME.onnx.data`); returns these files. They must stand in `folder` or below it, and hold
/// exactly the bytes that the shapes need, at most `largest_network_memory` together. Throws
/// InputError naming initializer and file.
std::vector<std::filesystem::path> load_side_files(onnx::ModelProto& proto,
                                                   std::filesystem::path const& folder);

}  // namespace lowcal::graph
