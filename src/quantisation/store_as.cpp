#include "quantisation/store_as.hpp"

#include "core/error.hpp"
#include "graph/model/element_type.hpp"
#include "graph/model/graph_builder.hpp"
#include "graph/model/half_float.hpp"
#include "graph/reference/reference.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lowcal::quantisation {
namespace {

using graph::ElementType;

float rounded(float value, ElementType type)
{
    return type == ElementType::float16 ? graph::widen_float16(graph::narrow_to_float16(value))
                                        : graph::widen_bfloat16(graph::narrow_to_bfloat16(value));
}

bool is_vector(graph::Shape const& shape)
{
    return std::count_if(shape.begin(), shape.end(), [](auto extent) { return extent > 1; }) < 2;
}

}  // namespace

std::string store_as(graph::Graph& network, std::string const& constant, ElementType type,
                     graph::FreshNames& fresh)
{
    auto tensor = std::move(network.constants.at(constant));
    network.constants.erase(constant);
    tensor.type = type;
    for (std::size_t i = 0; i < tensor.floats.size(); ++i) {
        float const before = tensor.floats[i];
        tensor.floats[i] = rounded(before, type);
        if (!std::isfinite(tensor.floats[i]))
            throw InputError("constant '" + constant + "' cannot be " + graph::describe(type),
                             "element " + std::to_string(i) + " is " + std::to_string(before));
    }
    graph::GraphBuilder builder(network);
    auto const stored =
        builder.constant(fresh(constant + "." + graph::describe(type)), std::move(tensor));
    return builder.node({.name = fresh(constant + ".float32"),
                         .op = "Cast",
                         .inputs = {stored},
                         .attributes = {{"to", graph::onnx_code(ElementType::float32)}}});
}

graph::Graph with_stored_weights(graph::Graph network, ElementType type)
{
    if (type != ElementType::float16 && type != ElementType::bfloat16)
        throw InputError("weights cannot be stored as " + graph::describe(type),
                         "float16 and bfloat16 are 16-bit types");
    std::vector<std::string> weights;
    for (auto const& [name, tensor] : network.constants)
        if (tensor.type == ElementType::float32 && !is_vector(tensor.shape))
            weights.push_back(name);
    graph::FreshNames fresh(network);
    auto const nodes = std::move(network.nodes);
    network.nodes.clear();
    std::map<std::string, std::string> stored;
    for (auto const& name : weights) stored[name] = store_as(network, name, type, fresh);
    for (auto node : nodes) {
        for (auto& input : node.inputs)
            if (auto const found = stored.find(input); found != stored.end()) input = found->second;
        network.nodes.push_back(std::move(node));
    }
    return network;
}

namespace {

/// Whether a node makes a float32 constant of a stored one.
bool unpacks(graph::Node const& node, graph::Graph const& network)
{
    if (node.inputs.empty()) return false;
    auto const stored = network.constants.find(node.inputs[0]);
    if (stored == network.constants.end()) return false;
    if (node.op == "DequantizeLinear") return true;
    return node.op == "Cast" && !stored->second.floats.empty() &&
           graph::int_attribute(node, "to", 0) == graph::onnx_code(graph::ElementType::float32);
}

/// The value of such a node.
graph::Tensor unpacked(graph::Node const& node, graph::Graph const& network)
{
    graph::Graph one;
    one.name = node.name;
    one.opset = network.opset;
    one.nodes = {node};
    for (auto const& input : node.inputs)
        if (!input.empty()) one.constants[input] = network.constants.at(input);
    one.outputs = {{.name = node.outputs.front(), .shape = {}}};
    return graph::run_reference(one, {}).at(node.outputs.front());
}

}  // namespace

graph::Graph with_float32_weights(graph::Graph network)
{
    bool const integers = std::any_of(network.nodes.begin(), network.nodes.end(),
                                      [](auto const& node) { return node.op == "QuantizeLinear"; });
    if (integers) return network;
    std::vector<graph::Node> kept;
    for (auto& node : network.nodes)
        if (unpacks(node, network))
            network.constants[node.outputs.front()] = unpacked(node, network);
        else
            kept.push_back(std::move(node));
    network.nodes = std::move(kept);
    return network;
}

}  // namespace lowcal::quantisation
