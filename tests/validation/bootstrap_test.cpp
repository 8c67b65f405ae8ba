#include "validation/compare/bootstrap.hpp"

#include "core/sample_moments.hpp"
#include "validation/known_showers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace lowcal::validation {
namespace {

TEST(Statistics, mean_and_deviation_are_those_computed_by_hand)
{
    std::vector<double> const values{1, 2, 3, 6};
    EXPECT_DOUBLE_EQ(mean_of(values), 3.0);
    EXPECT_DOUBLE_EQ(deviation_of(values), std::sqrt((4.0 + 1.0 + 0.0 + 9.0) / 3.0));
    EXPECT_TRUE(std::isnan(mean_of({})));
    EXPECT_TRUE(std::isnan(deviation_of(std::span(values).first(1))));
}

TEST(Resampler, draws_every_shower_equally_often)
{
    constexpr std::size_t size = 10;
    constexpr std::size_t replicas = 10000;
    Resampler const resample({.seed = 1});
    std::vector<std::uint32_t> drawn(size);
    std::array<double, size> seen{};
    for (std::size_t replica = 0; replica < replicas; ++replica) {
        resample(replica, drawn);
        for (auto const shower : drawn) seen.at(shower) += 1;
    }
    // Binomial: 10^5 draws of probability 1/10, deviation 95; five of them.
    for (double const times : seen) EXPECT_NEAR(times, 1e4, 5 * 95);
}

TEST(Resampler, roles_quantities_replicas_and_seeds_have_draws_of_their_own)
{
    auto const draw = [](Resampler::Config config, std::size_t replica) {
        std::vector<std::uint32_t> drawn(100);
        Resampler{config}(replica, drawn);
        return drawn;
    };
    auto const one = draw({.seed = 1}, 0);
    EXPECT_EQ(draw({.seed = 1}, 0), one);
    EXPECT_NE(draw({.seed = 1}, 1), one);
    EXPECT_NE(draw({.seed = 2}, 0), one);
    EXPECT_NE(draw({.seed = 1, .role = SampleRole::candidate}, 0), one);
    EXPECT_NE(draw({.seed = 1, .quantity = 1}, 0), one);
}

TEST(Bootstrap, error_of_a_mean_profile_is_the_standard_error)
{
    auto const block = normal_showers(400, 1);
    auto const sample = observed(block);
    auto const replicas = resampled_profiles(sample, SampleRole::reference, {});
    auto const error = profile_errors(replicas, sample)[12];
    std::vector<double> values(sample.values("sampling_fraction").begin(),
                               sample.values("sampling_fraction").end());
    double const analytic = deviation_of(values) / std::sqrt(400.0);
    // The spread of 200 replicas is known to 1/sqrt(400) = 5 %: four times that.
    EXPECT_NEAR(error / analytic, 1.0, 0.2);
    EXPECT_GT(std::abs(error / (analytic * std::sqrt(2.0)) - 1.0), 0.2);  // the check bites
}

TEST(Bootstrap, replicas_scatter_around_the_mean)
{
    auto const sample = observed(normal_showers(400, 2));
    auto const replicas = resampled_profiles(sample, SampleRole::candidate, {.replicas = 400});
    std::vector<double> values;
    for (auto const& replica : replicas) values.push_back(replica[12]);
    double const sigma = deviation_of(values) / std::sqrt(400.0);
    EXPECT_NEAR(mean_of(values), mean_profiles(sample)[12], 4 * sigma);
    EXPECT_EQ(replicas[0][0], 0.0);
}

}  // namespace
}  // namespace lowcal::validation
