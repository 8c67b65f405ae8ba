#include "training/study/losses.hpp"

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

TEST(MeanShowerDistance, fluctuations_of_single_showers_fall_with_the_batch)
{
    torch::manual_seed(5);
    auto distance = [](std::int64_t batch) {
        auto const energy = torch::full({batch}, 60.0);
        double sum = 0;
        for (int i = 0; i < 20; ++i)  // both samples have the same mean shower
            sum += mean_shower_distance(torch::rand({batch, 25, 25, 25}),
                                        torch::rand({batch, 25, 25, 25}), energy)
                       .item<double>();
        return sum / 20;
    };
    // A square of a mean of N independent showers; 20 repetitions leave 10 %.
    EXPECT_NEAR(distance(8) / distance(32), 4.0, 1.0);
}

TEST(MeanShowerDistance, sees_a_mean_shower_that_is_wrong)
{
    torch::manual_seed(6);
    auto const energy = torch::full({32}, 60.0);
    auto const real = torch::rand({32, 25, 25, 25});
    auto shifted = torch::rand({32, 25, 25, 25});
    auto const right = mean_shower_distance(shifted, real, energy).item<double>();
    shifted.slice(1, 10, 12).mul_(1.5);  // two layers
    EXPECT_GT(mean_shower_distance(shifted, real, energy).item<double>(), 5 * right);
}

TEST(MeanResponseDistance, is_zero_for_a_right_mean_whatever_the_fluctuations)
{
    auto const energy = torch::tensor({60.0, 60.0, 60.0, 60.0});
    auto const expected = torch::full({4}, 100.0);
    auto const spread = torch::tensor({50.0, 150.0, 80.0, 120.0});
    EXPECT_NEAR(mean_response_distance(spread, expected, energy).item<double>(), 0.0, 1e-12);
    // At 60 GeV the weights l and l^2 are zero: what is left is the squared miss.
    EXPECT_NEAR(mean_response_distance(spread * 1.1, expected, energy).item<double>(), 0.01, 1e-6);
}

TEST(MeanResponseDistance, sees_a_response_that_is_wrong_at_low_energies_alone)
{
    auto const energy = torch::tensor({5.0, 60.0, 60.0, 400.0});
    auto const expected = energy * 2.0;
    auto sum = expected.clone();
    EXPECT_NEAR(mean_response_distance(sum, expected, energy).item<double>(), 0.0, 1e-12);
    sum[0] *= 0.8;
    EXPECT_GT(mean_response_distance(sum, expected, energy).item<double>(), 0.05 * 0.05);
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

TEST(ApplySymmetry, moves_points_as_it_moves_the_cells_under_them)
{
    auto image = torch::zeros({1, 1, 25, 25});
    image.index_put_({0, 0, 12 + 3, 12 - 5}, 1.0F);
    auto const point = torch::tensor({{3.0F, -5.0F}});
    for (unsigned symmetry = 0; symmetry < 8; ++symmetry) {
        auto const moved = apply_symmetry_to_points(point, symmetry);
        auto const x = static_cast<std::int64_t>(moved[0][0].item<float>()) + 12;
        auto const y = static_cast<std::int64_t>(moved[0][1].item<float>()) + 12;
        EXPECT_EQ(apply_symmetry(image, symmetry).index({0, 0, x, y}).item<float>(), 1.0F)
            << symmetry;
    }
}

TEST(BatchSampler, keeps_entry_points_with_their_showers)
{
    torch::manual_seed(5);
    auto cells = torch::zeros({64, 25, 25, 25});
    auto const x = torch::randint(25, {64});
    auto const y = torch::randint(25, {64});
    for (std::int64_t i = 0; i < 64; ++i)
        cells.index_put_({i, x[i].item<std::int64_t>(), y[i].item<std::int64_t>(), 7}, 1.0F);
    ShowerSet const showers{.cells = cells,
                            .energy = torch::linspace(2.0, 500.0, 64),
                            .entry = (torch::stack({x, y}, 1) - 12).to(torch::kFloat32)};
    BatchSampler const sampler(showers, {.batch = 32, .symmetries = Symmetries::square});
    for (int draw = 0; draw < 10; ++draw) {  // most symmetries
        auto const batch = sampler.draw(torch::kCPU);
        auto const place = batch.entry.to(torch::kInt64) + 12;
        for (std::int64_t i = 0; i < 32; ++i)
            EXPECT_EQ(batch.images
                          .index({i, 7, place[i][0].item<std::int64_t>(),
                                  place[i][1].item<std::int64_t>()})
                          .item<float>(),
                      1.0F);
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
