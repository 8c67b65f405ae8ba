#include "one_node.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowcal::graph {
namespace {

using Values = std::vector<float>;
using Integers = std::vector<std::int64_t>;

Argument scale(float value)
{
    return fixed(floats({}, {value}));
}
Argument zero(std::int64_t value, ElementType type)
{
    return fixed(integers({}, {value}, type));
}

Integers quantized(Values values, Argument step, Argument zero_point, Attributes attributes = {})
{
    auto const type = zero_point.is_absent ? ElementType::uint8 : zero_point.tensor.type;
    auto const length = static_cast<std::int64_t>(values.size());
    return run({"QuantizeLinear",
                {floats({length}, std::move(values)), std::move(step), std::move(zero_point)},
                std::move(attributes),
                type})
        .integers;
}

TEST(ReferenceQuantisation, halves_go_to_the_even_level)
{
    EXPECT_EQ(quantized({0.5F, 1.5F, 2.5F, -0.5F, -1.5F}, scale(1), zero(0, ElementType::int8)),
              (Integers{0, 2, 2, 0, -2}));
    // The zero point is added after rounding: 0.5 + 1 rounds to 1, not to 2.
    EXPECT_EQ(quantized({0.5F, 1.5F}, scale(1), zero(1, ElementType::int8)), (Integers{1, 3}));
}

TEST(ReferenceQuantisation, levels_saturate)
{
    constexpr float infinity = std::numeric_limits<float>::infinity();
    Values const values{-1000, -3, 0, 3, 1000, infinity};
    EXPECT_EQ(quantized(values, scale(2), zero(0, ElementType::int8)),
              (Integers{-128, -2, 0, 2, 127, 127}));
    EXPECT_EQ(quantized(values, scale(2), zero(10, ElementType::uint8)),
              (Integers{0, 8, 10, 12, 255, 255}));
    EXPECT_EQ(quantized(values, scale(2), absent()), (Integers{0, 0, 0, 2, 255, 255}));
}

TEST(ReferenceQuantisation, the_quotient_is_rounded_to_float32_first)
{
    // In float32, 0.35 / 0.1 is 3.5 exactly; in double these two numbers give 3.49999989.
    EXPECT_EQ(quantized({0.35F}, scale(0.1F), zero(0, ElementType::int8)), (Integers{4}));
    EXPECT_LT(double{0.35F} / double{0.1F}, 3.5);
}

TEST(ReferenceQuantisation, channels_have_their_own_scale_on_their_axis)
{
    auto const x = floats({2, 2}, {10, 20, 30, 40});
    auto const scales = fixed(floats({2}, {1, 10}));
    auto const zeros = fixed(integers({2}, {0, 1}, ElementType::int8));
    auto const on_axis = [&](std::int64_t axis) {
        return run({"QuantizeLinear", {x, scales, zeros}, {{"axis", axis}}, ElementType::int8})
            .integers;
    };
    EXPECT_EQ(on_axis(1), (Integers{10, 2 + 1, 30, 4 + 1}));
    EXPECT_EQ(on_axis(0), (Integers{10, 20, 3 + 1, 4 + 1}));
    EXPECT_EQ(on_axis(-2), on_axis(0));
}

TEST(ReferenceQuantisation, dequantize_subtracts_the_zero_point_and_scales)
{
    auto const levels = integers({3}, {-128, 0, 127}, ElementType::int8);
    EXPECT_EQ(run({"DequantizeLinear", {levels, scale(0.5F), zero(2, ElementType::int8)}}).floats,
              (Values{-65, -1, 62.5F}));
    EXPECT_EQ(run({"DequantizeLinear", {levels, scale(0.5F)}}).floats, (Values{-64, 0, 63.5F}));
    auto const sums = integers({2}, {1 << 24, -7}, ElementType::int32);
    EXPECT_EQ(run({"DequantizeLinear", {sums, scale(0.25F)}}).floats, (Values{1 << 22, -1.75F}));
}

TEST(ReferenceQuantisation, dequantize_takes_a_scale_for_each_channel)
{
    auto const levels = integers({2, 2}, {1, 2, 3, 4}, ElementType::int8);
    auto const scales = fixed(floats({2}, {1, 10}));
    EXPECT_EQ(run({"DequantizeLinear", {levels, scales}}).floats, (Values{1, 20, 3, 40}));
    EXPECT_EQ(run({"DequantizeLinear", {levels, scales}, {{"axis", std::int64_t{0}}}}).floats,
              (Values{1, 2, 30, 40}));
}

TEST(ReferenceQuantisation, there_and_back_loses_at_most_half_a_step)
{
    float const step = 0.037F;
    Values values;
    for (int i = -120; i <= 120; ++i) values.push_back(0.0371F * static_cast<float>(i) + 0.01F);
    auto const levels = quantized(values, scale(step), zero(0, ElementType::int8));
    float worst = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        worst = std::max(worst, std::fabs(step * static_cast<float>(levels[i]) - values[i]));
    EXPECT_LE(worst, 0.5F * step * 1.00001F);
    EXPECT_GT(worst, 0.45F * step);  // the check bites
}

TEST(ReferenceQuantisation, unusable_scales_and_zero_points_are_refused)
{
    auto const none = zero(0, ElementType::int8);
    EXPECT_TRUE(mentions(error_of([&] { quantized({1}, scale(0), none); }),
                         {"QuantizeLinear node 'tested'", "positive"}));
    EXPECT_TRUE(
        mentions(error_of([&] { quantized({1}, scale(std::nanf("")), none); }), {"positive"}));
    EXPECT_TRUE(mentions(error_of([&] { quantized({1}, scale(1), zero(0, ElementType::int32)); }),
                         {"int32"}));
    auto const three = fixed(floats({3}, {1, 1, 1}));
    auto const message = error_of([&] {
        run({"DequantizeLinear", {integers({2, 2}, {1, 2, 3, 4}, ElementType::int8), three}});
    });
    EXPECT_TRUE(mentions(message, {"DequantizeLinear node 'tested'", "3 scales", "2 channels"}));
}

}  // namespace
}  // namespace lowcal::graph
