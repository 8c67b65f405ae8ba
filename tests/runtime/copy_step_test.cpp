#include "runtime/steps/copy_step.hpp"

#include "runtime/compare.hpp"
#include "runtime/kernels/level_kernel.hpp"
#include "runtime/steps/transposition.hpp"

#include <gtest/gtest.h>

#include <algorithm>
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

/// Grids with no, one and several blocks of 16 bytes, and rests of them; the memories have gaps.
template <class>
class Transposed : public testing::Test {
};
using Elements = testing::Types<std::uint8_t, std::uint16_t, float>;
TYPED_TEST_SUITE(Transposed, Elements);

TYPED_TEST(Transposed, equals_a_loop_and_leaves_gaps_alone)
{
    for (std::int64_t const rows : {1, 3, 4, 5, 8, 11, 16, 25, 33})
        for (std::int64_t const columns : {1, 4, 7, 9, 16, 17, 40}) {
            Transposition const grid{.rows = rows,
                                     .columns = columns,
                                     .source_step = rows + 2,
                                     .destination_step = columns + 3};
            std::vector<TypeParam> source(static_cast<std::size_t>(grid.source_step * columns));
            for (std::size_t i = 0; i < source.size(); ++i)
                source[i] = static_cast<TypeParam>(i * 37 % 251);
            constexpr TypeParam gap = 255;
            std::vector<TypeParam> found(static_cast<std::size_t>(rows * grid.destination_step),
                                         gap);
            auto expected = found;
            for (std::int64_t row = 0; row < rows; ++row)
                for (std::int64_t column = 0; column < columns; ++column)
                    expected[static_cast<std::size_t>(row * grid.destination_step + column)] =
                        source[static_cast<std::size_t>(row + column * grid.source_step)];
            transpose(grid, source.data(), found.data());
            EXPECT_EQ(found, expected) << rows << " by " << columns;
        }
}

/// Any memory order of four axes into any other.
TEST(CopyStep, reaches_every_order_of_the_axes)
{
    std::vector<std::int64_t> const shape{3, 5, 6, 7};
    auto numbers = test::pseudo_random(3 * 5 * 6 * 7);
    AxisOrder from = row_major(4);
    do {
        AxisOrder to = row_major(4);
        do {
            std::vector<float> result(numbers.size(), 0.0F);
            std::vector<BufferSpec> buffers(2);
            for (auto& buffer : buffers) buffer.kind = BufferKind::external;
            Workspace workspace(buffers, lay_out_arena(buffers));
            workspace.bind(0, reinterpret_cast<std::byte*>(numbers.data()));
            workspace.bind(1, reinterpret_cast<std::byte*>(result.data()));
            PlanValue const source{.shape = shape, .order = from, .buffer = 0};
            PlanValue const destination{.shape = shape, .order = to, .buffer = 1};
            CopyStep const step("copy", {.destination = destination, .parts = {{source}}});
            step.bind(workspace)->run();
            auto const source_steps = strides(source), steps = strides(destination);
            for (std::int64_t i = 0; i < static_cast<std::int64_t>(numbers.size()); ++i) {
                std::int64_t rest = i, in = 0, out = 0;
                for (std::size_t axis = 4; axis-- > 0; rest /= shape[axis]) {
                    in += rest % shape[axis] * source_steps[axis];
                    out += rest % shape[axis] * steps[axis];
                }
                ASSERT_EQ(result[static_cast<std::size_t>(out)],
                          numbers[static_cast<std::size_t>(in)])
                    << testing::PrintToString(from) << " to " << testing::PrintToString(to);
            }
        } while (std::next_permutation(to.begin(), to.end()));
    } while (std::next_permutation(from.begin(), from.end()));
}

}  // namespace
}  // namespace lowcal::runtime
