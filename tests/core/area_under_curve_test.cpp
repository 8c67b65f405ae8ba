#include "core/area_under_curve.hpp"

#include "core/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace lowcal {
namespace {

AreaUnderCurve area(std::vector<float> const& reference, std::vector<float> const& candidate)
{
    return area_under_curve(reference, candidate);
}

TEST(AreaUnderCurve, counts_pairs_in_the_right_order_and_ties_half)
{
    // Candidates 0.4, 0.8 against 0.1, 0.4, 0.5: 1.5 and 3 of 3 pairs (scikit-learn: 0.75).
    EXPECT_DOUBLE_EQ(area({0.1F, 0.4F, 0.5F}, {0.4F, 0.8F}).area, 0.75);
    EXPECT_DOUBLE_EQ(area({1, 2}, {3, 4}).area, 1.0);
    EXPECT_DOUBLE_EQ(area({3, 4}, {1, 2}).area, 0.0);
}

TEST(AreaUnderCurve, has_the_error_computed_by_hand)
{
    // Candidates beat 1/2 and 1 of the reference: variance 1/8, of the mean 1/16. The reference
    // loses against 1, 3/4 and 1/2 of the candidates: deviations 1/4, 0, 1/4.
    auto const found = area({0.1F, 0.4F, 0.5F}, {0.4F, 0.8F});
    double const losing = (0.25 * 0.25 + 0.0 + 0.25 * 0.25) / 2 / 3;
    EXPECT_NEAR(found.error, std::sqrt(1.0 / 16 + losing), 1e-12);
    EXPECT_EQ(area({1, 2}, {3, 4}).error, 0.0);
}

TEST(AreaUnderCurve, of_equal_samples_has_the_error_of_the_rank_sum)
{
    std::vector<float> scores(2000);
    ItemRandom({.seed = 1, .stream = RandomStream::energy}, 0).normal(scores);
    auto const reference = std::span(scores).first(1200), candidate = std::span(scores).last(800);
    auto const found = area_under_curve(reference, candidate);
    double const expected = std::sqrt((1.0 / 1200 + 1.0 / 800) / 12);
    EXPECT_NEAR(found.error, expected, 0.05 * expected);  // variances of 800: 1 / sqrt(1600)
    EXPECT_NEAR(found.area, 0.5, 3 * expected);
}

TEST(AreaUnderCurve, is_not_a_number_without_scores)
{
    EXPECT_TRUE(std::isnan(area({}, {1}).area));
    EXPECT_TRUE(std::isnan(area({1}, {2, 3}).error));
    EXPECT_EQ(area({1}, {2, 3}).area, 1.0);
}

}  // namespace
}  // namespace lowcal
