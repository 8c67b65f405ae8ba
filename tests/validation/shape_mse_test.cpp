#include "validation/compare/shape_mse.hpp"

#include "core/sample_moments.hpp"
#include "physics/shape_mse.hpp"
#include "validation/known_showers.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace lowcal::validation {
namespace {

/// Four cells along z with 1, 2, 3 and 2 % of 100 GeV; x and y each in one bin.
data::ShowerBlock reference_shower()
{
    data::ShowerBlock block;
    append_shower(block, 100.0F,
                  {{12, 12, 0, 1.0F}, {12, 12, 1, 2.0F}, {12, 12, 2, 3.0F}, {12, 12, 3, 2.0F}});
    return block;
}

double distance(data::ShowerBlock const& candidate, data::ShowerBlock const& reference)
{
    auto const real = observed(reference);
    return physics::shape_mse(mean_profiles(observed(candidate)), mean_profiles(real),
                              real.set().profile_axes());
}

TEST(ShapeMse, is_zero_between_a_sample_and_itself)
{
    EXPECT_EQ(distance(reference_shower(), reference_shower()), 0.0);
}

TEST(ShapeMse, sees_one_cell_moved_as_computed_by_hand)
{
    // The total is 8 %: mean content 8/25 in each profile. Moving the 2 GeV cell from z = 3 to
    // z = 4 changes two bins of z by 2: 2 (2 / (8/25))^2 over 75 bins.
    auto moved = reference_shower();
    std::swap(moved.cells[cell_index({12, 12, 3, 0})], moved.cells[cell_index({12, 12, 4, 0})]);
    double const by_hand = 2 * std::pow(2.0 / (8.0 / 25.0), 2) / 75;
    EXPECT_NEAR(distance(moved, reference_shower()) / by_hand, 1.0, 1e-6);
}

TEST(ShapeMse, sees_a_cell_moved_sideways_in_one_profile_only)
{
    auto moved = reference_shower();
    std::swap(moved.cells[cell_index({12, 12, 0, 0})], moved.cells[cell_index({11, 12, 0, 0})]);
    double const by_hand = 2 * std::pow(1.0 / (8.0 / 25.0), 2) / 75;
    EXPECT_NEAR(distance(moved, reference_shower()) / by_hand, 1.0, 1e-6);
}

TEST(ShapeMse, sees_a_scale_of_one_percent_as_computed_by_hand)
{
    // Every bin is off by 1 % of its content. In units of the mean content 8/25 the contents are
    // 25 in one bin of x and of y, and 25/8 (1, 2, 3, 2) in z.
    auto scaled = reference_shower();
    for (float& cell : scaled.cells) cell *= 1.01F;
    double const squares = 2 * 625.0 + std::pow(25.0 / 8.0, 2) * (1 + 4 + 9 + 4);
    double const by_hand = 1e-4 * squares / 75;
    // 1.01F is off by 1e-8 and products by 2^-24: 1e-5 of the one percent, twice that squared.
    EXPECT_NEAR(distance(scaled, reference_shower()) / by_hand, 1.0, 4e-5);
}

TEST(ShapeMse, is_scaled_by_the_reference_alone)
{
    auto half = reference_shower();
    for (float& cell : half.cells) cell *= 0.5F;
    double const from_above = distance(half, reference_shower());
    double const from_below = distance(reference_shower(), half);
    EXPECT_NEAR(from_below / from_above, 4.0, 1e-6);
}

TEST(ShapeMse, is_not_a_number_against_an_empty_reference)
{
    data::ShowerBlock empty;
    append_shower(empty, 100.0F, {});
    EXPECT_TRUE(std::isnan(distance(reference_shower(), empty)));
    // An empty candidate is a candidate: the squared contents of the reference remain.
    double const squares = 2 * 625.0 + std::pow(25.0 / 8.0, 2) * 18;
    EXPECT_NEAR(distance(empty, reference_shower()) / (squares / 75), 1.0, 1e-6);
}

TEST(ShapeMse, has_no_error_and_no_floor_for_one_shower)
{
    auto const one = observed(reference_shower());
    std::vector<Profiles> const replicas(5, mean_profiles(one));
    EXPECT_TRUE(std::isnan(shape_mse_error({.candidate = replicas,
                                            .reference = replicas,
                                            .axes = one.set().profile_axes(),
                                            .smaller_sample = one.count()})));
    EXPECT_TRUE(std::isnan(shape_mse_floor(one, {.candidate_showers = 10})));
}

/// Analytic floor: the variance of one shower in the scaled bins, over the sample sizes.
double analytic_floor(ShowerTable const& sample, double candidate_showers)
{
    auto const mean = mean_profiles(sample);
    double total = 0;
    for (auto const& axis : sample.set().profile_axes()) {
        double content = 0;
        for (std::size_t bin = axis.first; bin < axis.first + axis.bins; ++bin)
            content += mean[bin] / static_cast<double>(axis.bins);
        for (std::size_t bin = axis.first; bin < axis.first + axis.bins; ++bin) {
            std::vector<double> values;
            for (std::size_t i = 0; i < sample.count(); ++i)
                values.push_back(static_cast<double>(sample.profiles(i)[bin]));
            total += std::pow(deviation_of(values) / content, 2);
        }
    }
    auto const size = static_cast<double>(sample.count());
    return total / 75 * (1 / size + 1 / candidate_showers);
}

TEST(ShapeMseFloor, equals_the_variance_over_the_sample_sizes)
{
    // The mean of 200 distances: each is a sum of squares over few independent shapes, of relative
    // spread below sqrt(2), so that the mean is known to 0.1 at worst; three times that is allowed.
    for (std::size_t const count : {100U, 101U}) {
        auto const sample = observed(part_of(real_showers(), 0, count));
        for (std::size_t const candidates : {50U, 100U, 1000U}) {
            double const floor = shape_mse_floor(sample, {.candidate_showers = candidates});
            double const expected = analytic_floor(sample, static_cast<double>(candidates));
            EXPECT_NEAR(floor / expected, 1.0, 0.3) << count << " " << candidates;
        }
    }
}

TEST(ShapeMseFloor, follows_the_size_of_the_candidate_exactly)
{
    auto const sample = observed(part_of(real_showers(), 0, 40));
    double const equal = shape_mse_floor(sample, {.candidate_showers = 40});
    double const larger = shape_mse_floor(sample, {.candidate_showers = 120});
    EXPECT_NEAR(larger / equal, (1.0 / 40 + 1.0 / 120) / (2.0 / 40), 1e-12);
}

TEST(ShapeMseFloor, depends_on_nothing_but_the_seed)
{
    auto const sample = observed(part_of(real_showers(), 0, 40));
    FloorConfig const config{.seed = 1, .candidate_showers = 40};
    EXPECT_EQ(shape_mse_floor(sample, config), shape_mse_floor(sample, config));
    EXPECT_NE(shape_mse_floor(sample, config),
              shape_mse_floor(sample, {.seed = 2, .candidate_showers = 40}));
}

}  // namespace
}  // namespace lowcal::validation
