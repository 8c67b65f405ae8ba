#include "physics/shower_table.hpp"

#include "validation/known_showers.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace lowcal::physics {
namespace {

using validation::append_shower;
using validation::cell_index;
using validation::KnownCell;
using validation::observed;
using validation::part_of;
using validation::real_showers;

data::ShowerBlock two_showers()
{
    data::ShowerBlock block;
    append_shower(block, 10.0F, {{3, 4, 5, 0.25F}, {3, 7, 9, 0.5F}});
    append_shower(block, 40.0F, {{3, 4, 5, 1.0F}, {0, 24, 24, 0.5F}, {1, 1, 1, 0.5F}});
    block.monte_carlo_seconds = {0.5F, 1.5F};
    return block;
}

TEST(ShowerTable, give_the_numbers_computed_by_hand)
{
    auto const sample = observed(two_showers());
    ASSERT_EQ(sample.count(), 2U);
    EXPECT_DOUBLE_EQ(sample.cell_sum()[0], 0.75);
    EXPECT_DOUBLE_EQ(sample.cell_sum()[1], 2.0);
    EXPECT_DOUBLE_EQ(sample.values("sampling_fraction")[0], 0.075);
    EXPECT_DOUBLE_EQ(sample.values("sampling_fraction")[1], 0.05);
    EXPECT_EQ(sample.values("hits")[0], 2.0);
    EXPECT_EQ(sample.values("hits")[1], 3.0);
    EXPECT_FLOAT_EQ(sample.primary_energy()[1], 40.0F);
    EXPECT_FLOAT_EQ(sample.monte_carlo_seconds()[1], 1.5F);
}

TEST(ShowerTable, sum_cells_along_the_right_axes)
{
    auto const sample = observed(two_showers());
    std::vector<float> expected(75, 0.0F);
    expected[3] = 0.075F;       // x: both cells
    expected[25 + 4] = 0.025F;  // y
    expected[25 + 7] = 0.05F;
    expected[50 + 5] = 0.025F;  // z
    expected[50 + 9] = 0.05F;
    for (std::size_t bin = 0; bin < 75; ++bin)
        EXPECT_FLOAT_EQ(sample.profiles(0)[bin], expected[bin]) << "bin " << bin;
}

TEST(ShowerTable, mean_profiles_weigh_every_shower_alike)
{
    auto const mean = mean_profiles(observed(two_showers()));
    EXPECT_NEAR(mean[3], (0.075 + 0.025) / 2, 4e-9);  // float32: 0.05 x 2^-24
    EXPECT_NEAR(mean[25 + 24], 0.0125 / 2, 4e-9);
    EXPECT_NEAR(mean[50 + 5], (0.025 + 0.025) / 2, 4e-9);
    EXPECT_TRUE(std::isnan(mean_profiles(ShowerTable{clic_detector()})[0]));
}

TEST(ShowerTable, do_not_depend_on_how_showers_are_cut_into_blocks)
{
    auto const all = part_of(real_showers(), 0, 10);
    ShowerTable parts(clic_detector());
    parts.add(part_of(all, 0, 3));
    parts.add(part_of(all, 3, 0));
    parts.add(part_of(all, 3, 7));
    EXPECT_TRUE(parts.same_showers(observed(all)));
    EXPECT_FALSE(observed(part_of(all, 0, 9)).same_showers(parts));
}

TEST(ShowerTable, one_moved_cell_is_another_shower)
{
    auto moved = two_showers();
    std::swap(moved.cells[cell_index({3, 4, 5, 0})], moved.cells[cell_index({3, 4, 6, 0})]);
    EXPECT_FALSE(observed(moved).same_showers(observed(two_showers())));
    EXPECT_TRUE(observed(two_showers()).same_showers(observed(two_showers())));
}

TEST(ShowerTable, profiles_of_real_showers_each_hold_all_the_energy)
{
    auto const sample = observed(part_of(real_showers(), 0, 50));
    for (std::size_t shower = 0; shower < sample.count(); ++shower) {
        for (auto const& axis : sample.set().profile_axes()) {
            double sum = 0;
            for (float const value : sample.profiles(shower).subspan(axis.first, axis.bins))
                sum += static_cast<double>(value);
            // Each of 25 numbers is rounded to float32: at most 2^-24 of the sum in all.
            EXPECT_NEAR(sum / sample.values("sampling_fraction")[shower], 1.0, 0x1p-24);
        }
    }
}

}  // namespace
}  // namespace lowcal::physics
