#include "quantisation/scales/weight_quantiser.hpp"

#include "core/error.hpp"
#include "runtime/compare.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lowcal::quantisation {
namespace {

/// Largest |255 x (a + b)| over pairs of neighbouring input channels.
int largest_pair_sum(QuantisedChannel const& channel, std::size_t taps)
{
    int largest = 0;
    for (std::size_t pair = 0; pair + 2 * taps <= channel.levels.size(); pair += 2 * taps)
        for (std::size_t t = 0; t < taps; ++t)
            largest = std::max(largest, std::abs(255 * (channel.levels[pair + t] +
                                                        channel.levels[pair + taps + t])));
    return largest;
}

TEST(WeightQuantiser, a_channel_of_normal_size_loses_at_most_half_a_step)
{
    // Alternating signs of neighbouring channels: no pair is limited.
    auto weights = test::pseudo_random(64);
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = std::abs(weights[i]) * (i % 2 == 0 ? 0.1F : -0.1F);
    auto const channel = quantise_channel(weights, 1);
    float worst = 0;
    for (std::size_t i = 0; i < weights.size(); ++i)
        worst = std::max(
            worst, std::abs(channel.scale * static_cast<float>(channel.levels[i]) - weights[i]));
    EXPECT_GT(worst, 0.2F * channel.scale);
    // Half a step, but for weights beyond the range that least squares chose.
    EXPECT_LE(worst, 3.0F * channel.scale);
}

TEST(WeightQuantiser, pairs_of_input_channels_never_saturate_16_bits)
{
    auto weights = test::pseudo_random(4 * 25);
    for (auto& weight : weights) weight = std::abs(weight);  // the worst case: all of one sign
    EXPECT_LE(largest_pair_sum(quantise_channel(weights, 25), 25), 32767);
    QuantisedChannel free{.scale = 1.0F / 127.0F, .levels = {}};
    for (float const weight : weights)
        free.levels.push_back(static_cast<std::int8_t>(std::lround(127.0F * weight)));
    EXPECT_GT(largest_pair_sum(free, 25), 32767);  // what plain rounding would do
}

TEST(WeightQuantiser, a_dead_channel_has_scale_1_and_levels_0)
{
    auto const channel = quantise_channel(std::vector<float>(8, 0.0F), 2);
    EXPECT_EQ(channel.scale, 1.0F);
    EXPECT_EQ(channel.levels, std::vector<std::int8_t>(8, 0));
}

TEST(WeightQuantiser, refuses_weights_that_are_not_finite)
{
    std::vector<float> weights(8, 0.5F);
    weights[2] = std::numeric_limits<float>::infinity();
    EXPECT_THROW(quantise_channel(weights, 1), InputError);
}

TEST(WeightQuantiser, both_orders_give_the_same_channels)
{
    constexpr std::size_t outputs = 3, inputs = 4, taps = 5;
    graph::Tensor const first{.shape = {outputs, inputs, taps},
                              .floats = test::pseudo_random(outputs * inputs * taps)};
    graph::Tensor second{.shape = {inputs, outputs, taps},
                         .floats = std::vector<float>(first.floats.size())};
    for (std::size_t o = 0; o < outputs; ++o)
        for (std::size_t i = 0; i < inputs; ++i)
            for (std::size_t t = 0; t < taps; ++t)
                second.floats[(i * outputs + o) * taps + t] =
                    first.floats[(o * inputs + i) * taps + t];
    auto const a = quantise_weights(first, WeightOrder::output_first);
    auto const b = quantise_weights(second, WeightOrder::input_first);
    EXPECT_EQ(a.scales, b.scales);
    auto const back = dequantised(a);
    auto const other = dequantised(b);
    for (std::size_t o = 0; o < outputs; ++o)
        for (std::size_t i = 0; i < inputs; ++i)
            for (std::size_t t = 0; t < taps; ++t)
                EXPECT_EQ(back.floats[(o * inputs + i) * taps + t],
                          other.floats[(i * outputs + o) * taps + t]);
}

}  // namespace
}  // namespace lowcal::quantisation
