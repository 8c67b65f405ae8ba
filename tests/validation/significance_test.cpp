#include "validation/verdict/significance.hpp"

#include "core/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace lowcal::validation {
namespace {

// Expected values: SciPy 1.17 (tests/physics/cross_check.py); ours agree to the root's own 1e-8.

TEST(Significance, sigmas_of_a_probability_are_those_of_scipy)
{
    EXPECT_NEAR(sigmas_of_log_probability(std::log(1e-4)), 3.890591886413124, 1e-7);
    EXPECT_EQ(sigmas_of_log_probability(0), 0.0);
}

TEST(Significance, grows_on_where_the_probability_is_no_double)
{
    // Beyond 30 ours drops terms of 1/z^2 of the logarithm, 1e-3: 1e-3 / z of the sigmas.
    EXPECT_NEAR(sigmas_of_log_probability(-500), 31.506285617, 1e-4);
    EXPECT_GT(sigmas_of_log_probability(-50000), 300.0);
}

TEST(Significance, of_kolmogorovs_distribution_is_that_of_scipy)
{
    EXPECT_NEAR(kolmogorov_sigmas(1.5), 2.286620859580565, 1e-7);
    EXPECT_NEAR(kolmogorov_sigmas(6), 11.714357618848922, 1e-7);
    EXPECT_EQ(kolmogorov_sigmas(0.1), 0.0);
    EXPECT_GT(kolmogorov_sigmas(1.6) - kolmogorov_sigmas(1.5), 0.1);  // a wrong lambda shows
}

TEST(NullTail, of_squared_normal_numbers_gives_back_the_normal_sigmas)
{
    std::vector<float> values(20000);
    ItemRandom({.seed = 1, .stream = RandomStream::energy}, 0).normal(values);
    for (float& value : values) value *= value;
    NullTail const tail(values);
    // Skewness of 20000 values is known to about 5 %: the exponent, z^2/2, to as much.
    for (double const z : {2.0, 4.0, 8.0}) EXPECT_NEAR(tail.sigmas(z * z) / z, 1.0, 0.05);
    EXPECT_GT(std::abs(tail.sigmas(1.2 * 16) / 4 - 1), 0.05);
}

TEST(NullTail, of_normal_numbers_counts_one_side_alone)
{
    std::vector<float> values(20000);
    ItemRandom({.seed = 2, .stream = RandomStream::energy}, 0).normal(values);
    NullTail const tail(values);
    // One-sided 3.719 has the probability of two-sided 3.891, 1e-4.
    EXPECT_NEAR(tail.sigmas(3.719), 3.891, 0.1);
    EXPECT_LT(tail.sigmas(-3.0), 0.1);
}

TEST(NullTail, of_equal_values_knows_only_yes_and_no)
{
    std::vector<float> const values(10, 2.0F);
    EXPECT_EQ(NullTail(values).sigmas(2.0), 0.0);
    EXPECT_GT(NullTail(values).sigmas(2.5), 1000.0);
}

}  // namespace
}  // namespace lowcal::validation
