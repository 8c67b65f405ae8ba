#pragma once

#include "graph/model/graph.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace lowcal::graph {

/// What an ONNX file says of itself.
struct OnnxOrigin {
    std::int64_t opset = 0;  ///< as stored; `Graph::opset` is what the nodes mean after reading
    std::int64_t ir_version = 0;
    std::string producer;  ///< name and version, for example "pytorch 1.13.1"
};

struct OnnxModel {
    Graph graph;
    OnnxOrigin origin;
};

/// Reads a network of opset 7 to 24. The graph that comes out has opset 13 to 17, whatever the
/// file's: where an operator took an argument as an attribute before 13 or takes it as an input
/// since 18, it is rewritten, and newer or composite ones are written as those that they are made
/// of. Nodes are in order and have unique names; what nothing reads is gone; what hangs on no input
/// is a constant (`simplify`). Weights of 16-bit floats keep their type behind a Cast, all else
/// that is of 16 or 64 bits is float32. Shapes fit (`infer_shapes`), and outputs without a declared
/// shape have one. Initializers may stand in files of the network's folder (`load_side_files`).
/// Throws InputError naming the file and the node for everything that is damaged, missing or not
/// supported.
OnnxModel read_onnx_model(std::filesystem::path const& path);

/// The same of a file's bytes, which must hold all of it; messages name no file.
OnnxModel parse_onnx_model(std::string const& bytes);

/// The graph alone.
Graph read_onnx(std::filesystem::path const& path);

/// Writes IR version 8 and the graph's opset, constants as raw bytes (16-bit types as 16 bits), so
/// that the same graph always makes the same bytes. The file is complete or untouched. Throws
/// InputError if `check` refuses the graph or the file cannot be written.
void write_onnx(Graph const& graph, std::filesystem::path const& path);

/// SHA-256 of a network: of its file where that holds all of it, else of that and of the files
/// that hold its weights. Throws InputError if one cannot be read.
std::string network_sha256(std::filesystem::path const& path);

/// Size of a network: of its file and of those that hold its weights. Throws InputError if one
/// cannot be read.
std::uintmax_t network_bytes(std::filesystem::path const& path);

/// SHA-256 of a file's bytes, 64 hexadecimal digits. Throws InputError if it cannot be read.
std::string file_sha256(std::filesystem::path const& path);
/// The same of bytes in memory.
std::string sha256(std::span<std::byte const> bytes);

}  // namespace lowcal::graph
