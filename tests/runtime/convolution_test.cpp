#include "core/error.hpp"
#include "runtime/compare.hpp"
#include "runtime/small_networks.hpp"
#include "x86_64.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace lowcal::runtime {
namespace {

using Integers = std::vector<std::int64_t>;

/// One convolution (transposed or not) of a given geometry with LeakyReLU and normalisation.
struct Case {
    std::string name;
    bool transposed = false;
    std::int64_t in = 5;
    std::int64_t out = 8;
    std::int64_t kernel = 3;
    std::int64_t size = 7;
    int axes = 2;
    std::int64_t stride = 1;
    std::int64_t before = 0;
    std::int64_t after = 0;
    std::int64_t dilation = 1;
    std::int64_t groups = 1;
};

void PrintTo(Case const& one, std::ostream* stream)
{
    *stream << one.name;
}

graph::Graph network(Case const& one)
{
    test::NetworkBuilder net;
    auto const axes = static_cast<std::size_t>(one.axes);
    graph::Shape shape{graph::batch_dimension, one.in};
    shape.insert(shape.end(), axes, one.size);
    net.graph.inputs = {{.name = "x", .shape = shape}};
    graph::Shape weights{one.out, one.in / one.groups};
    if (one.transposed) weights = {one.in, one.out / one.groups};
    weights.insert(weights.end(), axes, one.kernel);
    Integers pads(axes, one.before);
    pads.insert(pads.end(), axes, one.after);
    auto const value = net.node(one.transposed ? "ConvTranspose" : "Conv", "conv",
                                {"x", net.constant("w", weights, 4), net.constant("b", {one.out})},
                                {{"pads", pads},
                                 {"strides", Integers(axes, one.stride)},
                                 {"dilations", Integers(axes, one.dilation)},
                                 {"group", one.groups}});
    auto const last = net.activation_and_norm("post", value, one.out);
    net.graph.outputs = {{.name = last, .shape = {}}};
    return net.graph;
}

double products(Case const& one)
{
    double count = static_cast<double>(one.in);
    for (int i = 0; i < one.axes; ++i) count *= static_cast<double>(one.kernel);
    return count;
}

class Convolution : public ::testing::TestWithParam<Case> {};

TEST_P(Convolution, equals_the_reference_within_rounding)
{
    auto const one = GetParam();
    auto const graph = network(one);
    for (std::int64_t const batch : {1, 3})
        for (auto const method : {TransposedMethod::phases, TransposedMethod::plain})
            EXPECT_LT(test::worst_difference(graph, graph, {.batch = batch, .transposed = method}),
                      test::rounding(products(one)))
                << one.name << ", batch " << batch;
}

/// oneDNN chooses its kernels once a process.
TEST_P(Convolution, equals_the_reference_on_every_instruction_set)
{
    if (!test::is_x86_64) GTEST_SKIP() << test::only_x86_64;
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    auto const one = GetParam();
    auto const run = [&](char const* set) {
        setenv("ONEDNN_MAX_CPU_ISA", set, 1);
        auto const graph = network(one);
        bool const equal =
            test::worst_difference(graph, graph, {.batch = 3}) < test::rounding(products(one));
        std::_Exit(equal ? 0 : 1);
    };
    for (auto const* const set : {"SSE41", "AVX2"})
        EXPECT_EXIT(run(set), testing::ExitedWithCode(0), "") << set;
}

TEST_P(Convolution, a_slightly_wrong_slope_or_weight_would_be_seen)
{
    auto const one = GetParam();
    auto const right = network(one);
    auto wrong = right;
    for (auto& node : wrong.nodes)
        if (node.op == "LeakyRelu") node.attributes["alpha"] = 0.301F;
    EXPECT_GT(test::worst_difference(wrong, right, {.batch = 1}), test::rounding(products(one)));
    wrong = right;
    wrong.constants["w"].floats.front() += 0.01F;
    EXPECT_GT(test::worst_difference(wrong, right, {.batch = 1}), test::rounding(products(one)));
}

INSTANTIATE_TEST_SUITE_P(
    Geometries, Convolution,
    ::testing::Values(
        Case{.name = "plain"},
        Case{.name = "same, even kernel", .kernel = 8, .size = 9, .before = 3, .after = 4},
        Case{.name = "strided", .kernel = 5, .size = 11, .stride = 2, .before = 2, .after = 2},
        Case{.name = "dilated", .size = 9, .before = 2, .after = 2, .dilation = 2},
        Case{.name = "grouped", .in = 8, .groups = 4},
        Case{
            .name = "3D, one channel out", .out = 1, .kernel = 2, .size = 6, .axes = 3, .after = 1},
        Case{.name = "3D", .kernel = 3, .size = 6, .axes = 3, .before = 1, .after = 1},
        Case{.name = "transposed, stride 2",
             .transposed = true,
             .kernel = 5,
             .stride = 2,
             .before = 1,
             .after = 2},
        Case{.name = "transposed, stride 3",
             .transposed = true,
             .kernel = 5,
             .size = 5,
             .stride = 3,
             .before = 1,
             .after = 1},
        Case{.name = "transposed, uncropped", .transposed = true, .kernel = 4, .stride = 2},
        Case{.name = "transposed, kernel below stride",
             .transposed = true,
             .kernel = 2,
             .stride = 3},
        Case{.name = "transposed 3D, stride 2",
             .transposed = true,
             .kernel = 5,
             .size = 4,
             .axes = 3,
             .stride = 2,
             .before = 1,
             .after = 2},
        Case{.name = "transposed 3D, stride 3",
             .transposed = true,
             .kernel = 5,
             .size = 3,
             .axes = 3,
             .stride = 3,
             .before = 1,
             .after = 1}));

TEST(Plan, every_layer_of_a_branched_network_equals_the_reference)
{
    auto const graph = test::small_generator();
    Plan::Config config{.batch = 2};
    for (auto const& node : graph.nodes)
        if (node.name != "shower") config.watched.push_back(node.outputs.front());
    EXPECT_LT(test::worst_difference(graph, graph, config), test::rounding(450));
    EXPECT_LT(test::worst_difference(graph, graph, {.batch = 2}), test::rounding(450));
}

TEST(Plan, fusing_leaves_few_steps)
{
    auto const graph = test::small_generator();
    Plan const plan(graph, {.batch = 1});
    // Two products, dense, per branch a copy to channels last, convolution and transposed
    // convolution, then concatenation and the merging convolution. The branch along z needs no
    // copy.
    EXPECT_LE(plan.steps().size(), 11U);
}

TEST(Plan, an_operator_without_a_fast_form_runs_through_the_reference)
{
    test::NetworkBuilder net;
    net.graph.inputs = {{.name = "x", .shape = {graph::batch_dimension, 4, 6, 6}}};
    net.node("Conv", "conv", {"x", net.constant("w", {4, 4, 3, 3})});
    net.node("Sigmoid", "last", {"conv"});
    net.graph.outputs = {{.name = "last", .shape = {}}};
    EXPECT_LT(test::worst_difference(net.graph, net.graph, {.batch = 2}), test::rounding(36));
}

}  // namespace
}  // namespace lowcal::runtime
