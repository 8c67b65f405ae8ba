#include "runtime/steps/copy_step.hpp"

#include "runtime/compare.hpp"
#include "runtime/kernels/level_kernel.hpp"

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

TEST(LevelKernels, round_as_one_number_at_a_time_does_on_every_instruction_set)
{
    Levels const levels{.scale = 0.01F, .zero_point = 100};
    auto numbers = test::pseudo_random(1001);
    for (auto& number : numbers) number *= 2.0F;  // beyond both ends
    numbers[3] = 0.005F;                          // between two levels
    numbers[4] = 1e30F;
    numbers[5] = -1e30F;
    for (auto const set : usable_instruction_sets())
        for (std::size_t const count : {std::size_t{6}, numbers.size()}) {
            std::vector<std::uint8_t> found(count + 1, 77);
            level_kernels.of(set)({.source = numbers.data(),
                                   .result = found.data(),
                                   .count = count,
                                   .scale = levels.scale,
                                   .zero_point = 100.0F});
            for (std::size_t i = 0; i < count; ++i)
                EXPECT_EQ(found[i], to_level(numbers[i], levels)) << numbers[i];
            EXPECT_EQ(found.back(), 77) << name_of(set) << " wrote behind the end";
        }
}

/// [2, C, 5, 5] in two parts of the channels, copied into channels last.
TEST(CopyStep, of_levels_equals_a_loop_over_the_axes)
{
    for (std::int64_t const channels : {1, 3, 9, 14, 16, 20}) {
        std::vector<BufferSpec> buffers(3);
        auto source_bytes = std::vector<std::uint8_t>(static_cast<std::size_t>(2 * channels * 25));
        for (std::size_t i = 0; i < source_bytes.size(); ++i)
            source_bytes[i] = static_cast<std::uint8_t>(i * 37 % 251);
        std::vector<std::uint8_t> result(2 * 25 * static_cast<std::size_t>(channels + 2), 0);
        for (auto& buffer : buffers) buffer.kind = BufferKind::external;
        Workspace workspace(buffers, lay_out_arena(buffers));
        workspace.bind(0, reinterpret_cast<std::byte*>(source_bytes.data()));
        workspace.bind(1, reinterpret_cast<std::byte*>(result.data()));
        auto const value = [](std::int64_t count, AxisOrder order, std::size_t buffer) {
            return PlanValue{.shape = {2, count, 5, 5},
                             .order = std::move(order),
                             .buffer = buffer,
                             .element = Element::uint8};
        };
        for (auto const& order : {channels_last(4), row_major(4)}) {
            CopyStep const step("copy", {.destination = value(channels + 2, channels_last(4), 1),
                                         .axis = 1,
                                         .parts = {{value(channels, order, 0), 2}}});
            step.bind(workspace)->run();
            auto const from = strides(value(channels, order, 0));
            for (std::int64_t n = 0; n < 2; ++n)
                for (std::int64_t c = 0; c < channels; ++c)
                    for (std::int64_t i = 0; i < 25; ++i)
                        ASSERT_EQ(
                            result[static_cast<std::size_t>((n * 25 + i) * (channels + 2) + c + 2)],
                            source_bytes[static_cast<std::size_t>(n * from[0] + c * from[1] +
                                                                  i * from[3])])
                            << channels << " channels";
        }
    }
}

}  // namespace
}  // namespace lowcal::runtime
