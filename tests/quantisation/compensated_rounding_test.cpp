#include "quantisation/form/input_products.hpp"
#include "quantisation/form/row_products.hpp"
#include "quantisation/scales/weight_quantiser.hpp"
#include "runtime/compare.hpp"
#include "runtime/small_lean.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace lowcal::quantisation {
namespace {

constexpr std::size_t size = 36, taps = 9;

/// Inputs that share what moves them, as channels of a trained network do.
std::vector<std::vector<double>> alike_inputs(std::size_t count)
{
    std::mt19937 engine(3);
    std::normal_distribution<double> normal;
    std::vector<std::vector<double>> inputs(count, std::vector<double>(size));
    for (auto& input : inputs) {
        double const common = normal(engine), other = normal(engine);
        for (std::size_t i = 0; i < size; ++i)
            input[i] = common + (i % 3 == 0 ? other : 0.0) + 0.2 * normal(engine);
    }
    return inputs;
}

InputProducts products_of(std::vector<std::vector<double>> const& inputs)
{
    std::vector<double> matrix(size * size, 0.0);
    for (auto const& input : inputs)
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t j = 0; j < size; ++j)
                matrix[i * size + j] += input[i] * input[j] / static_cast<double>(inputs.size());
    return {.size = size, .factor = upper_factor(matrix, size)};
}

double result_error(std::vector<float> const& weights, QuantisedChannel const& channel,
                    std::vector<std::vector<double>> const& inputs)
{
    double sum = 0;
    for (auto const& input : inputs) {
        double miss = 0;
        for (std::size_t i = 0; i < size; ++i)
            miss += input[i] * (static_cast<double>(weights[i]) -
                                static_cast<double>(channel.scale) * channel.levels[i]);
        sum += miss * miss;
    }
    return sum / static_cast<double>(inputs.size());
}

TEST(UpperFactor, gives_the_matrix_back)
{
    auto const inputs = alike_inputs(200);
    auto const factor = products_of(inputs).factor;
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < size; ++j) {
            double found = 0, wanted = 0;
            for (std::size_t k = 0; k < size; ++k)
                found += factor[k * size + i] * factor[k * size + j];
            for (auto const& input : inputs) wanted += input[i] * input[j] / 200.0;
            EXPECT_NEAR(found, wanted, 1e-12);
            EXPECT_TRUE(j >= i || factor[i * size + j] == 0.0);
        }
}

TEST(CompensatedRounding, makes_the_error_of_the_result_smaller)
{
    auto const inputs = alike_inputs(500);
    auto const products = products_of(inputs);
    for (std::uint32_t seed = 1; seed < 20; ++seed) {
        auto const weights = test::pseudo_random(size, seed);
        auto const nearest = quantise_channel(weights, taps);
        auto const compensated = quantise_channel(weights, taps, LevelUse::integers, &products);
        EXPECT_LT(result_error(weights, compensated, inputs),
                  0.5 * result_error(weights, nearest, inputs));
    }
}

TEST(CompensatedRounding, keeps_pairs_of_levels_within_16_bits)
{
    auto const products = products_of(alike_inputs(500));
    int near_limit = 0;
    for (std::uint32_t seed = 1; seed < 50; ++seed) {
        auto weights = test::pseudo_random(size, seed);
        for (auto& weight : weights) weight = std::copysign(std::sqrt(std::abs(weight)), weight);
        auto const levels = quantise_channel(weights, taps, LevelUse::integers, &products).levels;
        for (std::size_t i = 0; i < size; ++i) {
            if (i / taps % 2 != 0) continue;
            int const pair = std::abs(levels[i] + levels[i + taps]);
            EXPECT_LE(pair, 128);
            if (pair > 120) ++near_limit;
        }
    }
    EXPECT_GT(near_limit, 0);  // the limit was met
}

TEST(InputProducts, are_the_covariance_of_what_weights_multiply)
{
    class OneImage : public NetworkRunner {
    public:
        void run(graph::Graph const&, std::vector<std::string> const& values,
                 See const& see) const override
        {
            ASSERT_EQ(values, std::vector<std::string>{"x"});
            see(0, test::pseudo_random(2 * 3 * 5 * 5));
        }
    };
    test::NetworkBuilder net;
    net.graph.inputs = {{.name = "x", .shape = {graph::batch_dimension, 3, 5, 5}}};
    net.graph.outputs = {{.name = "conv", .shape = {graph::batch_dimension, 2, 5, 5}}};
    net.node("Conv", "conv", {"x", net.constant("w", {2, 3, 3, 3})},
             {{"pads", std::vector<std::int64_t>{1, 1, 1, 1}}});
    Int8Plan const plan{.layers = {{.name = "conv"}}, .groups = {}};
    auto const products = input_products(net.graph, plan, OneImage()).at("conv");
    ASSERT_EQ(products.size, 27U);
    // Weight 4 sees every cell itself, weight 0 the one up and left of it, or padding.
    auto const image = test::pseudo_random(2 * 3 * 5 * 5);
    double square = 0, mean = 0, product = 0, other = 0;
    for (std::size_t n = 0; n < 2; ++n)
        for (std::size_t i = 0; i < 5; ++i)
            for (std::size_t j = 0; j < 5; ++j) {
                auto const at = [&](std::size_t row, std::size_t column) {
                    return static_cast<double>(image[n * 75 + row * 5 + column]);
                };
                double const up = i > 0 && j > 0 ? at(i - 1, j - 1) : 0.0;
                square += at(i, j) * at(i, j) / 50;
                mean += at(i, j) / 50;
                product += at(i, j) * up / 50;
                other += up / 50;
            }
    auto const entry = [&](std::size_t i, std::size_t j) {
        double sum = 0;
        for (std::size_t k = 0; k < 27; ++k)
            sum += products.factor[k * 27 + i] * products.factor[k * 27 + j];
        return sum;
    };
    EXPECT_NEAR(entry(0, 4), product - mean * other, 1e-9);
    // The diagonal is a little larger: 1 % of the mean one.
    EXPECT_GT(entry(4, 4), square - mean * mean);
    EXPECT_LT(entry(4, 4), 1.03 * (square - mean * mean));
}

}  // namespace
}  // namespace lowcal::quantisation
