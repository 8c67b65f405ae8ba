// What a file may ask for: no more dimensions, memory or time than are stated.

#include "graph/model/element_type.hpp"
#include "graph/model/graph_builder.hpp"
#include "graph/model/memory_budget.hpp"
#include "graph/one_node.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "graph/reference/reference.hpp"
#include "graph/shapes/shape_inference.hpp"

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <limits>

namespace lowcal::graph {
namespace {

TEST(Limits, more_dimensions_than_supported_are_an_error_that_names_the_node)
{
    Shape sizes(most_dimensions, 1);
    sizes.back() = 6;
    OneNode reshape{"Reshape", {floats({6}, {1, 2, 3, 4, 5, 6}), fixed(integers({8}, sizes))}};
    EXPECT_EQ(run(reshape).shape, sizes);
    sizes.insert(sizes.begin(), 1);
    reshape.arguments.back() = fixed(integers({9}, sizes));
    EXPECT_TRUE(mentions(error_of([&] { run(reshape); }), {"Reshape", "9 dimensions"}));
}

TEST(Limits, sizes_whose_product_overflows_are_an_error)
{
    EXPECT_EQ(element_count({1LL << 31, 1LL << 31}), 1LL << 62);
    EXPECT_THROW(element_count({1LL << 32, 1LL << 32}), InputError);
    EXPECT_THROW(element_count({4, -1}), InputError);
}

/// x [N, 1] expanded to `count` values of 512 MiB each.
Graph hungry_network(int count)
{
    Graph graph;
    graph.name = "hungry";
    graph.inputs = {{.name = "x", .shape = {batch_dimension, 1}}};
    GraphBuilder builder(graph);
    auto const shape = builder.constant("shape", integers({3}, {128, 1, 1 << 20}));
    std::string last;
    for (int i = 0; i < count; ++i)
        last =
            builder.node({.name = "v" + std::to_string(i), .op = "Expand", .inputs = {"x", shape}});
    graph.outputs = {{.name = last, .shape = {}}};
    return graph;
}

TEST(Limits, a_reference_run_that_would_take_too_much_memory_names_its_largest_value)
{
    auto const graph = hungry_network(20);                                 // 10 GiB
    EXPECT_EQ(infer_shapes(graph, 1).at("v3"), (Shape{128, 1, 1 << 20}));  // costs nothing
    EXPECT_TRUE(mentions(error_of([&] {
                             run_reference(graph, {{"x", counting({1, 1})}});
                         }),
                         {"the value 'v", "[128, 1, 1048576]", "4 GiB"}));
}

TEST(Limits, a_budget_adds_up_and_names_the_largest_part)
{
    MemoryBudget budget("the test");
    budget.take(largest_network_memory - 10, "most of it");
    budget.take(10, "the rest");
    EXPECT_TRUE(
        mentions(error_of([&] { budget.take(1, "one more"); }), {"the test", "most of it"}));
    EXPECT_THROW(MemoryBudget("another").take(-1, "nonsense"), InputError);
    EXPECT_THROW(MemoryBudget("another").take(std::numeric_limits<std::int64_t>::max(), "all"),
                 InputError);
}

/// A chain of nodes that all have the same name, as bytes of a file.
std::string namesakes(int count)
{
    onnx::ModelProto model;
    model.set_ir_version(8);
    model.add_opset_import()->set_version(13);
    auto& graph = *model.mutable_graph();
    auto const describe_port = [](onnx::ValueInfoProto& port, std::string const& name) {
        port.set_name(name);
        auto& type = *port.mutable_type()->mutable_tensor_type();
        type.set_elem_type(onnx::TensorProto::FLOAT);
        type.mutable_shape()->add_dim()->set_dim_param("N");
    };
    describe_port(*graph.add_input(), "v0");
    for (int i = 0; i < count; ++i) {
        auto& node = *graph.add_node();
        node.set_name("twin");
        node.set_op_type("Identity");
        node.add_input("v" + std::to_string(i));
        node.add_output("v" + std::to_string(i + 1));
    }
    describe_port(*graph.add_output(), "v" + std::to_string(count));
    return model.SerializeAsString();
}

TEST(Limits, nodes_that_share_a_name_are_told_apart_however_many_they_are)
{
    auto const graph = parse_onnx_model(namesakes(16000)).graph;
    ASSERT_EQ(graph.nodes.size(), 16000U);
    EXPECT_EQ(graph.nodes[0].name, "twin");
    EXPECT_EQ(graph.nodes[1].name, "twin_2");
    EXPECT_EQ(graph.nodes[15999].name, "twin_16000");
}

}  // namespace
}  // namespace lowcal::graph
