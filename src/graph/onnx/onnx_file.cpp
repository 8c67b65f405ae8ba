#include "graph/onnx/onnx_file.hpp"

#include "core/error.hpp"
#include "core/files/atomic_file.hpp"
#include "graph/check.hpp"
#include "graph/onnx/onnx_graph.hpp"
#include "graph/onnx/opset_conversion.hpp"
#include "graph/onnx/side_files.hpp"
#include "graph/shapes/shape_inference.hpp"
#include "graph/simplify/simplify.hpp"

#include <google/protobuf/stubs/logging.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <fstream>
#include <limits>

namespace lowcal::graph {
namespace {

// Protocol buffers count bytes in 32 bits.
constexpr std::uintmax_t largest_file = std::numeric_limits<std::int32_t>::max();

std::string read_bytes(std::filesystem::path const& path)
{
    std::error_code failure;
    auto const bytes = std::filesystem::file_size(path, failure);
    if (failure) throw InputError("it cannot be read", failure.message());
    if (bytes == 0) throw InputError("it is no ONNX file", "it is empty");
    if (bytes > largest_file) throw InputError("it is too large", "ONNX files end at 2 GiB");
    std::ifstream file(path, std::ios::binary);
    std::string content(bytes, '\0');
    if (!file.read(content.data(), static_cast<std::streamsize>(bytes)))
        throw InputError("it cannot be read", "the file system reports an error");
    return content;
}

onnx::ModelProto parse(std::string const& bytes)
{
    google::protobuf::LogSilencer const silence;  // it would print to stderr
    onnx::ModelProto proto;
    if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        throw InputError("it is no ONNX file", "its bytes do not parse as one",
                         "was it cut off or damaged?");
    return proto;
}

bool is_vague(Shape const& shape)
{
    return !shape.empty() &&
           std::find(shape.begin() + 1, shape.end(), batch_dimension) != shape.end();
}

/// Shapes for two showers; none where the network is made for one, whatever it declares.
std::map<std::string, Shape> shapes_of_two(Graph const& graph)
{
    try {
        return infer_shapes(graph, 2);
    } catch (InputError const&) {
        return {};
    }
}

/// Fills in the shapes of outputs that the file leaves open; checks those that it declares.
void complete_outputs(Graph& graph)
{
    auto const of_one = infer_shapes(graph, 1);
    if (std::none_of(graph.outputs.begin(), graph.outputs.end(),
                     [](auto const& output) { return output.shape.empty(); }))
        return;
    auto const of_two = shapes_of_two(graph);
    for (auto& output : graph.outputs) {
        if (!output.shape.empty()) continue;
        output.shape = of_one.at(output.name);
        bool const varies = !of_two.empty() && of_two.at(output.name) != output.shape;
        if (varies && !output.shape.empty()) output.shape.front() = batch_dimension;
    }
}

OnnxModel model_from(onnx::ModelProto const& proto)
{
    auto model = model_of(proto);
    for (auto& output : model.graph.outputs)
        if (is_vague(output.shape)) output.shape.clear();
    convert_opset(model.graph);
    simplify(model.graph);
    complete_outputs(model.graph);
    return model;
}

/// Those that hold a network's weights beside it.
std::vector<std::filesystem::path> side_files_of(std::filesystem::path const& path)
{
    try {
        auto proto = parse(read_bytes(path));
        return load_side_files(proto, path.parent_path());
    } catch (InputError const& error) {
        throw InputError(path.string() + ": " + error.what());
    }
}

}  // namespace

OnnxModel parse_onnx_model(std::string const& bytes)
{
    if (bytes.size() > largest_file) throw InputError("it is too large", "ONNX files end at 2 GiB");
    return model_from(parse(bytes));
}

OnnxModel read_onnx_model(std::filesystem::path const& path)
{
    try {
        auto proto = parse(read_bytes(path));
        load_side_files(proto, path.parent_path());
        return model_from(proto);
    } catch (InputError const& error) {
        throw InputError(path.string() + ": " + error.what());
    }
}

Graph read_onnx(std::filesystem::path const& path)
{
    return read_onnx_model(path).graph;
}

std::string network_sha256(std::filesystem::path const& path)
{
    auto const own = file_sha256(path);
    auto const files = side_files_of(path);
    if (files.empty()) return own;
    std::string all = own;
    for (auto const& file : files) all += "\n" + file_sha256(file);
    return sha256(std::as_bytes(std::span(all)));
}

std::uintmax_t network_bytes(std::filesystem::path const& path)
{
    auto files = side_files_of(path);
    files.push_back(path);
    std::uintmax_t bytes = 0;
    for (auto const& file : files) bytes += std::filesystem::file_size(file);
    return bytes;
}

void write_onnx(Graph const& graph, std::filesystem::path const& path)
{
    check(graph);
    google::protobuf::LogSilencer const silence;
    onnx::ModelProto proto;
    fill_proto(graph, proto);
    std::string bytes;
    if (proto.ByteSizeLong() > largest_file || !proto.SerializeToString(&bytes))
        throw InputError("cannot write " + path.string(), "the network exceeds 2 GiB");
    write_file_atomically(path, bytes);
}

}  // namespace lowcal::graph
