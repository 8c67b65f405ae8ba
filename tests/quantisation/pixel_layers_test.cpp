// Two int8 convolutions of 1 x 1, one behind the other, which run in one pass where the CPU has
// VNNI. All scales are powers of two, so that float32 sums are exact and runtime and reference must
// agree to the bit.

#include "graph/model/graph_builder.hpp"
#include "graph/reference/reference.hpp"
#include "quantisation/quantised_value.hpp"
#include "runtime/kernels/pixel_layers_kernel.hpp"
#include "runtime/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace lowcal::quantisation {
namespace {

constexpr std::int64_t rows = 5, columns = 7, batch = 3;  // 105 pixels: not a multiple of eight

struct Case {
    char const* name;
    std::int64_t inputs, hidden, outputs;
    bool in_one_pass;
    float slope = 0.25F;
    std::int64_t kernel = 1;
};

void PrintTo(Case const& one, std::ostream* stream)
{
    *stream << one.name;
}

class Network {
public:
    explicit Network(Case const& one) : build_(graph_)
    {
        graph_.inputs = {
            {.name = "x", .shape = {graph::batch_dimension, one.inputs, rows, columns}}};
        auto value = test::quantised(build_, "input", "x", 0x1p-5F, 91);
        value = layer("first", value, {one.hidden, one.inputs, 1, 1});
        value = build_.node({.name = "leaky",
                             .op = "LeakyRelu",
                             .inputs = {value},
                             .attributes = {{"alpha", one.slope}}});
        // An even zero point: halves are rounded to even levels before it is added or behind.
        value = test::quantised(build_, "hidden", value, 0x1p-2F, 72);
        value = layer("second", value, {one.outputs, one.hidden, one.kernel, one.kernel});
        graph_.outputs = {{.name = value, .shape = {}}};
    }
    graph::Graph graph() const { return graph_; }

private:
    graph::Graph graph_;
    graph::GraphBuilder build_;
    std::mt19937 random_{11};

    std::string layer(std::string const& name, std::string const& input, graph::Shape const& shape)
    {
        graph::Tensor levels{.type = graph::ElementType::int8, .shape = shape};
        auto const count = shape[0] * shape[1] * shape[2] * shape[3];
        for (std::int64_t i = 0; i < count; ++i)
            levels.integers.push_back(static_cast<std::int64_t>(random_() % 129) - 64);
        std::vector<float> scales;
        for (std::int64_t o = 0; o < shape[0]; ++o)
            scales.push_back(o % 3 == 0 ? 0x1p-9F : 0x1p-8F);
        auto const weights =
            build_.node({.name = name + ".weights",
                         .op = "DequantizeLinear",
                         .inputs = {build_.constant(name + ".levels", levels),
                                    build_.floats(name + ".scale", {shape[0]}, scales)},
                         .attributes = {{"axis", std::int64_t{0}}}});
        std::vector<float> bias;
        for (std::int64_t o = 0; o < shape[0]; ++o)
            bias.push_back(0x1p-4F * static_cast<float>(random_() % 33) - 1.0F);
        return build_.node(
            {.name = name,
             .op = "Conv",
             .inputs = {input, weights, build_.floats(name + ".bias", {shape[0]}, bias)}});
    }
};

graph::Tensor input_of(Case const& one)
{
    graph::Tensor input{.shape = {batch, one.inputs, rows, columns}, .floats = {}};
    std::mt19937 random(12);
    for (std::int64_t i = 0; i < batch * one.inputs * rows * columns; ++i)
        input.floats.push_back(0x1p-5F *
                               static_cast<float>(static_cast<int>(random() % 280) - 100));
    return input;
}

class PixelLayerPairs : public testing::TestWithParam<Case> {};

TEST_P(PixelLayerPairs, give_what_the_graph_means)
{
    auto const& one = GetParam();
    auto const input = input_of(one);
    auto const run = [&](graph::Graph const& network) {
        runtime::Plan const plan(network, {.batch = batch});
        auto const in_one_pass = std::count_if(
            plan.steps().begin(), plan.steps().end(),
            [](auto const& step) { return step->kind() == std::string("pixel layers"); });
        bool const usable = runtime::pixel_layers_kernel() != nullptr;
        EXPECT_EQ(in_one_pass, usable && one.in_one_pass ? 1 : 0);
        auto const size =
            batch * one.outputs * (rows - one.kernel + 1) * (columns - one.kernel + 1);
        std::vector<float> result(static_cast<std::size_t>(size), -7.0F);
        std::span<float const> const data = input.floats;
        std::span<float> const output = result;
        runtime::PlanRun pass(plan);
        pass({&data, 1}, {&output, 1});
        return result;
    };
    auto network = Network(one).graph();
    auto const expected =
        graph::run_reference(network, {{"x", input}}).at(network.outputs.front().name).floats;
    EXPECT_EQ(run(network), expected);
    for (auto const* const constant : {"first.levels", "second.levels"}) {
        auto other = network;  // one level off in one weight is seen
        auto& integers = other.constants.at(constant).integers;
        std::vector<std::int64_t> levels(integers.begin(), integers.end());
        levels.back() += 1;
        integers = levels;
        EXPECT_NE(run(other), expected) << constant;
    }
    for (auto const* const constant :
         {"first.bias", "second.bias", "first.scale", "second.scale"}) {
        auto other = network;
        other.constants.at(constant).floats.front() += 0x1p-1F;
        EXPECT_NE(run(other), expected) << constant;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Layers, PixelLayerPairs,
    testing::Values(Case{"as_in_lean", 16, 32, 25, true}, Case{"all_channels", 32, 32, 32, true},
                    Case{"few_channels", 16, 5, 3, true}, Case{"relu", 16, 32, 25, true, 0.0F},
                    Case{"other_inputs", 12, 32, 25, false},
                    Case{"many_outputs", 16, 32, 33, false}, Case{"many_hidden", 16, 33, 25, false},
                    Case{"steep", 16, 32, 25, false, 1.5F},
                    Case{"larger_kernel", 16, 32, 25, false, 0.25F, 3}),
    [](auto const& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace lowcal::quantisation
