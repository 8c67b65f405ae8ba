// Operators that other people's networks are made of run without the slow reference, and equal it.

#include "runtime/compare.hpp"
#include "runtime/small_networks.hpp"

#include <gtest/gtest.h>

namespace lowcal::runtime {
namespace {

using Attributes = std::map<std::string, graph::Attribute>;
using Integers = std::vector<std::int64_t>;

/// A node on x [N, 6, 4, 5], which comes channels last from a convolution.
struct Case {
    std::string op;
    std::vector<std::string> inputs{"conv"};
    Attributes attributes{};
};

void PrintTo(Case const& one, std::ostream* stream)
{
    *stream << one.op;
}

test::NetworkBuilder network()
{
    test::NetworkBuilder net;
    net.graph.inputs = {{.name = "x", .shape = {graph::batch_dimension, 6, 4, 5}}};
    net.node("Conv", "conv", {"x", net.constant("w", {6, 6, 1, 1}, 4)});
    net.node("Transpose", "turned", {"conv"}, {{"perm", Integers{0, 1, 3, 2}}});
    net.node("Greater", "holds", {"conv", net.constant("bound", {1, 6, 1, 1}, 3)});
    net.constant("channels", {6}, 5);
    net.constant("column", {6, 1, 1}, 6);
    net.constant("place", {4, 5}, 7);
    net.constant("last", {5}, 8);
    net.constant("matrix", {5, 3}, 9);
    net.graph.constants["single"] = {
        .type = graph::ElementType::int64, .shape = {}, .integers = {-1}};
    for (auto const& [name, numbers] :
         std::map<std::string, Integers>{{"order", {5, 0, -1, 2}},
                                         {"repeats", {1, 2, 1, 3}},
                                         {"sizes", {2, 6, 7, 9}},
                                         {"pads", {0, 1, 2, 0, 0, 0, 1, 1}}})
        net.shape_constant(name, numbers);
    return net;
}

graph::Graph graph_of(Case const& one)
{
    auto net = network();
    auto made = net.node(one.op, "tested", one.inputs, one.attributes);
    bool const condition =
        one.op == "Not" || one.op == "Equal" || one.op == "And" || one.op == "LessOrEqual";
    if (condition) made = net.node("Cast", "number", {made}, {{"to", std::int64_t{1}}});
    net.graph.outputs = {{.name = made, .shape = {}}};
    return net.graph;
}

class ForeignOperator : public ::testing::TestWithParam<Case> {};

TEST_P(ForeignOperator, equals_the_reference_and_is_not_slow)
{
    // Roundings of sums of up to 120 terms, and of the approximation of erf.
    constexpr double tolerance = 2e-6;
    auto const graph = graph_of(GetParam());
    Plan const plan(graph, {.batch = 2});
    for (auto const& step : plan.steps()) EXPECT_STRNE(step->kind(), "reference (slow)");
    EXPECT_LT(test::worst_difference(graph, graph, {.batch = 2}), tolerance);
    auto other = graph;  // on other weights it is another number: the comparison bites
    other.constants.at("w").floats.front() += 0.5F;
    if (graph.outputs[0].name == "tested") {
        EXPECT_GT(test::worst_difference(graph, other, {.batch = 2}), tolerance);
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, ForeignOperator,
    ::testing::Values(
        Case{"Abs"}, Case{"Cos"}, Case{"Sin"}, Case{"Erf"}, Case{"Elu"}, Case{"Selu"},
        Case{"Sigmoid"}, Case{"Softplus"}, Case{"HardSigmoid"}, Case{"HardSwish"},
        Case{"Reciprocal"}, Case{"PRelu", {"conv", "column"}}, Case{"Min", {"conv", "place"}},
        Case{"Not", {"holds"}}, Case{"Equal", {"conv", "conv"}},
        Case{"LessOrEqual", {"conv", "column"}}, Case{"And", {"holds", "holds"}},
        Case{"Where", {"holds", "conv", "column"}}, Case{"Sum", {"conv", "column", "place"}},
        Case{"Max", {"conv", "column", "last"}}, Case{"Softmax"},
        Case{"Softmax", {"conv"}, {{"axis", std::int64_t{1}}}},
        Case{"InstanceNormalization", {"conv", "channels", "channels"}},
        Case{"LayerNormalization", {"conv", "last", "last"}},
        Case{"LayerNormalization", {"conv", "place"}, {{"axis", std::int64_t{2}}}},
        Case{"ReduceMean", {"conv"}, {{"axes", Integers{1}}}},
        Case{"ReduceMax", {"conv"}, {{"axes", Integers{2, 3}}, {"keepdims", std::int64_t{0}}}},
        Case{"ReduceL2", {"conv"}, {{"axes", Integers{1, 3}}}}, Case{"GlobalAveragePool"},
        Case{"Gather", {"conv", "order"}, {{"axis", std::int64_t{1}}}},
        Case{"Gather", {"conv", "single"}, {{"axis", std::int64_t{2}}}},
        Case{"Tile", {"conv", "repeats"}}, Case{"Pad", {"conv", "pads"}},
        Case{"Pad", {"conv", "pads"}, {{"mode", std::string("reflect")}}},
        Case{"Resize", {"conv", "", "", "sizes"}},
        Case{"Resize", {"conv", "", "", "sizes"}, {{"mode", std::string("linear")}}},
        Case{"Resize", {"conv", "", "", "sizes"}, {{"mode", std::string("cubic")}}},
        Case{"MatMul", {"conv", "matrix"}}, Case{"MatMul", {"conv", "turned"}}));

TEST(ForeignNetwork, what_follows_from_the_number_of_showers_is_computed_for_each_plan)
{
    auto net = network();
    net.node("Shape", "shape", {"conv"});
    net.node("ConstantOfShape", "zeros", {"shape"});
    net.node("Max", "y", {"conv", "zeros"});
    net.graph.outputs = {{.name = "y", .shape = {}}};
    for (std::int64_t const batch : {1, 2, 5})
        EXPECT_LT(test::worst_difference(net.graph, net.graph, {.batch = batch}), 2e-6);
}

}  // namespace
}  // namespace lowcal::runtime
