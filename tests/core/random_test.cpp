#include "core/random.hpp"

#include "core/kernels/random_kernel.hpp"

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

TEST(ItemRandom, normal_numbers_are_those_of_box_muller_on_the_published_numbers)
{
    constexpr double turn = 6.283185307179586;
    auto const uniform = [](std::uint32_t bits) { return ((bits >> 9) + 0.5) * 0x1p-23; };
    ItemRandom const item({.seed = 0x123456789abcULL, .stream = RandomStream::energy}, 1ULL << 40);
    std::vector<std::uint32_t> bits(4000);
    std::vector<float> numbers(4000);
    item.bits(bits);
    item.normal(numbers);
    for (std::size_t i = 0; i < bits.size(); i += 2) {
        double const radius = std::sqrt(-2 * std::log(uniform(bits[i])));
        double const angle = turn * uniform(bits[i + 1]);
        // 4e-7 from sine and cosine, 2e-7 from the logarithm's half and the root.
        EXPECT_NEAR(static_cast<double>(numbers[i]), radius * std::cos(angle), 6e-7 * radius);
        EXPECT_NEAR(static_cast<double>(numbers[i + 1]), radius * std::sin(angle), 6e-7 * radius);
    }
}

TEST(ItemRandom, normal_numbers_stay_what_they_were_to_the_last_bit)
{
    std::array<float, 9> numbers{};
    ItemRandom({.seed = 20211, .stream = RandomStream::latent}, 7).normal(numbers);
    std::array<float, 9> const stored{-0x1.f90784p-2F, -0x1.2105eap+0F, -0x1.c52118p-1F,
                                      0x1.c031aep-2F,  0x1.570dap-1F,   -0x1.38a616p-6F,
                                      0x1.ac61f6p-5F,  -0x1.a51f62p+0F, 0x1.433114p+0F};
    EXPECT_EQ(numbers, stored);
}

TEST(ItemRandom, uniform_numbers_are_the_centres_of_their_intervals)
{
    ItemRandom const item({.seed = 0x123456789abcULL, .stream = RandomStream::uniform}, 1ULL << 40);
    std::vector<std::uint32_t> bits(4001);
    std::vector<float> numbers(4001);
    item.bits(bits);
    item.uniform(numbers);
    for (std::size_t i = 0; i < bits.size(); ++i)
        EXPECT_EQ(static_cast<double>(numbers[i]), ((bits[i] >> 9) + 0.5) * 0x1p-23) << i;
}

TEST(RandomKernels, of_every_instruction_set_give_the_same_bits)
{
    PhiloxItem const item{.seed = 5, .item = 77, .stream = 3};
    for (auto const& kernels : {normal_kernels, uniform_kernels})
        for (std::size_t const count : {0UL, 1UL, 3UL, 64UL, 203UL, 1507UL}) {
            std::vector<float> expected(count);
            kernels.baseline(item, expected.data(), count);
            for (auto const set : usable_instruction_sets()) {
                std::vector<float> numbers(count + 1, -7.0F);
                kernels.of(set)(item, numbers.data(), count);
                EXPECT_EQ(numbers.back(), -7.0F) << name_of(set) << " wrote behind the end";
                numbers.pop_back();
                EXPECT_EQ(numbers, expected) << name_of(set) << ", " << count << " numbers";
            }
        }
}

}  // namespace
}  // namespace lowcal
