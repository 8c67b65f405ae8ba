#pragma once

#include "graph/model/model_info.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "graph/ports/guess_ports.hpp"
#include "graph/ports/house_form.hpp"
#include "workflows/bench/layer_times.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
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
    /// What its inputs and its output are or seem to be, and what is not sure of that; nothing of
    /// networks that say it by the names of LowCal.
    std::optional<graph::PortGuess> guess;
};

/// Throws InputError if the file cannot be read, or the notes do not fit it.
NetworkInfo network_info(std::filesystem::path const& path, graph::NetworkNotes const& notes);

/// One JSON object: inputs, outputs, opset, parameters, multiply-accumulates per shower, file size,
/// SHA-256, its lowcal.* metadata, and one object for each layer and step.
std::string network_info_json(NetworkInfo const& info);

}  // namespace lowcal::workflows
