#pragma once

#include "graph/model/model_info.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "workflows/bench/layer_times.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lowcal::workflows {

/// What a network is.
struct NetworkInfo {
    std::filesystem::path path;
    graph::OnnxModel model;
    graph::ModelInfo summary;
    std::uintmax_t file_bytes;
    std::string sha256;
    std::vector<LayerTime> times;  ///< empty where the network is no generator
};

/// Throws InputError if the file cannot be read.
NetworkInfo network_info(std::filesystem::path const& path);

/// One JSON object: inputs, outputs, opset, parameters, multiply-accumulates per shower, file size,
/// SHA-256, its lowcal.* metadata, and one object for each layer and step.
std::string network_info_json(NetworkInfo const& info);

}  // namespace lowcal::workflows
