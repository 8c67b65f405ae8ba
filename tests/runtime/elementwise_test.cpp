// What stands around convolutions runs without the slow reference, and equals it.

#include "runtime/compare.hpp"
#include "runtime/small_networks.hpp"

#include <gtest/gtest.h>

namespace lowcal::runtime {
namespace {

/// Two units in the last place: the C library's functions are good to one, in both.
constexpr double two_ulps = 2 * 0x1p-23;

bool runs_slowly(graph::Graph const& graph)
{
    Plan const plan(graph, {.batch = 2});
    for (auto const& step : plan.steps())
        if (std::string(step->kind()) == "reference (slow)") return true;
    return false;
}

/// x [N, 6, 4, 5] through a convolution (so that it comes channels last), then `op`.
test::NetworkBuilder behind_convolution(std::int64_t channels)
{
    test::NetworkBuilder net;
    net.graph.inputs = {{.name = "x", .shape = {graph::batch_dimension, 6, 4, 5}}};
    net.node("Conv", "conv", {"x", net.constant("w", {channels, 6, 1, 1}, 4)});
    return net;
}

void expect_equal(graph::Graph const& graph, double tolerance)
{
    EXPECT_FALSE(runs_slowly(graph));
    EXPECT_LT(test::worst_difference(graph, graph, {.batch = 2}), tolerance);
}

/// x [N, 5, 7, 3] cut along `axes`.
graph::Graph sliced(std::vector<std::int64_t> const& first, std::vector<std::int64_t> const& last,
                    std::vector<std::int64_t> const& axes, std::vector<std::int64_t> const& steps)
{
    test::NetworkBuilder net;
    net.graph.inputs = {{.name = "x", .shape = {graph::batch_dimension, 5, 7, 3}}};
    std::vector<std::string> inputs{net.node("Neg", "minus", {"x"})};
    for (auto const& [name, numbers] :
         {std::pair{"first", first}, {"last", last}, {"axes", axes}, {"steps", steps}}) {
        net.graph.constants[name] = {.type = graph::ElementType::int64,
                                     .shape = {static_cast<std::int64_t>(numbers.size())},
                                     .integers = numbers};
        inputs.emplace_back(name);
    }
    net.graph.outputs = {{.name = net.node("Slice", "piece", inputs), .shape = {}}};
    return net.graph;
}

TEST(Slice, along_one_axis_is_a_copy)
{
    auto const slow = [](graph::Graph const& graph) {
        Plan const plan(graph, {.batch = 2});
        return std::string(plan.steps().back()->kind()) == "reference (slow)";
    };
    for (auto const& one : {sliced({1}, {4}, {1}, {1}), sliced({-5}, {-1}, {2}, {1}),
                            sliced({2}, {100}, {-1}, {1})}) {
        EXPECT_FALSE(slow(one));
        EXPECT_EQ(test::worst_difference(one, one, {.batch = 2}), 0.0);
    }
    for (auto const& other : {sliced({1, 2}, {4, 5}, {1, 2}, {1, 1}), sliced({0}, {7}, {2}, {2})}) {
        EXPECT_FALSE(slow(other));
        EXPECT_EQ(test::worst_difference(other, other, {.batch = 2}), 0.0);
    }
}

class Unary : public ::testing::TestWithParam<char const*> {};

TEST_P(Unary, equals_the_reference)
{
    std::string const op = GetParam();
    auto net = behind_convolution(8);
    auto input = net.node("Mul", "square", {"conv", "conv"});  // Log, Sqrt and Pow need x >= 0
    bool const any_sign = op == "Exp" || op == "Tanh" || op == "Relu" || op == "LeakyRelu";
    if (any_sign) input = net.node("Add", "twice", {"conv", "conv"});
    if (op == "Log") {  // near 0 its slope would magnify the convolution's rounding
        net.graph.constants["one"] = {.shape = {1}, .floats = {1.0F}};
        input = net.node("Add", "above_one", {input, "one"});
    }
    std::vector<std::string> inputs{input};
    if (op == "Pow") {
        inputs.push_back("third");
        net.graph.constants["third"] = {.shape = {1}, .floats = {1.0F / 3.0F}};
    }
    std::map<std::string, graph::Attribute> attributes;
    if (op == "LeakyRelu") attributes["alpha"] = 0.3F;
    net.graph.outputs = {{.name = net.node(op, "result", inputs, attributes), .shape = {}}};
    expect_equal(net.graph, test::rounding(6));
}

INSTANTIATE_TEST_SUITE_P(Operators, Unary,
                         ::testing::Values("Exp", "LeakyRelu", "Log", "Pow", "Relu", "Sqrt",
                                           "Tanh"),
                         [](auto const& one) { return std::string(one.param); });

TEST(Clip, cuts_at_both_bounds_or_at_one)
{
    for (bool const both : {true, false}) {
        test::NetworkBuilder net;
        net.graph.inputs = {{.name = "x", .shape = {graph::batch_dimension, 30}}};
        net.graph.constants["low"] = {.shape = {}, .floats = {-0.25F}};
        net.graph.constants["high"] = {.shape = {}, .floats = {0.5F}};
        std::vector<std::string> const inputs = both ? std::vector<std::string>{"x", "low", "high"}
                                                     : std::vector<std::string>{"x", "", "high"};
        net.graph.outputs = {{.name = net.node("Clip", "result", inputs), .shape = {}}};
        expect_equal(net.graph, two_ulps);
        auto other = net.graph;
        other.constants["high"].floats = {0.51F};  // the comparison would see a wrong bound
        EXPECT_GT(test::worst_difference(other, net.graph, {.batch = 2}), two_ulps);
    }
}

TEST(Max, of_two_broadcasts)
{
    auto net = behind_convolution(8);
    net.graph.outputs = {
        {.name = net.node("Max", "result", {"conv", net.constant("c", {8, 1, 1}, 8)}),
         .shape = {}}};
    expect_equal(net.graph, test::rounding(6));
}

TEST(ReduceSum, sums_over_the_innermost_axes)
{
    for (graph::Shape const& axes : {graph::Shape{2, 3}, graph::Shape{-1}, graph::Shape{1, 3, 2}}) {
        auto net = behind_convolution(8);
        net.graph.outputs = {
            {.name = net.node("ReduceSum", "result", {"conv", net.shape_constant("axes", axes)}),
             .shape = {}}};
        expect_equal(net.graph, test::rounding(6 * 160));
    }
}

TEST(Split, cuts_along_any_axis)
{
    for (std::int64_t const axis : {1, -1}) {
        auto net = behind_convolution(5);
        net.graph.nodes.push_back({.name = "split",
                                   .op = "Split",
                                   .inputs = {"conv", net.shape_constant("sizes", {1, 4})},
                                   .outputs = {"first", "second"},
                                   .attributes = {{"axis", axis}}});
        net.graph.outputs = {{.name = "first", .shape = {}}, {.name = "second", .shape = {}}};
        expect_equal(net.graph, test::rounding(6));
    }
}

TEST(DepthToSpace, moves_channels_to_where_its_mode_says)
{
    auto with_mode = [](std::string const& mode) {
        auto net = behind_convolution(12);
        net.node("DepthToSpace", "space", {"conv"},
                 {{"blocksize", std::int64_t{2}}, {"mode", mode}});
        // What follows reads the result as a convolution does, and as an output.
        auto const last = net.node("Conv", "last", {"space", net.constant("v", {4, 3, 3, 3}, 4)});
        net.graph.outputs = {{.name = last, .shape = {}}, {.name = "space", .shape = {}}};
        return net.graph;
    };
    expect_equal(with_mode("DCR"), test::rounding(6 * 27));
    expect_equal(with_mode("CRD"), test::rounding(6 * 27));
    EXPECT_GT(test::worst_difference(with_mode("DCR"), with_mode("CRD"), {.batch = 2}), 0.1);
}

}  // namespace
}  // namespace lowcal::runtime
