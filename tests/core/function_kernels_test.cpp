#include "core/kernels/function_kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace lowcal {
namespace {

using Kernels = decltype(exponential_kernels);

struct Case {
    char const* name;
    Kernels kernels;
    double (*exact)(double);
    std::vector<float> inputs;
};

std::vector<float> evenly(float low, float high, std::size_t count)
{
    std::vector<float> numbers(count);
    for (std::size_t i = 0; i < count; ++i)
        numbers[i] = low + (high - low) * static_cast<float>(i) / static_cast<float>(count);
    return numbers;
}

/// Even in the logarithm.
std::vector<float> by_factors(double low, double high, std::size_t count)
{
    std::vector<float> numbers(count);
    for (std::size_t i = 0; i < count; ++i)
        numbers[i] = static_cast<float>(
            low * std::pow(high / low, static_cast<double>(i) / static_cast<double>(count)));
    return numbers;
}

class FunctionKernels : public ::testing::TestWithParam<Case> {};

TEST_P(FunctionKernels, are_good_to_three_units_in_the_last_place)
{
    auto const& [name, kernels, exact, inputs] = GetParam();
    std::vector<float> results(inputs.size());
    kernels.fastest()(inputs.data(), results.data(), inputs.size());
    double worst = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        double const truth = exact(static_cast<double>(inputs[i]));
        float const size = std::abs(static_cast<float>(truth));
        double const unit = static_cast<double>(std::nextafter(size, 1e38F)) - size;
        worst = std::max(worst, std::abs(static_cast<double>(results[i]) - truth) / unit);
    }
    EXPECT_LT(worst, 3.0);
    EXPECT_GT(worst, 0.4);  // float32 cannot be exact: the loop looked at something
}

TEST_P(FunctionKernels, give_the_same_bits_on_every_instruction_set)
{
    auto const& [name, kernels, exact, inputs] = GetParam();
    for (std::size_t const count : {std::size_t{5}, inputs.size()}) {
        std::vector<float> expected(count);
        kernels.baseline(inputs.data(), expected.data(), count);
        for (auto const set : usable_instruction_sets()) {
            std::vector<float> results(count + 1, -7.0F);
            kernels.of(set)(inputs.data(), results.data(), count);
            EXPECT_EQ(std::memcmp(results.data(), expected.data(), count * sizeof(float)), 0)
                << name_of(set);
            EXPECT_EQ(results.back(), -7.0F) << name_of(set) << " wrote behind the end";
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, FunctionKernels,
    ::testing::Values(
        Case{"exponential", exponential_kernels, std::exp, evenly(-100.0F, 88.0F, 20001)},
        Case{"logarithm", logarithm_kernels, std::log, by_factors(1e-42, 1e38, 20001)},
        Case{"logarithm_near_one", logarithm_kernels, std::log, evenly(0.5F, 2.0F, 20001)},
        Case{"tangent", hyperbolic_tangent_kernels, std::tanh, evenly(-9.0F, 9.0F, 20001)},
        Case{"tangent_near_zero", hyperbolic_tangent_kernels, std::tanh,
             by_factors(1e-20, 1.0, 20001)},
        Case{"cube_root", cube_root_kernels, std::cbrt, by_factors(1e-37, 1e38, 20001)}),
    [](auto const& one) { return std::string(one.param.name); });

/// f of 0, 1, infinity, minus infinity, -1 and NaN.
std::vector<float> at_the_ends(Kernels kernels)
{
    float const infinity = std::numeric_limits<float>::infinity();
    std::vector<float> numbers{0.0F, 1.0F, infinity, -infinity, -1.0F, std::nanf("")};
    kernels.fastest()(numbers.data(), numbers.data(), numbers.size());
    EXPECT_TRUE(std::isnan(numbers.back()));
    return numbers;
}

TEST(FunctionKernelsAtTheEnds, are_what_the_c_library_says)
{
    float const infinity = std::numeric_limits<float>::infinity();
    auto const exponential = at_the_ends(exponential_kernels);
    EXPECT_EQ(exponential[0], 1.0F);
    EXPECT_EQ(exponential[2], infinity);
    EXPECT_EQ(exponential[3], 0.0F);
    auto const logarithm = at_the_ends(logarithm_kernels);
    EXPECT_EQ(logarithm[0], -infinity);
    EXPECT_EQ(logarithm[1], 0.0F);
    EXPECT_EQ(logarithm[2], infinity);
    EXPECT_TRUE(std::isnan(logarithm[4]));
    auto const tangent = at_the_ends(hyperbolic_tangent_kernels);
    EXPECT_EQ(tangent[0], 0.0F);
    EXPECT_EQ(tangent[2], 1.0F);
    EXPECT_EQ(tangent[3], -1.0F);
    auto const root = at_the_ends(cube_root_kernels);
    EXPECT_EQ(root[0], 0.0F);
    EXPECT_EQ(root[1], 1.0F);
    EXPECT_EQ(root[2], infinity);
    EXPECT_TRUE(std::isnan(root[4]));
}

}  // namespace
}  // namespace lowcal
