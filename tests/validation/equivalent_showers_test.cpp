#include "validation/judge/equivalent_showers.hpp"

#include "validation/known_showers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace lowcal::validation {
namespace {

/// Of the sampling fraction, of showers whose energies are normal; `shift` in deviations.
EquivalentShowers worth(std::size_t showers, double shift)
{
    auto block = normal_showers(showers, 2);
    for (float& cell : block.cells)
        if (cell > 0.0F) cell += static_cast<float>(0.1 * shift);
    auto const reference = observed(normal_showers(showers, 1));
    auto const candidate = observed(block);
    auto const pooled = pool(reference, candidate, EnergyMatch::same_energies);
    auto const found = equivalent_showers(pooled, Residuals(pooled, reference, candidate));
    auto const place = std::ranges::find(found, sampling_fraction, &EquivalentShowers::observable);
    EXPECT_NE(place, found.end());
    return *place;
}

double normal_share_below(double x)
{
    return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

/// x of which a share lies below, by halving.
double normal_quantile(double share)
{
    double low = -9, high = 9;
    for (int i = 0; i < 60; ++i)
        (normal_share_below(0.5 * (low + high)) < share ? low : high) = 0.5 * (low + high);
    return low;
}

TEST(EquivalentShowers, are_as_many_as_the_bias_of_a_shifted_normal_distribution_says)
{
    double const shift = 0.3;
    double bias = 0, below = 0;
    for (int i = 1; i <= 20; ++i) {
        double const edge = i == 20 ? 9 : normal_quantile(i / 20.0);
        double const share = normal_share_below(edge - shift) - below;
        below += share;
        bias += (share - 0.05) * (share - 0.05);
    }
    double const expected = 0.95 / (bias + 0.95e-6);  // 126
    auto const found = worth(5000, shift);
    EXPECT_FALSE(found.is_limit);
    // The shift itself is known to sqrt(2 / 5000) = 0.02 of 0.3; its square to 13 %. Three of them.
    EXPECT_NEAR(found.showers, expected, 0.4 * expected);
    EXPECT_GT(std::abs(worth(5000, 2 * shift).showers - expected), 0.4 * expected);
}

TEST(EquivalentShowers, are_no_fewer_than_the_samples_can_tell_where_nothing_differs)
{
    auto const found = worth(2000, 0);
    EXPECT_TRUE(found.is_limit);
    // Two errors of a difference of 2000 against 2000 showers: 2 sqrt(2 * 19) / 20 / 1000.
    EXPECT_GT(found.showers, 700.0);
    EXPECT_LT(found.showers, 1e6);
}

TEST(EquivalentShowers, are_not_told_of_fewer_showers_than_quantiles)
{
    auto const few = observed(normal_showers(10, 1));
    auto const other = observed(normal_showers(10, 2));
    auto const pooled = pool(few, other, EnergyMatch::same_energies);
    EXPECT_TRUE(equivalent_showers(pooled, Residuals(pooled, few, other)).empty());
}

}  // namespace
}  // namespace lowcal::validation
