#include "runtime/cell_check.hpp"

#include "runtime/kernels/cell_check_kernel.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace lowcal::runtime {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
float const not_a_number = std::nanf("");

/// Of lengths around whole vectors of every instruction set.
std::vector<std::size_t> const lengths{1, 15, 16, 17, 63, 64, 65, 300};

TEST(CellCheck, one_bad_cell_is_found_wherever_it_is)
{
    for (auto const length : lengths)
        for (std::size_t place = 0; place < length; ++place)
            for (float const bad : {not_a_number, -not_a_number, infinity, -infinity, -1e-40F}) {
                std::vector<float> cells(length, 0.5F);
                cells[place] = bad;
                EXPECT_EQ(check_cells(cells).bad, place) << bad << " in " << length;
            }
}

TEST(CellCheck, all_that_a_shower_may_hold_is_good)
{
    for (auto const length : lengths) {
        std::vector<float> cells(length, -0.0F);
        EXPECT_TRUE(check_cells(cells).empty);
        cells.back() = std::numeric_limits<float>::denorm_min();
        EXPECT_FALSE(check_cells(cells).bad);
        EXPECT_FALSE(check_cells(cells).empty);
        cells.assign(length, std::numeric_limits<float>::max());
        EXPECT_FALSE(check_cells(cells).bad);
        cells.assign(length, 0.0F);
        EXPECT_TRUE(check_cells(cells).empty);
    }
}

TEST(CellCheck, every_instruction_set_finds_the_same_largest_pattern)
{
    std::vector<float> cells(301);
    for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = static_cast<float>(i * 37 % 301);
    for (auto const set : usable_instruction_sets()) {
        auto const largest = cell_check_kernels.of(set)(cells.data(), cells.size());
        EXPECT_EQ(std::bit_cast<float>(largest), 300.0F) << name_of(set);
    }
}

}  // namespace
}  // namespace lowcal::runtime
