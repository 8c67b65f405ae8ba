#include "graph/onnx/onnx_file.hpp"
#include "graph/reference/reference.hpp"
#include "one_node.hpp"
#include "small_network.hpp"
#include "temporary_folder.hpp"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <functional>

namespace lowcal::graph {
namespace {

using Integers = std::vector<std::int64_t>;
using Change = std::function<void(onnx::ModelProto&)>;

/// Reads the network after a change that only another program would make.
OnnxModel read_changed(Graph const& graph, Change const& change)
{
    TemporaryFolder const folder;
    auto const path = folder.file("foreign.onnx");
    write_onnx(graph, path);
    onnx::ModelProto proto;
    proto.ParseFromString(read_bytes(path));
    change(proto);
    write_bytes(path, proto.SerializeAsString());
    return read_onnx_model(path);
}

onnx::TensorProto& initializer(onnx::ModelProto& proto, std::string const& name)
{
    for (auto& tensor : *proto.mutable_graph()->mutable_initializer())
        if (tensor.name() == name) return tensor;
    throw std::logic_error("no initializer " + name);
}

TEST(ForeignOnnx, nodes_in_any_order_and_without_names_are_sorted_and_named)
{
    auto const graph = read_changed(small_network(), [](onnx::ModelProto& proto) {
                           auto& nodes = *proto.mutable_graph()->mutable_node();
                           std::reverse(nodes.begin(), nodes.end());
                           for (auto& node : nodes) node.clear_name();
                           nodes[0].set_name("same");
                           nodes[1].set_name("same");
                       }).graph;
    EXPECT_EQ(graph.nodes.front().op, "Mul");
    EXPECT_EQ(graph.nodes.back().op, "Relu");
    EXPECT_EQ(describe(graph.nodes[3]), "Conv node 'Conv_3'");
    EXPECT_EQ(graph.nodes[6].name, "same");
    EXPECT_EQ(graph.nodes[5].name, "same_2");
}

TEST(ForeignOnnx, values_in_typed_fields_are_read)
{
    auto const graph = read_changed(small_network(), [](onnx::ModelProto& proto) {
                           auto& bias = initializer(proto, "conv.bias");
                           bias.clear_raw_data();
                           bias.add_float_data(0.25F);
                           bias.add_float_data(-3);
                           auto& image = initializer(proto, "image");
                           image.clear_raw_data();
                           for (auto const size : {-1, 2, 3, 3}) image.add_int64_data(size);
                       }).graph;
    EXPECT_EQ(graph.constants.at("conv.bias").floats, (std::vector<float>{0.25F, -3}));
    EXPECT_EQ(graph.constants.at("image").integers, (Integers{-1, 2, 3, 3}));
}

Graph with_half_bias()
{
    auto graph = small_network();
    graph.constants["conv.bias"].type = ElementType::float16;
    graph.nodes.insert(graph.nodes.begin(),
                       {"wide", "Cast", {"conv.bias"}, {"conv.wide"}, {{"to", std::int64_t{1}}}});
    graph.nodes[4].inputs[2] = "conv.wide";
    return graph;
}

TEST(ForeignOnnx, sixteen_bit_values_may_stand_in_integer_fields)
{
    auto const graph = read_changed(with_half_bias(), [](onnx::ModelProto& proto) {
                           auto& bias = initializer(proto, "conv.bias");
                           bias.clear_raw_data();
                           bias.add_int32_data(0x3c00);
                           bias.add_int32_data(0xc000);
                       }).graph;
    EXPECT_EQ(graph.constants.at("conv.bias").floats, (std::vector<float>{1, -2}));
    EXPECT_TRUE(mentions(error_of([] {
                             read_changed(with_half_bias(), [](onnx::ModelProto& proto) {
                                 auto& bias = initializer(proto, "conv.bias");
                                 bias.clear_raw_data();
                                 bias.add_int32_data(0x3c00);
                                 bias.add_int32_data(0x10000);
                             });
                         }),
                         {"'conv.bias'", "65536"}));
}

TEST(ForeignOnnx, initializers_listed_as_inputs_are_no_inputs)
{
    auto const graph = read_changed(small_network(), [](onnx::ModelProto& proto) {
                           auto& input = *proto.mutable_graph()->add_input();
                           input.set_name("conv.weight");
                           input.mutable_type()->mutable_tensor_type()->set_elem_type(1);
                       }).graph;
    EXPECT_EQ(graph.inputs.size(), 2U);
}

TEST(ForeignOnnx, outputs_without_a_shape_get_one)
{
    auto const shape_of = [](Change const& change) {
        return read_changed(small_network(), change).graph.outputs[0].shape;
    };
    EXPECT_EQ(shape_of([](onnx::ModelProto& proto) {
                  proto.mutable_graph()
                      ->mutable_output(0)
                      ->mutable_type()
                      ->mutable_tensor_type()
                      ->clear_shape();
              }),
              (Shape{batch_dimension, 2, 3, 3}));
    EXPECT_EQ(shape_of([](onnx::ModelProto& proto) {
                  auto& shape = *proto.mutable_graph()
                                     ->mutable_output(0)
                                     ->mutable_type()
                                     ->mutable_tensor_type()
                                     ->mutable_shape();
                  for (auto& dimension : *shape.mutable_dim()) dimension.set_dim_param("unknown");
              }),
              (Shape{batch_dimension, 2, 3, 3}));
}

TEST(ForeignOnnx, constant_nodes_become_constants)
{
    auto graph = small_network();
    graph.constants.erase("image");
    graph.nodes.insert(
        graph.nodes.begin(),
        {"sizes", "Constant", {}, {"image"}, {{"value_ints", Integers{-1, 2, 3, 3}}}});
    auto const read = read_changed(graph, [](onnx::ModelProto&) {}).graph;
    EXPECT_EQ(read.nodes.front().op, "Mul");
    EXPECT_EQ(read.constants.at("image").integers, (Integers{-1, 2, 3, 3}));
}

onnx::NodeProto& add_attribute(onnx::NodeProto& node, std::string const& key,
                               Integers const& values)
{
    auto& attribute = *node.add_attribute();
    attribute.set_name(key);
    attribute.set_type(onnx::AttributeProto::INTS);
    for (auto const value : values) attribute.add_ints(value);
    return node;
}

TEST(ForeignOnnx, axes_in_attributes_of_opset_twelve_become_inputs)
{
    auto const graph = graph_of({"ReduceSum", {counting({2, 3})}});
    auto const model = read_changed(graph, [](onnx::ModelProto& proto) {
        proto.mutable_opset_import(0)->set_version(12);
        add_attribute(*proto.mutable_graph()->mutable_node(0), "axes", {1});
    });
    EXPECT_EQ(model.origin.opset, 12);
    EXPECT_EQ(model.graph.opset, 13);
    auto const sums = run_reference(model.graph, {{"input_0", counting({2, 3})}});
    EXPECT_EQ(sums.at("output_0").floats, (std::vector<float>{6, 15}));
}

TEST(ForeignOnnx, axes_as_inputs_of_opset_eighteen_become_attributes)
{
    auto const graph = graph_of({"ReduceMean", {counting({2, 3})}});
    auto const model = read_changed(graph, [](onnx::ModelProto& proto) {
        proto.mutable_opset_import(0)->set_version(18);
        proto.mutable_graph()->mutable_node(0)->add_input("axes");
        auto& axes = *proto.mutable_graph()->add_initializer();
        axes.set_name("axes");
        axes.set_data_type(7);
        axes.add_dims(1);
        axes.add_int64_data(0);
    });
    EXPECT_EQ(model.graph.opset, 17);
    auto const means = run_reference(model.graph, {{"input_0", counting({2, 3})}});
    EXPECT_EQ(means.at("output_0").floats, (std::vector<float>{2.5F, 3.5F, 4.5F}));
}

TEST(ForeignOnnx, opsets_outside_the_known_range_are_refused)
{
    for (auto const opset : {0, 6, 25, 1000})
        EXPECT_TRUE(mentions(error_of([opset] {
                                 read_changed(small_network(), [opset](onnx::ModelProto& proto) {
                                     proto.mutable_opset_import(0)->set_version(opset);
                                 });
                             }),
                             {"opset is " + std::to_string(opset), "7 to 24"}));
}

}  // namespace
}  // namespace lowcal::graph
