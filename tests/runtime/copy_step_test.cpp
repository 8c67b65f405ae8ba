#include "runtime/copy_step.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lowcal::runtime {
namespace {

TEST(BFloat16, rounds_to_the_nearest_even)
{
    EXPECT_EQ(to_bfloat16(1.0F), 0x3f80);
    EXPECT_EQ(to_bfloat16(1.00390625F), 0x3f80);  // 1 + 2^-8: halfway, to even
    EXPECT_EQ(to_bfloat16(1.01171875F), 0x3f82);  // 1 + 3 2^-8: halfway, to even
    EXPECT_EQ(to_bfloat16(1.00390637F), 0x3f81);  // a little above halfway
    EXPECT_TRUE(std::isnan(to_float(to_bfloat16(std::numeric_limits<float>::quiet_NaN()))));
    EXPECT_EQ(to_float(to_bfloat16(-0.15625F)), -0.15625F);
}

TEST(SameMemory, axes_of_size_one_do_not_count)
{
    EXPECT_TRUE(same_memory({4, 1, 5, 5}, {0, 1, 2, 3}, {0, 2, 3, 1}));
    EXPECT_FALSE(same_memory({4, 2, 5, 5}, {0, 1, 2, 3}, {0, 2, 3, 1}));
}

}  // namespace
}  // namespace lowcal::runtime
