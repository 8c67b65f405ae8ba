#include "graph/model/model_info.hpp"

#include "one_node.hpp"
#include "small_network.hpp"

namespace lowcal::graph {
namespace {

TEST(ModelInfo, counts_weights_and_the_four_numbers_of_batch_normalization)
{
    EXPECT_EQ(parameter_count(small_network()), small_network_parameters);
    auto without_bias = small_network();
    without_bias.nodes[3].inputs.pop_back();
    EXPECT_EQ(parameter_count(without_bias), small_network_parameters - 2);
}

TEST(ModelInfo, counts_operations_of_one_shower)
{
    EXPECT_EQ(macs_per_shower(small_network()), small_network_macs);
}

TEST(ModelInfo, lists_layers_in_order)
{
    auto const info = model_info(small_network());
    ASSERT_EQ(info.layers.size(), 7U);
    EXPECT_EQ(info.layers[3].name, "conv");
    EXPECT_EQ(info.layers[3].op, "Conv");
    EXPECT_EQ(info.layers[3].output_shape, (Shape{batch_dimension, 2, 3, 3}));
    EXPECT_EQ(info.layers[3].parameters, 36 + 2);
    EXPECT_EQ(info.layers[3].multiply_accumulates, 18 * 18);
    EXPECT_EQ(info.layers[4].parameters, 0);
}

TEST(ModelInfo, a_transposed_convolution_uses_its_weights_once_for_each_input)
{
    auto graph = graph_of({"ConvTranspose",
                           {counting({1, 4, 5, 5}), fixed(wavy({4, 3, 2, 2}))},
                           {{"strides", std::vector<std::int64_t>{2, 2}}}});
    EXPECT_EQ(macs_per_shower(graph), 4 * 25 * (3 * 4));
    EXPECT_EQ(parameter_count(graph), 4 * 3 * 4);
}

TEST(ModelInfo, groups_divide_the_operations)
{
    auto graph = graph_of({"Conv",
                           {counting({1, 4, 5, 5}), fixed(wavy({4, 1, 3, 3}))},
                           {{"group", std::int64_t{4}}}});
    EXPECT_EQ(macs_per_shower(graph), 9 * 4 * 9);
}

TEST(ModelInfo, a_fixed_batch_is_divided_out)
{
    auto graph = graph_of({"MatMul", {counting({6, 5}), fixed(wavy({5, 7}))}});
    EXPECT_EQ(macs_per_shower(graph), 5 * 7);
    EXPECT_EQ(macs_per_shower(graph_of({"Gemm", {counting({6, 5}), fixed(wavy({5, 7}))}})), 5 * 7);
}

TEST(ModelInfo, quantised_weights_count_for_the_layer_that_reads_them)
{
    auto graph = small_network();
    graph.constants["conv.weight"] = {
        ElementType::int8, {2, 2, 3, 3}, {}, std::vector<std::int64_t>(36, 1)};
    graph.constants["scale"] = wavy({1});
    graph.nodes.insert(
        graph.nodes.begin(),
        {"weights", "DequantizeLinear", {"conv.weight", "scale"}, {"conv.real"}, {}});
    graph.nodes[4].inputs[1] = "conv.real";
    auto const info = model_info(graph);
    EXPECT_EQ(info.parameters, small_network_parameters);
    EXPECT_EQ(info.layers.size(), 7U);  // preparing weights is no layer
    EXPECT_EQ(info.layers[3].parameters, 36 + 2);
}

TEST(ModelInfo, a_shared_constant_counts_once_and_single_numbers_do_not_count)
{
    auto graph = small_network();
    graph.nodes[3].inputs[2] = "norm.scale";
    EXPECT_EQ(parameter_count(graph), small_network_parameters - 2);
    graph = small_network();
    graph.constants["unit"] = floats({1}, {100});
    graph.nodes[0].inputs[1] = "unit";
    EXPECT_EQ(parameter_count(graph), small_network_parameters);
    graph.constants["unit"] = floats({4}, {1, 2, 3, 4});
    EXPECT_EQ(parameter_count(graph), small_network_parameters + 4);
}

}  // namespace
}  // namespace lowcal::graph
