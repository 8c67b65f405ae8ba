// The layer that docs/quantisation.md computes by hand, section 4: reference, runtime and the
// formula agree on the level.

#include "graph/model/graph_builder.hpp"
#include "graph/reference/reference.hpp"
#include "quantisation/quantised_value.hpp"
#include "runtime/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace lowcal::quantisation {
namespace {

constexpr float input_scale = 0.02F, weight_scale = 0.004F, output_scale = 0.05F;
constexpr std::int64_t input_zero = 50, output_zero = 40;
constexpr float shift = 0.1F, slope = 0.3F;

/// latent [N, 2] -> levels -> 1x1 convolution -> LeakyReLU -> + shift -> levels.
graph::Graph layer(std::vector<std::int64_t> const& weights)
{
    graph::Graph network;
    network.name = "one layer";
    network.inputs = {{.name = "latent", .shape = {graph::batch_dimension, 2, 1, 1}}};
    graph::GraphBuilder build(network);
    graph::Tensor weight_levels{.type = graph::ElementType::int8, .shape = {1, 2, 1, 1}};
    weight_levels.integers = weights;
    auto const dequantised =
        build.node({.name = "weights",
                    .op = "DequantizeLinear",
                    .inputs = {build.constant("weight_levels", weight_levels),
                               build.floats("weight_scale", {1}, {weight_scale})},
                    .attributes = {{"axis", std::int64_t{0}}}});
    auto value =
        build.node({.name = "convolution",
                    .op = "Conv",
                    .inputs = {test::quantised(build, "input", "latent", input_scale, input_zero),
                               dequantised}});
    value = build.node(
        {.name = "leaky", .op = "LeakyRelu", .inputs = {value}, .attributes = {{"alpha", slope}}});
    value = build.binary("Add", "shifted", value, build.floats("shift", {1, 1, 1, 1}, {shift}));
    network.outputs = {{.name = test::quantised(build, "result", value, output_scale, output_zero),
                        .shape = {graph::batch_dimension, 1, 1, 1}}};
    return network;
}

/// Section 4, in its words: the level that the layer's result has.
int level_by_hand(std::vector<std::int64_t> const& inputs, std::vector<std::int64_t> const& weights)
{
    std::int64_t accumulator = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i)
        accumulator += (inputs[i] - input_zero) * weights[i];
    double y = static_cast<double>(accumulator) * 0.02 * 0.004 / 0.05;
    if (y < 0) y *= 0.3;
    y += 0.1 / 0.05 + static_cast<double>(output_zero);
    return static_cast<int>(std::clamp(std::nearbyint(y), 0.0, 255.0));
}

std::vector<float> values_of(std::vector<std::int64_t> const& levels)
{
    std::vector<float> values;
    for (auto const level : levels)
        values.push_back(input_scale * static_cast<float>(level - input_zero));
    return values;
}

int level_of(float value)
{
    return static_cast<int>(std::lround(value / output_scale)) + static_cast<int>(output_zero);
}

int level_by_reference(graph::Graph const& network, std::vector<std::int64_t> const& inputs)
{
    graph::Tensor const latent{.shape = {1, 2, 1, 1}, .floats = values_of(inputs)};
    return level_of(
        graph::run_reference(network, {{"latent", latent}}).at("result").floats.front());
}

int level_by_runtime(graph::Graph const& network, std::vector<std::int64_t> const& inputs)
{
    runtime::Plan const plan(network, {.batch = 1});
    EXPECT_EQ(plan.precision(), runtime::Precision::int8);
    auto const latent = values_of(inputs);
    float result = 0;
    std::span<float const> const input = latent;
    std::span<float> const output(&result, 1);
    runtime::PlanRun run(plan);
    run({&input, 1}, {&output, 1});
    return level_of(result);
}

TEST(IntegerLayer, the_example_of_the_documentation_gives_level_44)
{
    EXPECT_EQ(level_by_hand({60, 45}, {100, -30}), 44);
    EXPECT_EQ(level_by_reference(layer({100, -30}), {60, 45}), 44);
    EXPECT_EQ(level_by_runtime(layer({100, -30}), {60, 45}), 44);
}

TEST(IntegerLayer, negative_accumulators_and_the_ends_of_the_range_agree_too)
{
    struct Case {
        std::vector<std::int64_t> inputs, weights;
    };
    std::vector<Case> const cases{{{0, 255}, {100, -30}},   // negative: the slope
                                  {{255, 0}, {127, 1}},     // 255: saturated
                                  {{0, 0}, {127, 1}},       // 30: deep negative
                                  {{255, 60}, {64, 64}},    // the largest pair of levels
                                  {{50, 50}, {100, -30}}};  // zero
    for (auto const& [inputs, weights] : cases) {
        auto const network = layer(weights);
        int const wanted = level_by_hand(inputs, weights);
        EXPECT_EQ(level_by_reference(network, inputs), wanted) << inputs[0] << " " << inputs[1];
        EXPECT_EQ(level_by_runtime(network, inputs), wanted) << inputs[0] << " " << inputs[1];
    }
    EXPECT_NE(level_by_hand({60, 45}, {101, -30}),
              level_by_hand({60, 45}, {160, -30}));  // levels tell weights apart
}

}  // namespace
}  // namespace lowcal::quantisation
