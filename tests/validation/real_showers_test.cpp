#include "core/sample_moments.hpp"
#include "validation/comparison.hpp"
#include "validation/known_showers.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lowcal::validation {
namespace {

ShowerTable const& reference()
{
    static auto const sample = observed(real_showers());
    return sample;
}

/// Real showers, changed.
template <class Change>
ShowerTable changed(Change change)
{
    auto block = real_showers();
    change(block.cells);
    return observed(block);
}

Comparison compare(ShowerTable const& candidate)
{
    return Comparator(reference(), {})("changed", candidate);
}

double pull(SamplingFractionRow const& row)
{
    return (row.candidate.mean - row.reference.mean) / row.difference_error;
}

TEST(RealShowers, floor_of_the_shape_mse_is_that_of_the_design)
{
    // 500 against 500: 0.0013 as the mean over splits of other people's arithmetic, given to two
    // digits (4 %); the mean over 200 splits is known to about 5 %. Four joint sigmas: 25 %.
    double const whole = shape_mse_floor(reference(), {.candidate_showers = 1000});
    EXPECT_GT(2 * whole, 0.75 * 0.0013);
    EXPECT_LT(2 * whole, 1.25 * 0.0013);
    // N against N is half of what halves of N/2 give.
    EXPECT_GT(whole, 0.75 * 0.00065);
    EXPECT_LT(whole, 1.25 * 0.00065);
}

TEST(RealShowers, one_split_in_halves_scores_near_the_floor)
{
    auto const first = observed(part_of(real_showers(), 0, 500));
    auto const second = observed(part_of(real_showers(), 500, 500));
    auto const result = Comparator(first, {})("second half", second);
    EXPECT_EQ(result.energies, EnergyMatch::same_distribution);
    // The longitudinal shape fluctuates as a whole, so that the distance has a long tail.
    EXPECT_GT(result.shape_mse.value, 0.1 * result.shape_mse.floor);
    EXPECT_LT(result.shape_mse.value, 6 * result.shape_mse.floor);
    for (auto const& row : result.sampling_fraction) EXPECT_LT(std::abs(pull(row)), 4.0);
}

TEST(RealShowers, the_error_of_the_shape_mse_covers_its_scatter_at_the_floor)
{
    // Distances between disjoint groups of 100 showers scatter; the bootstrap error near the floor
    // may be too large, by its contract, but not too small.
    std::vector<double> values;
    std::vector<double> errors;
    for (std::size_t i = 0; i < 5; ++i) {
        auto const one = observed(part_of(real_showers(), 200 * i, 100));
        auto const other = observed(part_of(real_showers(), 200 * i + 100, 100));
        auto const result = Comparator(one, {})("other", other);
        values.push_back(result.shape_mse.value);
        errors.push_back(result.shape_mse.error);
    }
    // A deviation of five values is known to 1/sqrt(8) = 35 %: three times that.
    EXPECT_GT(mean_of(errors) / deviation_of(values), 0.5);
    EXPECT_LT(mean_of(errors) / deviation_of(values), 5.0);
}

TEST(RealShowers, a_scale_of_two_percent_is_found_in_every_energy_bin)
{
    auto const result = compare(changed([](auto& cells) {
        for (float& cell : cells) cell *= 1.02F;
    }));
    for (auto const& row : result.sampling_fraction) {
        EXPECT_NEAR(row.ratio(), 1.02, 1e-6);
        EXPECT_NEAR(row.rms_ratio(), 1.02, 1e-6);
        EXPECT_GT(row.ratio_error, 0.0);
    }
    // About 200 showers of 5 % spread: the difference is known to 0.5 %.
    EXPECT_GT(pull(result.sampling_fraction[3]), 3.0);
}

TEST(RealShowers, smeared_cells_leave_the_mean_and_change_the_spread_of_few_hits)
{
    auto const result = compare(changed([](auto& cells) {
        std::vector<float> noise(cells.size());
        ItemRandom({.seed = 7, .stream = RandomStream::energy}, 0).normal(noise);
        for (std::size_t i = 0; i < cells.size(); ++i)
            cells[i] *= std::max(0.0F, 1.0F + 0.5F * noise[i]);
    }));
    EXPECT_FALSE(result.candidate_hits.value == result.reference_hits.value);
    EXPECT_GT(result.sampling_fraction[6].rms_ratio(), 1.05);  // 2-10 GeV: some 150 hits
    EXPECT_NEAR(result.sampling_fraction[5].ratio(), 1.0, 0.02);
}

TEST(RealShowers, an_empty_layer_is_far_above_the_floor)
{
    auto const result = compare(changed([](auto& cells) {
        for (std::size_t i = 12; i < cells.size(); i += 25) cells[i] = 0.0F;
    }));
    EXPECT_GT(result.shape_mse.value - 5 * result.shape_mse.error, 5 * result.shape_mse.floor);
    EXPECT_EQ(result.profiles.candidate[50 + 12], 0.0);
    EXPECT_GT(result.profiles.reference[50 + 12], 0.0);
}

}  // namespace
}  // namespace lowcal::validation
