// What an int8 convolution rounds, and when: (accumulator + bias) x scale, in float32, whatever the
// version of oneDNN, so that networks give the same bytes with each.

#include "graph/model/graph_builder.hpp"
#include "quantisation/quantised_value.hpp"
#include "runtime/plan.hpp"

#include <gtest/gtest.h>

#include <random>
#include <span>
#include <vector>

namespace lowcal::quantisation {
namespace {

constexpr std::int64_t inputs = 16, outputs = 24, side = 9, kernel = 3, inside = side - kernel + 1;
constexpr float input_scale = 0.0213F;
constexpr std::int64_t input_zero = 57;

/// x [N, inputs, side, side] -> levels -> 3x3 convolution with a bias, in float32.
struct Layer {
    std::vector<std::int64_t> weights;
    std::vector<float> scales, bias;

    Layer()
    {
        std::mt19937 random(5);
        for (std::int64_t i = 0; i < outputs * inputs * kernel * kernel; ++i)
            weights.push_back(static_cast<std::int64_t>(random() % 129) - 64);
        for (std::int64_t o = 0; o < outputs; ++o) {
            scales.push_back(0.0031F + 0.0007F * static_cast<float>(random() % 16));
            bias.push_back(0.37F * static_cast<float>(random() % 33) - 6.1F);
        }
    }

    graph::Graph graph() const
    {
        graph::Graph network;
        network.inputs = {{.name = "x", .shape = {graph::batch_dimension, inputs, side, side}}};
        graph::GraphBuilder build(network);
        graph::Tensor levels{.type = graph::ElementType::int8,
                             .shape = {outputs, inputs, kernel, kernel}};
        levels.integers = weights;
        auto const dequantised = build.node(
            {.name = "weights",
             .op = "DequantizeLinear",
             .inputs = {build.constant("levels", levels), build.floats("scale", {outputs}, scales)},
             .attributes = {{"axis", std::int64_t{0}}}});
        auto const value =
            build.node({.name = "convolution",
                        .op = "Conv",
                        .inputs = {test::quantised(build, "input", "x", input_scale, input_zero),
                                   dequantised, build.floats("bias", {outputs}, bias)}});
        network.outputs = {{.name = value, .shape = {}}};
        return network;
    }

    /// Of the levels `x`, for each number of the result.
    std::vector<std::int64_t> accumulators(std::vector<std::int64_t> const& x) const
    {
        std::vector<std::int64_t> sums;
        for (std::int64_t number = 0; number < outputs * inside * inside; ++number) {
            auto const o = number / (inside * inside);
            auto const row = number / inside % inside, column = number % inside;
            std::int64_t sum = 0;
            for (std::int64_t tap = 0; tap < inputs * kernel * kernel; ++tap) {
                auto const i = tap / (kernel * kernel);
                auto const y = row + tap / kernel % kernel, z = column + tap % kernel;
                sum += (x[static_cast<std::size_t>((i * side + y) * side + z)] - input_zero) *
                       weights[static_cast<std::size_t>(o * inputs * kernel * kernel + tap)];
            }
            sums.push_back(sum);
        }
        return sums;
    }
};

std::vector<float> run(graph::Graph const& network, std::vector<std::int64_t> const& levels)
{
    runtime::Plan const plan(network, {.batch = 1});
    EXPECT_EQ(plan.precision(), runtime::Precision::int8);
    std::vector<float> values, result(outputs * inside * inside);
    for (auto const level : levels)
        values.push_back(input_scale * static_cast<float>(level - input_zero));
    std::span<float const> const input = values;
    std::span<float> const output = result;
    runtime::PlanRun once(plan);
    once({&input, 1}, {&output, 1});
    return result;
}

TEST(Int8Rounding, the_bias_is_added_to_the_accumulator_before_the_scale_multiplies)
{
    Layer const layer;
    std::mt19937 random(6);
    std::vector<std::int64_t> levels;
    for (std::int64_t i = 0; i < inputs * side * side; ++i)
        levels.push_back(static_cast<std::int64_t>(random() % 256));
    auto const result = run(layer.graph(), levels);
    auto const accumulators = layer.accumulators(levels);
    std::size_t told_apart = 0;
    for (std::size_t i = 0; i < result.size(); ++i) {
        auto const o = i / (inside * inside);
        double const unit = static_cast<double>(layer.scales[o]) * static_cast<double>(input_scale);
        auto const scale = static_cast<float>(unit);
        auto const bias = static_cast<float>(static_cast<double>(layer.bias[o]) * (1.0 / unit));
        auto const sum = static_cast<float>(accumulators[i]);
        EXPECT_EQ(result[i], (sum + bias) * scale) << i;
        if (result[i] != sum * scale + layer.bias[o]) ++told_apart;
    }
    EXPECT_GT(told_apart, result.size() / 10);  // the other order would not pass
}

}  // namespace
}  // namespace lowcal::quantisation
