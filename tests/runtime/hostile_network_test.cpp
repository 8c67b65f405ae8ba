// Networks that no exporter writes, or few: a clear error or the right numbers, never anything
// else.

#include "core/error.hpp"
#include "runtime/any_network.hpp"
#include "runtime/compare.hpp"
#include "runtime/small_networks.hpp"

#include <gtest/gtest.h>

namespace lowcal::runtime {
namespace {

using Integers = std::vector<std::int64_t>;

/// The message of the error that planning this graph is; empty if it is none.
std::string refusal(graph::Graph const& graph, std::int64_t batch = 2)
{
    try {
        Plan const plan(graph, {.batch = batch});
    } catch (InputError const& error) {
        return error.what();
    }
    return {};
}

bool names(std::string const& message, std::string const& part)
{
    return message.find(part) != std::string::npos;
}

test::NetworkBuilder network(graph::Shape input)
{
    test::NetworkBuilder net;
    net.graph.inputs = {{.name = "x", .shape = std::move(input)}};
    return net;
}

graph::Graph ending_in(test::NetworkBuilder net, std::string const& output)
{
    net.graph.outputs = {{.name = output, .shape = {}}};
    return net.graph;
}

TEST(HostileNetwork, integer_constants_where_numbers_are_computed_are_an_error_that_names_the_node)
{
    auto net = network({graph::batch_dimension, 4});
    net.node("Concat", "unread", {net.shape_constant("k", {1, 2, 3})}, {{"axis", std::int64_t{0}}});
    net.node("Relu", "y", {"x"});
    auto const message = refusal(ending_in(std::move(net), "y"));
    EXPECT_TRUE(names(message, "Concat node 'unread'")) << message;
}

TEST(HostileNetwork, integers_that_the_network_computes_are_kept_as_numbers)
{
    auto net = network({graph::batch_dimension, 4});
    net.node("Cast", "whole", {"x"}, {{"to", std::int64_t{7}}});
    net.node("Cast", "y", {"whole"}, {{"to", std::int64_t{1}}});
    auto const graph = ending_in(std::move(net), "y");
    EXPECT_EQ(test::worst_difference(graph, graph, {.batch = 2}), 0.0);
    auto fractions = graph;
    fractions.nodes.front() = {"whole", "Identity", {"x"}, {"whole"}, {}};
    fractions.nodes.back().attributes.clear();
    fractions.nodes.back().op = "Neg";
    EXPECT_GT(test::worst_difference(graph, fractions, {.batch = 2}), 0.5);  // it would be seen
}

TEST(HostileNetwork, levels_are_read_by_what_undoes_them_alone)
{
    auto net = network({graph::batch_dimension, 4});
    net.graph.constants["scale"] = {.floats = {0.01F}};
    net.graph.constants["zero"] = {.type = graph::ElementType::uint8, .integers = {100}};
    net.node("QuantizeLinear", "levels", {"x", "scale", "zero"});
    net.node("Cast", "y", {"levels"}, {{"to", std::int64_t{1}}});
    auto const message = refusal(ending_in(std::move(net), "y"));
    EXPECT_TRUE(names(message, "Cast node 'y'")) << message;
}

TEST(HostileNetwork, eight_dimensions_may_be_in_any_order)
{
    auto net = network({graph::batch_dimension, 2, 3, 1, 2, 2, 1, 3});
    net.node("Transpose", "turned", {"x"}, {{"perm", Integers{0, 7, 2, 4, 6, 5, 3, 1}}});
    net.node("Relu", "positive", {"turned"});
    net.node("Reshape", "y", {"positive", net.shape_constant("s", {0, -1})});
    auto const graph = ending_in(std::move(net), "y");
    EXPECT_EQ(test::worst_difference(graph, graph, {.batch = 2}), 0.0);
}

TEST(HostileNetwork, a_plan_that_would_take_too_much_memory_names_the_step)
{
    auto net = network({graph::batch_dimension, 1});
    std::string sum = "x";
    for (int i = 0; i < 8; ++i) {  // eight values of 800 MiB, all of them alive at the end
        auto const name = std::to_string(i);
        net.node("Expand", "big" + name, {"x", net.shape_constant("s" + name, {100, 1, 1 << 21})});
        net.node("ReduceSum", "sum" + name, {"big" + name, net.shape_constant("a" + name, {0})});
    }
    std::vector<std::string> all;
    for (int i = 0; i < 8; ++i) all.push_back("big" + std::to_string(i));
    net.node("Concat", "y", {"sum0", "sum1"}, {{"axis", std::int64_t{1}}});
    net.node("Max", "together", all);
    auto const message = refusal(ending_in(std::move(net), "y"), 1);
    EXPECT_TRUE(names(message, "4 GiB") && names(message, "step 'big")) << message;
}

TEST(HostileNetwork, convolutions_whose_long_axes_would_take_too_much_memory_are_counted_together)
{
    auto with_convolutions = [](int count) {
        auto net = network({graph::batch_dimension, 1, 1 << 16});
        std::vector<std::string> sums;
        for (int i = 0; i < count; ++i) {
            auto const name = std::to_string(i);
            net.node("Conv", "conv" + name, {"x", net.constant("w" + name, {1, 1, 2 + i})});
            net.node("ReduceSum", "sum" + name,
                     {"conv" + name, net.shape_constant("a" + name, {2})});
            sums.push_back("sum" + name);
        }
        net.node("Sum", "y", sums);
        return ending_in(std::move(net), "y");
    };
    auto const message = refusal(with_convolutions(9), 1);
    EXPECT_TRUE(names(message, "4 GiB") && names(message, "oneDNN") && names(message, "'conv0'"))
        << message;
    EXPECT_NO_THROW(Plan(with_convolutions(2), {.batch = 1}));
}

TEST(HostileNetwork, lists_of_picked_elements_that_would_take_too_much_memory_name_the_node)
{
    constexpr std::int64_t places = 1 << 26;  // of eight bytes each: 512 MiB
    auto net = network({graph::batch_dimension, 1});
    net.node("Expand", "wide", {"x", net.shape_constant("s", {1, places})});
    net.node("ReduceSum", "y", {"wide", net.shape_constant("a", {1})});
    auto message = refusal(ending_in(std::move(net), "y"), 1);
    EXPECT_TRUE(names(message, "0.25 GiB") && names(message, "node 'wide'")) << message;

    auto resized = network({graph::batch_dimension, 1, 1, 2});
    resized.graph.constants["sizes"] = {.shape = {4},
                                        .floats = {1, 1, 1, 1 << 22}};  // of 88 bytes: 352 MiB
    resized.node("Resize", "long", {"x", "", "sizes"}, {{"mode", std::string("linear")}});
    resized.node("ReduceSum", "y", {"long", resized.shape_constant("a", {3})});
    message = refusal(ending_in(std::move(resized), "y"), 1);
    EXPECT_TRUE(names(message, "0.25 GiB") && names(message, "node 'long'")) << message;

    auto nearest = network({graph::batch_dimension, 1, 1, 2});
    nearest.graph.constants["sizes"] = {.shape = {4},
                                        .floats = {1, 1, 1, 1 << 23}};  // of 48 bytes: 384 MiB
    nearest.node("Resize", "near", {"x", "", "sizes"}, {{"mode", std::string("nearest")}});
    nearest.node("ReduceSum", "y", {"near", nearest.shape_constant("a", {3})});
    message = refusal(ending_in(std::move(nearest), "y"), 1);
    EXPECT_TRUE(names(message, "0.25 GiB") && names(message, "node 'near'")) << message;
}

TEST(HostileNetwork, one_value_may_be_both_factors_of_a_product)
{
    auto net = network({graph::batch_dimension, 3, 3});
    net.node("MatMul", "y", {"x", "x"});
    auto const graph = ending_in(std::move(net), "y");
    EXPECT_LT(test::worst_difference(graph, graph, {.batch = 2}), test::rounding(3));
}

TEST(HostileNetwork, a_bias_for_each_row_is_not_one_for_each_column)
{
    auto net = network({3, 4});
    net.node("Gemm", "y", {"x", net.constant("w", {4, 3}), net.constant("b", {3, 1})});
    auto const graph = ending_in(std::move(net), "y");
    EXPECT_LT(test::worst_difference(graph, graph, {.batch = 3}), test::rounding(4));
}

TEST(HostileNetwork, a_power_that_broadcasts_has_the_shape_of_the_exponent)
{
    auto net = network({graph::batch_dimension, 4});
    net.graph.constants["two"] = {.shape = {1, 1, 1}, .floats = {2.0F}};
    net.node("Pow", "y", {"x", "two"});
    auto const graph = ending_in(std::move(net), "y");
    EXPECT_LT(test::worst_difference(graph, graph, {.batch = 2}), test::rounding(2));
}

TEST(HostileNetwork, transposed_convolutions_of_any_stride_are_planned_at_once)
{
    auto net = network({graph::batch_dimension, 1, 1, 1});
    net.node("ConvTranspose", "y", {"x", net.constant("w", {1, 1, 2, 2})},
             {{"strides", Integers{1 << 30, 1 << 30}}});
    auto const graph = ending_in(std::move(net), "y");
    EXPECT_LT(test::worst_difference(graph, graph, {.batch = 2}), test::rounding(1));
}

TEST(HostileNetwork, so_many_products_that_int32_may_not_hold_their_sum_run_in_float32)
{
    constexpr std::int64_t inputs = 80'000;
    auto net = network({graph::batch_dimension, inputs, 1, 1});
    net.graph.constants["scale"] = {.floats = {1.0F / 255}};
    net.graph.constants["zero"] = {.type = graph::ElementType::uint8, .integers = {0}};
    net.graph.constants["levels"] = {
        .type = graph::ElementType::int8,
        .shape = {1, inputs, 1, 1},
        .integers = std::vector<std::int64_t>(static_cast<std::size_t>(inputs), 127)};
    net.graph.constants["one"] = {.floats = {1.0F}};
    auto const q = net.node("QuantizeLinear", "q", {net.node("Abs", "a", {"x"}), "scale", "zero"});
    auto const d = net.node("DequantizeLinear", "d", {q, "scale", "zero"});
    net.node("DequantizeLinear", "w", {"levels", "one"});
    net.node("Conv", "y", {d, "w"});
    auto const graph = ending_in(std::move(net), "y");
    EXPECT_EQ(Plan(graph, {.batch = 1}).precision(), Precision::float32);
    EXPECT_LT(test::worst_difference(graph, graph, {.batch = 1}), 1e-4);
}

}  // namespace
}  // namespace lowcal::runtime
