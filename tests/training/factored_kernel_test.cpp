// Kernels trained as a column and a row are exactly kernels again.

#include "training/exporting/export.hpp"
#include "training/study/networks.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lowcal::training {
namespace {

double largest(torch::Tensor const& tensor)
{
    return tensor.abs().max().item<double>();
}

/// Of sums of this many float32 products, relative to the largest result: each sum's rounding is a
/// random walk of its products' rounding, and a result may be a tenth of what cancels in it.
double rounding(std::int64_t products)
{
    return 10 * 0x1p-24 * std::sqrt(static_cast<double>(products));
}

class FactoredLayer : public ::testing::TestWithParam<std::pair<std::int64_t, Padding>> {};

TEST_P(FactoredLayer, is_the_layer_of_its_merged_kernel_at_the_borders_too)
{
    torch::manual_seed(2);
    auto const [kernel, padding] = GetParam();
    LayerSpec const layer{.name = "layer", .channels = 6, .kernel = kernel, .padding = padding};
    FactoredKernel const factors{.column = torch::randn({3, 4, kernel, 1}),
                                 .row = torch::randn({6, 3, 1, kernel})};
    auto const input = torch::randn({2, 4, 11, 13});
    auto const two = convolve_factored(input, factors, layer, TrainingPrecision::float32);
    auto merged = merge_kernel(factors);
    auto const difference = [&] {
        auto const one = convolve(input, merged, {}, layer, TrainingPrecision::float32);
        EXPECT_EQ(one.sizes(), two.sizes());
        return largest(one - two) / largest(one);
    };
    auto const tolerance = rounding(4 * kernel * kernel);
    EXPECT_LE(difference(), tolerance);
    merged[1][2][0][kernel - 1] += 1e-3;  // the check bites
    EXPECT_GT(difference(), tolerance);
}

INSTANTIATE_TEST_SUITE_P(Kernels, FactoredLayer,
                         ::testing::Values(std::pair{8, Padding::same}, std::pair{5, Padding::same},
                                           std::pair{5, Padding::valid}));

TEST(FactoredKernel, of_full_rank_is_the_kernel_and_of_less_its_best_approximation)
{
    torch::manual_seed(3);
    auto const weight = torch::randn({4, 3, 5, 5});
    auto const error_at = [&](std::int64_t rank) {
        return (merge_kernel(factor_kernel(weight, rank)) - weight).square().sum().item<double>();
    };
    EXPECT_LT(error_at(15), 1e-8);
    // Eckart and Young: what is left are the squares of the singular values left out.
    auto const values =
        torch::linalg_svdvals(weight.permute({1, 2, 0, 3}).reshape({15, 20}).to(torch::kFloat64));
    EXPECT_NEAR(error_at(4), values.slice(0, 4).square().sum().item<double>(), 1e-4);
}

TEST(FactoredGenerator, merged_makes_the_same_showers_and_is_exported_as_the_studys_architecture)
{
    torch::manual_seed(4);
    torch::NoGradGuard const no_gradient;
    Generator factored(
        GeneratorImpl::Config{.architecture = Architecture::conv2d, .dropout = 0.0, .rank = 8});
    auto const latent = torch::randn({2, latent_size});
    factored->forward(latent, {.pass = {.phase = Phase::gather}});
    Generator merged(GeneratorImpl::Config{.architecture = Architecture::conv2d, .dropout = 0.0});
    merged->take(*factored);
    GeneratorPass const generate{.pass = {.phase = Phase::generate}, .output = OutputMode::linear};
    auto const expected = factored->forward(latent, generate);
    auto const difference = [&] {
        return largest(merged->forward(latent, generate) - expected) / largest(expected);
    };
    auto const tolerance = rounding(64 * 64);  // of the widest layer's sums
    EXPECT_LE(difference(), tolerance);

    auto const graph = to_graph({.generator = merged, .config = {}, .provenance = {}});
    EXPECT_EQ(graph.constants.at("branch_x.conv3.weight").shape, (graph::Shape{64, 64, 8, 8}));
    EXPECT_EQ(count_numbers(*merged), expected_parameters(Architecture::conv2d));
    merged->stacks()[1]->tensors(4).weight.mul_(1.001);  // the check bites
    EXPECT_GT(difference(), tolerance);
}

TEST(FactoredGenerator, takes_over_a_network_of_another_rank)
{
    torch::manual_seed(5);
    auto const make = [](std::int64_t rank) {
        return Generator(GeneratorImpl::Config{
            .architecture = Architecture::conv2d, .dropout = 0.0, .rank = rank});
    };
    auto const narrow = make(4);
    auto wide = make(16);
    wide->take(*narrow);  // ranks beyond the fourth are nothing
    auto const kernel = [](Generator const& generator) {
        return merge_kernel(generator->stacks()[0]->tensors(4).factors);
    };
    EXPECT_LE(largest(kernel(wide) - kernel(narrow)) / largest(kernel(narrow)), 1e-5);
    EXPECT_TRUE(torch::equal(wide->dense()->weight, narrow->dense()->weight));
}

}  // namespace
}  // namespace lowcal::training
