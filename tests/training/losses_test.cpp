#include "training/losses.hpp"

#include "training/shower_set.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

namespace lowcal::training {
namespace {

TEST(MeanAbsolutePercentageError, is_in_per_cent_of_the_truth)
{
    auto const truth = torch::tensor({2.0, 4.0});
    auto const guess = torch::tensor({1.0, 5.0});
    EXPECT_NEAR(mean_absolute_percentage_error(guess, truth).item<double>(), 37.5, 1e-5);
}

TEST(MeanShowerDistance, is_unbiased_by_fluctuations_of_single_showers)
{
    torch::manual_seed(5);
    auto const energy = torch::full({16}, 60.0);
    double sum = 0, squares = 0, plain = 0;
    constexpr int repetitions = 60;
    for (int i = 0; i < repetitions; ++i) {
        auto const real = torch::rand({16, 25, 25, 25});
        auto const fake = torch::rand({16, 25, 25, 25});
        double const value = mean_shower_distance(fake, real, energy).item<double>();
        sum += value;
        squares += value * value;
        plain += single_shower_distance(fake, real, energy).item<double>();
    }
    double const mean = sum / repetitions;
    double const error = std::sqrt((squares / repetitions - mean * mean) / repetitions);
    EXPECT_LT(std::abs(mean), 4 * error);        // both samples have the same mean shower
    EXPECT_GT(plain / repetitions, 20 * error);  // a plain square sees the fluctuations
}

TEST(CellSumFit, recovers_a_response_that_falls_with_the_logarithm_of_the_energy)
{
    torch::manual_seed(2);
    ShowerSet showers{.cells = torch::zeros({200, 25, 25, 25}),
                      .energy = torch::rand({200}) * 498.0 + 2.0};
    auto const wanted = showers.energy * (20.0 - 0.5 * torch::log(showers.energy / 100.0));
    showers.cells.index({torch::indexing::Slice(), 12, 12, 5}).copy_(wanted);
    auto const fitted = CellSumFit(showers)(showers.energy);
    EXPECT_LT(((fitted - wanted) / wanted).abs().max().item<double>(), 1e-4);  // exact but rounding
    EXPECT_NEAR(CellSumFit(showers).coefficients()[1], -0.5, 1e-3);
}

TEST(ApplySymmetry, the_eight_symmetries_are_different_and_keep_the_sum)
{
    auto const image = torch::arange(2 * 25 * 25).reshape({1, 2, 25, 25}).to(torch::kFloat32);
    for (unsigned a = 0; a < 8; ++a) {
        EXPECT_EQ(apply_symmetry(image, a).sum().item<float>(), image.sum().item<float>());
        for (unsigned b = 0; b < a; ++b)
            EXPECT_FALSE(torch::equal(apply_symmetry(image, a), apply_symmetry(image, b)));
    }
}

TEST(BatchSampler, a_batch_holds_one_shower_of_each_stratum_of_energy)
{
    torch::manual_seed(4);
    ShowerSet const showers{.cells = torch::zeros({3000, 1, 1, 1}),
                            .energy = torch::exp(torch::rand({3000}) * 5.5 + 0.7)};
    BatchSampler const sampler(showers, {.batch = 16, .symmetries = Symmetries::none});
    double least = 1e9, most = 0;
    for (int i = 0; i < 20; ++i) {
        auto const mean = sampler.draw(torch::kCPU).energy.mean().item<double>();
        least = std::min(least, mean);
        most = std::max(most, mean);
    }
    // Independent draws of 16 would spread by 130 GeV / 4; strata leave a few GeV.
    EXPECT_LT(most - least, 30.0);
    EXPECT_GT(most - least, 0.1);
}

}  // namespace
}  // namespace lowcal::training
