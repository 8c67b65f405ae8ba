#include "graph/model/element_type.hpp"

#include "graph/model/half_float.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lowcal::graph {
namespace {

TEST(ElementType, codes_are_those_of_onnx)
{
    EXPECT_EQ(onnx_code(ElementType::float32), 1);
    EXPECT_EQ(onnx_code(ElementType::int8), 3);
    EXPECT_EQ(onnx_code(ElementType::float16), 10);
    EXPECT_EQ(onnx_code(ElementType::bfloat16), 16);
    EXPECT_EQ(element_type_of_code(7), ElementType::int64);
    EXPECT_FALSE(element_type_of_code(11));  // double
}

TEST(ElementType, counts_are_bounded_without_overflow)
{
    EXPECT_EQ(bounded_element_count({2, 3}), 6);
    EXPECT_EQ(bounded_element_count({}), 1);
    EXPECT_EQ(bounded_element_count({largest_element_count}), largest_element_count);
    EXPECT_FALSE(bounded_element_count({largest_element_count, 2}));
    EXPECT_FALSE(bounded_element_count({std::int64_t{1} << 62, 4}));  // 2^64 would wrap to 0
    EXPECT_FALSE(bounded_element_count({0, -1}));
    EXPECT_EQ(bounded_element_count({std::int64_t{1} << 62, 0}), 0);
}

TEST(HalfFloat, every_float16_survives_widening_and_narrowing)
{
    for (std::uint32_t bits = 0; bits <= 0xffffU; ++bits) {
        auto const half = static_cast<std::uint16_t>(bits);
        auto const wide = widen_float16(half);
        if (std::isnan(wide))
            EXPECT_TRUE(std::isnan(widen_float16(narrow_to_float16(wide))));
        else
            ASSERT_EQ(narrow_to_float16(wide), half);
    }
}

TEST(HalfFloat, every_bfloat16_survives_widening_and_narrowing)
{
    for (std::uint32_t bits = 0; bits <= 0xffffU; ++bits) {
        auto const half = static_cast<std::uint16_t>(bits);
        auto const wide = widen_bfloat16(half);
        if (std::isnan(wide))
            EXPECT_TRUE(std::isnan(widen_bfloat16(narrow_to_bfloat16(wide))));
        else
            ASSERT_EQ(narrow_to_bfloat16(wide), half);
    }
}

TEST(HalfFloat, float16_has_the_values_of_the_standard)
{
    EXPECT_EQ(widen_float16(0x3c00), 1.0F);
    EXPECT_EQ(widen_float16(0xc000), -2.0F);
    EXPECT_EQ(widen_float16(0x7bff), 65504.0F);
    EXPECT_EQ(widen_float16(0x0001), 0x1p-24F);
    EXPECT_EQ(widen_float16(0x0400), 0x1p-14F);
}

TEST(HalfFloat, halves_round_to_even)
{
    // Steps of 2 between 2048 and 4096.
    EXPECT_EQ(widen_float16(narrow_to_float16(2049)), 2048.0F);
    EXPECT_EQ(widen_float16(narrow_to_float16(2051)), 2052.0F);
    EXPECT_EQ(widen_float16(narrow_to_float16(2049.01F)), 2050.0F);
    EXPECT_EQ(widen_float16(narrow_to_float16(1.5F * 0x1p-24F)), 2 * 0x1p-24F);
    EXPECT_EQ(widen_float16(narrow_to_float16(0.5F * 0x1p-24F)), 0.0F);
    EXPECT_EQ(widen_bfloat16(narrow_to_bfloat16(257)), 256.0F);  // steps of 2 from 256 on
    EXPECT_EQ(widen_bfloat16(narrow_to_bfloat16(259)), 260.0F);
}

TEST(HalfFloat, what_is_too_large_becomes_infinite)
{
    EXPECT_EQ(widen_float16(narrow_to_float16(65519)), 65504.0F);
    EXPECT_TRUE(std::isinf(widen_float16(narrow_to_float16(65520))));
    EXPECT_LT(widen_float16(narrow_to_float16(-1e9F)), -65504.0F);
    EXPECT_TRUE(std::isinf(widen_bfloat16(narrow_to_bfloat16(std::numeric_limits<float>::max()))));
}

}  // namespace
}  // namespace lowcal::graph
