#include "core/error.hpp"
#include "graph/model/constant_node.hpp"
#include "graph/model/element_type.hpp"
#include "graph/model/memory_budget.hpp"
#include "graph/model/operators.hpp"
#include "graph/onnx/onnx_graph.hpp"
#include "graph/onnx/onnx_tensor.hpp"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <set>

namespace lowcal::graph {
namespace {

constexpr std::int64_t oldest_opset = 7;
constexpr std::int64_t newest_opset = 24;

[[noreturn]] void reject(std::string const& what, std::string const& why,
                         std::string const& suggestion = {})
{
    throw InputError("cannot use " + what, why, suggestion);
}

Attribute attribute_of(onnx::AttributeProto const& proto, Node const& node)
{
    auto const where = fmt::format("attribute '{}' of {}", proto.name(), describe(node));
    if (!proto.ref_attr_name().empty()) reject(where, "it belongs to a function");
    switch (proto.type()) {
        case onnx::AttributeProto::INT:
            return proto.i();
        case onnx::AttributeProto::FLOAT:
            return proto.f();
        case onnx::AttributeProto::STRING:
            return proto.s();
        case onnx::AttributeProto::TENSOR:
            return tensor_of(proto.t(), where);
        case onnx::AttributeProto::INTS:
            return std::vector<std::int64_t>(proto.ints().begin(), proto.ints().end());
        case onnx::AttributeProto::FLOATS:
            return std::vector<float>(proto.floats().begin(), proto.floats().end());
        default:
            reject(where, fmt::format("its kind {} is not supported", int{proto.type()}));
    }
}

Node node_of(onnx::NodeProto const& proto, std::string const& name)
{
    Node node{name, proto.op_type(), {}, {}, {}};
    bool const own = proto.domain() == own_domain && is_own(proto.op_type());
    if (!own &&
        ((!proto.domain().empty() && proto.domain() != "ai.onnx") || is_own(proto.op_type())))
        reject(describe(node), "it belongs to the operator set '" + proto.domain() + "'",
               "only standard ONNX operators are supported; functions that a file defines are "
               "inlined by onnx.inliner.inline_local_functions");
    node.inputs.assign(proto.input().begin(), proto.input().end());
    node.outputs.assign(proto.output().begin(), proto.output().end());
    // Trailing absent ones say nothing.
    while (!node.inputs.empty() && node.inputs.back().empty()) node.inputs.pop_back();
    while (!node.outputs.empty() && node.outputs.back().empty()) node.outputs.pop_back();
    for (auto const& attribute : proto.attribute())
        if (!node.attributes.emplace(attribute.name(), attribute_of(attribute, node)).second)
            reject(describe(node), "its attribute '" + attribute.name() + "' is given twice");
    if (auto const to = node.attributes.find("to");
        node.op == "Cast" && to != node.attributes.end())
        if (auto const* const code = std::get_if<std::int64_t>(&to->second))
            if (auto const type = read_type_of_code(*code)) to->second = onnx_code(*type);
    return node;
}

/// ONNX lets nodes share a name or have none; messages need to tell them apart.
class UniqueNames {
public:
    std::string of(onnx::NodeProto const& proto, std::size_t position)
    {
        auto const base =
            proto.name().empty() ? fmt::format("{}_{}", proto.op_type(), position) : proto.name();
        auto name = base;
        auto& copies = copies_[base];  // goes on where it was: thousands may share a name
        while (!taken_.insert(name).second) name = fmt::format("{}_{}", base, ++copies + 1);
        return name;
    }

private:
    std::set<std::string> taken_;
    std::map<std::string, int> copies_;
};

std::int64_t size_of(onnx::TensorShapeProto::Dimension const& dimension)
{
    return dimension.has_dim_value() ? dimension.dim_value() : batch_dimension;
}

Value value_of(onnx::ValueInfoProto const& proto, bool is_input)
{
    auto const what = fmt::format("{} '{}'", is_input ? "input" : "output", proto.name());
    if (!proto.type().has_tensor_type()) reject(what, "it is not a tensor");
    auto const& tensor_type = proto.type().tensor_type();
    auto const type = read_type_of_code(tensor_type.elem_type());
    if (!type)
        reject(what,
               fmt::format("its element type number {} is not supported", tensor_type.elem_type()));
    if (is_input && !tensor_type.has_shape()) reject(what, "the file does not say its shape");
    Value value{proto.name(), *type, {}};
    for (auto const& dimension : tensor_type.shape().dim())
        value.shape.push_back(size_of(dimension));
    return value;
}

/// What a stored tensor takes as a Tensor.
std::int64_t bytes_of(onnx::TensorProto const& proto)
{
    Shape const shape(proto.dims().begin(), proto.dims().end());
    auto const type = read_type_of_code(proto.data_type());
    constexpr std::int64_t float_bytes = 4, integer_bytes = 8;
    auto const count = bounded_element_count(shape).value_or(0);  // else it is refused anyway
    return count * (type && is_floating(*type) ? float_bytes : integer_bytes);
}

void add_constant(Graph& graph, std::string const& name, Tensor tensor)
{
    if (!graph.constants.emplace(name, std::move(tensor)).second)
        reject("the network", "the constant '" + name + "' is defined twice");
}

void read_nodes(onnx::GraphProto const& proto, Graph& graph)
{
    UniqueNames names;
    std::size_t position = 0;
    for (auto const& node_proto : proto.node()) {
        auto node = node_of(node_proto, names.of(node_proto, position++));
        if (node.op == "Constant" && node.outputs.size() == 1)
            add_constant(graph, node.outputs.front(), constant_of(node));
        else
            graph.nodes.push_back(std::move(node));
    }
}

Graph graph_of(onnx::GraphProto const& proto)
{
    Graph graph;
    graph.name = proto.name();
    if (proto.sparse_initializer_size() > 0)
        reject("the network", "it has sparse initializers", "save them as dense ones");
    MemoryBudget budget("the network's initializers");
    for (auto const& tensor : proto.initializer()) {
        auto const where = "the initializer '" + tensor.name() + "'";
        budget.take(bytes_of(tensor), where);
        add_constant(graph, tensor.name(), tensor_of(tensor, where));
    }
    // Files of IR version 3 list every initializer as an input, too.
    for (auto const& input : proto.input())
        if (!graph.constants.contains(input.name())) graph.inputs.push_back(value_of(input, true));
    read_nodes(proto, graph);
    for (auto const& output : proto.output()) graph.outputs.push_back(value_of(output, false));
    return graph;
}

std::int64_t opset_of(onnx::ModelProto const& proto)
{
    std::int64_t opset = 0;
    for (auto const& import : proto.opset_import())
        if (import.domain().empty() || import.domain() == "ai.onnx") opset = import.version();
    if (opset < oldest_opset || opset > newest_opset)
        reject("the network",
               fmt::format("its opset is {}; {} to {} are supported", opset, oldest_opset,
                           newest_opset),
               "export it again, best with opset 17");
    return opset;
}

}  // namespace

OnnxModel model_of(onnx::ModelProto const& proto)
{
    if (!proto.has_graph())
        throw InputError("it is no ONNX file", "it holds no graph", "was it cut off?");
    OnnxModel model;
    model.origin.opset = opset_of(proto);
    model.origin.ir_version = proto.ir_version();
    model.origin.producer = proto.producer_name();
    if (!proto.producer_version().empty()) model.origin.producer += " " + proto.producer_version();
    model.graph = graph_of(proto.graph());
    model.graph.opset = model.origin.opset;
    for (auto const& entry : proto.metadata_props())
        model.graph.metadata[entry.key()] = entry.value();
    return model;
}

}  // namespace lowcal::graph
