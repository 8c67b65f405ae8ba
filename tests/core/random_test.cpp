#include "core/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace lowcal {
namespace {

TEST(ItemRandom, gives_the_published_numbers_of_philox4x32_10)
{
    // Known-answer vector of Random123: counter and key zero.
    std::array<std::uint32_t, 4> numbers{};
    ItemRandom({.seed = 0, .stream = RandomStream::latent}, 0).bits(numbers);
    std::array<std::uint32_t, 4> const published{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU,
                                                 0x9b00dbd8U};
    EXPECT_EQ(numbers, published);
    ItemRandom({.seed = 1, .stream = RandomStream::latent}, 0).bits(numbers);
    EXPECT_NE(numbers, published);
}

TEST(ItemRandom, a_prefix_does_not_depend_on_how_many_numbers_are_asked_for)
{
    ItemRandom const item({.seed = 7, .stream = RandomStream::latent}, 12345678901ULL);
    std::vector<float> few(5), many(203);
    item.normal(few);
    item.normal(many);
    EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
}

TEST(ItemRandom, streams_seeds_and_items_have_numbers_of_their_own)
{
    std::vector<float> base(8), other(8);
    ItemRandom({.seed = 1, .stream = RandomStream::latent}, 5).uniform(base);
    ItemRandom({.seed = 1, .stream = RandomStream::energy}, 5).uniform(other);
    EXPECT_NE(base, other);
    ItemRandom({.seed = 2, .stream = RandomStream::latent}, 5).uniform(other);
    EXPECT_NE(base, other);
    ItemRandom({.seed = 1, .stream = RandomStream::latent}, 5 + (1ULL << 32)).uniform(other);
    EXPECT_NE(base, other);
}

/// Mean of the k-th power of n standard normal numbers of many items.
double normal_moment(int power, int items)
{
    double sum = 0;
    std::vector<float> numbers(200);
    for (int i = 0; i < items; ++i) {
        ItemRandom({.seed = 3}, static_cast<std::uint64_t>(i)).normal(numbers);
        for (float const x : numbers) sum += std::pow(static_cast<double>(x), power);
    }
    return sum / (200.0 * items);
}

TEST(ItemRandom, normal_numbers_have_the_moments_of_the_normal_distribution)
{
    constexpr int items = 2000;
    double const n = 200.0 * items;
    // Five standard errors: variances of x, x^2, x^3 and x^4 are 1, 2, 15 and 96.
    EXPECT_NEAR(normal_moment(1, items), 0.0, 5 * std::sqrt(1 / n));
    EXPECT_NEAR(normal_moment(2, items), 1.0, 5 * std::sqrt(2 / n));
    EXPECT_NEAR(normal_moment(3, items), 0.0, 5 * std::sqrt(15 / n));
    EXPECT_NEAR(normal_moment(4, items), 3.0, 5 * std::sqrt(96 / n));
}

TEST(PortableLog, agrees_with_the_exact_logarithm_to_a_few_units_in_the_last_place)
{
    double worst = 0;
    for (int i = 1; i <= 100000; ++i) {
        float const x = static_cast<float>(i) / 100000.0F;
        double const exact = std::log(static_cast<double>(x));
        double const scale = std::max(std::abs(exact), 1e-5);
        worst = std::max(worst, std::abs(static_cast<double>(portable_log(x)) - exact) / scale);
    }
    EXPECT_LT(worst, 4e-7);  // series cut off below 1e-7, plus two roundings of 6e-8
    EXPECT_GT(worst, 1e-9);  // float32 cannot be exact: the loop looked at something
}

TEST(PortableSinCos, agrees_with_the_exact_functions)
{
    constexpr double turn = 6.283185307179586;
    for (int i = 0; i < 4096; ++i) {
        float const x = static_cast<float>(i) / 4096.0F;
        auto const [sine, cosine] = portable_sincos_turns(x);
        EXPECT_NEAR(static_cast<double>(sine), std::sin(turn * static_cast<double>(x)), 4e-7);
        EXPECT_NEAR(static_cast<double>(cosine), std::cos(turn * static_cast<double>(x)), 4e-7);
    }
}

}  // namespace
}  // namespace lowcal
