#include "training/study/networks.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lowcal::training {
namespace {

GeneratorPass const generate{.pass = {.phase = Phase::generate}};

TEST(Generator, has_the_numbers_of_parameters_of_the_tables)
{
    Generator const conv2d(GeneratorImpl::Config{.architecture = Architecture::conv2d});
    Generator const conv3d(GeneratorImpl::Config{.architecture = Architecture::conv3d});
    EXPECT_EQ(count_numbers(*conv2d), 2055324);
    EXPECT_EQ(count_numbers(*conv3d), 629705);
    EXPECT_EQ(count_numbers(*Discriminator()), 714114);
    std::int64_t trained = 0;
    for (auto const& parameter : conv2d->parameters()) trained += parameter.numel();
    EXPECT_EQ(trained, 2053446);
}

TEST(Generator, makes_showers_of_the_window_that_are_not_negative)
{
    torch::manual_seed(1);
    for (auto const architecture : {Architecture::conv2d, Architecture::conv3d}) {
        Generator generator(GeneratorImpl::Config{.architecture = architecture});
        auto const showers = generator->forward(torch::randn({2, latent_size}), generate);
        EXPECT_EQ(showers.sizes(), (std::vector<std::int64_t>{2, 25, 25, 25}));
        EXPECT_GE(showers.min().item<float>(), 0.0F);
    }
}

TEST(Generator, a_start_with_gathered_constants_is_proportional_to_the_energy)
{
    torch::manual_seed(1);
    torch::NoGradGuard const no_gradient;
    Generator generator(GeneratorImpl::Config{.architecture = Architecture::conv2d});
    auto const latent = torch::randn({8, latent_size});
    generator->forward(latent, {.pass = {.phase = Phase::gather}});
    auto const one = generator->forward(latent, generate);
    auto const hundred = generator->forward(100.0 * latent, generate);
    // Nine layers of float32 rounding, relative to the largest cell.
    EXPECT_LT(((hundred - 100.0 * one).abs().max() / hundred.abs().max()).item<double>(), 1e-5);
    EXPECT_GT(one.abs().max().item<double>(), 0.0);
}

}  // namespace
}  // namespace lowcal::training
