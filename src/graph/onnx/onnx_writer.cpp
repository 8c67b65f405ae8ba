#include "graph/model/element_type.hpp"
#include "graph/model/operators.hpp"
#include "graph/onnx/onnx_graph.hpp"
#include "graph/onnx/onnx_tensor.hpp"

#include <onnx/onnx_pb.h>

#include <algorithm>

namespace lowcal::graph {
namespace {

constexpr std::int64_t written_ir_version = 8;

/// Fills one attribute, kind by kind.
struct FillAttribute {
    onnx::AttributeProto& proto;

    void operator()(std::int64_t value) const
    {
        proto.set_type(onnx::AttributeProto::INT);
        proto.set_i(value);
    }
    void operator()(float value) const
    {
        proto.set_type(onnx::AttributeProto::FLOAT);
        proto.set_f(value);
    }
    void operator()(std::string const& value) const
    {
        proto.set_type(onnx::AttributeProto::STRING);
        proto.set_s(value);
    }
    void operator()(std::vector<std::int64_t> const& values) const
    {
        proto.set_type(onnx::AttributeProto::INTS);
        for (auto const value : values) proto.add_ints(value);
    }
    void operator()(std::vector<float> const& values) const
    {
        proto.set_type(onnx::AttributeProto::FLOATS);
        for (auto const value : values) proto.add_floats(value);
    }
    void operator()(Tensor const& value) const
    {
        proto.set_type(onnx::AttributeProto::TENSOR);
        fill_proto(value, *proto.mutable_t());
    }
};

void fill_node(Node const& node, onnx::NodeProto& proto)
{
    proto.set_name(node.name);
    proto.set_op_type(node.op);
    if (is_own(node.op)) proto.set_domain(own_domain);
    for (auto const& input : node.inputs) proto.add_input(input);
    for (auto const& output : node.outputs) proto.add_output(output);
    for (auto const& [key, value] : node.attributes) {
        auto& attribute = *proto.add_attribute();
        attribute.set_name(key);
        std::visit(FillAttribute{attribute}, value);
    }
}

void fill_value(Value const& value, onnx::ValueInfoProto& proto)
{
    proto.set_name(value.name);
    auto& tensor_type = *proto.mutable_type()->mutable_tensor_type();
    tensor_type.set_elem_type(static_cast<std::int32_t>(onnx_code(value.type)));
    auto& shape = *tensor_type.mutable_shape();
    for (auto const size : value.shape) {
        if (size == batch_dimension)
            shape.add_dim()->set_dim_param("N");
        else
            shape.add_dim()->set_dim_value(size);
    }
}

}  // namespace

void fill_proto(Graph const& graph, onnx::ModelProto& proto)
{
    proto.set_ir_version(written_ir_version);
    proto.set_producer_name("LowCal");
    auto& opset = *proto.add_opset_import();
    opset.set_domain("");
    opset.set_version(graph.opset);
    if (std::ranges::any_of(graph.nodes, is_own, &Node::op)) {
        auto& own = *proto.add_opset_import();
        own.set_domain(own_domain);
        own.set_version(own_version);
    }
    auto& body = *proto.mutable_graph();
    body.set_name(graph.name.empty() ? "network" : graph.name);  // ONNX requires a name
    for (auto const& input : graph.inputs) fill_value(input, *body.add_input());
    for (auto const& output : graph.outputs) fill_value(output, *body.add_output());
    for (auto const& [name, tensor] : graph.constants) {
        auto& initializer = *body.add_initializer();
        initializer.set_name(name);
        fill_proto(tensor, initializer);
    }
    for (auto const& node : graph.nodes) fill_node(node, *body.add_node());
    for (auto const& [key, value] : graph.metadata) {
        auto& entry = *proto.add_metadata_props();
        entry.set_key(key);
        entry.set_value(value);
    }
}

}  // namespace lowcal::graph
