#include "runtime/member_choice.hpp"

#include "core/error.hpp"
#include "core/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace lowcal::runtime {
namespace {

constexpr std::uint64_t showers = 100'000;

std::vector<double> frequencies(MemberChoice const& choice, std::uint64_t seed)
{
    std::vector<double> result(choice.shares().size());
    for (std::uint64_t i = 0; i < showers; ++i)
        result[choice(seed, i)] += 1.0 / static_cast<double>(showers);
    return result;
}

/// Five standard deviations of a frequency among `showers`: of the twelve that the test looks at
/// one is beyond them in 10^5 seeds.
double tolerance(double share)
{
    return 5 * std::sqrt(share * (1 - share) / static_cast<double>(showers));
}

TEST(MemberChoice, takes_each_member_as_often_as_its_weight_says)
{
    std::vector<double> const weights{4, 0, 1, 3};
    MemberChoice const choice(weights.size(), weights);
    for (std::uint64_t const seed : {1U, 2U, 3U}) {
        auto const found = frequencies(choice, seed);
        for (std::size_t i = 0; i < weights.size(); ++i) {
            auto const share = weights[i] / 8;
            EXPECT_NEAR(found[i], share, tolerance(share)) << i;
        }
        EXPECT_GT(std::abs(found[3] - 3.3 / 8.3), tolerance(3.3 / 8.3));  // the check bites
        EXPECT_EQ(found[1], 0);
    }
}

TEST(MemberChoice, without_weights_takes_all_alike)
{
    MemberChoice const choice(3, {});
    for (double const found : frequencies(choice, 7))
        EXPECT_NEAR(found, 1.0 / 3, tolerance(1.0 / 3));
}

TEST(MemberChoice, knows_members_of_weight_zero_at_both_ends)
{
    MemberChoice const choice(4, {0, 1, 1, 0});
    auto const found = frequencies(choice, 1);
    EXPECT_EQ(found.front(), 0);
    EXPECT_EQ(found.back(), 0);
}

TEST(MemberChoice, of_a_shower_depends_on_seed_and_number_and_on_no_scale_of_the_weights)
{
    MemberChoice const choice(2, {2, 1});
    MemberChoice const scaled(2, {0.5, 0.25});
    int other_seed = 0;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        EXPECT_EQ(choice(5, i), scaled(5, i));
        if (choice(5, i) != choice(6, i)) ++other_seed;
    }
    // Of two independent draws 4/9 differ; none would if the seed were ignored.
    EXPECT_NEAR(other_seed, 444, 5 * std::sqrt(1000 * 20.0 / 81));
}

/// Chosen by the latent numbers themselves, a member would see latent vectors of one kind only.
TEST(MemberChoice, has_nothing_to_do_with_the_latent_numbers)
{
    MemberChoice const choice(2, {});
    double sum = 0;
    for (std::uint64_t i = 0; i < showers; ++i) {
        std::array<float, 1> latent{};
        ItemRandom({.seed = 3, .stream = RandomStream::latent}, i).normal(latent);
        sum += static_cast<double>(latent[0]) * (choice(3, i) == 0 ? 1 : -1);
    }
    EXPECT_LT(std::abs(sum), 5 * std::sqrt(static_cast<double>(showers)));
}

TEST(MemberChoice, refuses_weights_that_are_none)
{
    auto const refusal = [](std::size_t members, std::vector<double> const& weights) {
        try {
            MemberChoice const choice(members, weights);
        } catch (InputError const& error) {
            return std::string(error.what());
        }
        return std::string("none");
    };
    auto const huge = std::numeric_limits<double>::max();
    EXPECT_NE(refusal(2, {1}).find("1 weights are given (there are 2 networks)"),
              std::string::npos);
    EXPECT_NE(refusal(2, {1, 1, 1}).find("3 weights"), std::string::npos);
    EXPECT_NE(refusal(2, {1, -1}).find("is -1"), std::string::npos);
    EXPECT_NE(refusal(2, {1, std::nan("")}).find("nan"), std::string::npos);
    EXPECT_NE(refusal(2, {1, std::numeric_limits<double>::infinity()}).find("inf"),
              std::string::npos);
    EXPECT_NE(refusal(2, {0, 0}).find("zero"), std::string::npos);
    EXPECT_NE(refusal(2, {huge, huge}).find("no finite sum"), std::string::npos);
    EXPECT_NE(refusal(0, {}).find("no network"), std::string::npos);
    EXPECT_EQ(refusal(1, {3}), "none");
}

}  // namespace
}  // namespace lowcal::runtime
