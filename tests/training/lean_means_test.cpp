#include "training/lean/lean_means.hpp"

#include "training/clic.hpp"
#include "training/stored_generator.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

namespace lowcal::training {
namespace {

MeansInput showers(Sample sample)
{
    torch::manual_seed(5);
    auto const cells = invented_cells(16);
    return {.geometry = clic,
            .roots = torch::pow(cells, 1.0 / 3.0),
            .primary = {.energy = cells.sum({1, 2, 3}) / 20.0},
            .sample = sample};
}

double difference(torch::Tensor const& a, torch::Tensor const& b)
{
    return (a - b).abs().max().item<double>();
}

TEST(ImageMeans, real_showers_have_the_squares_symmetries_and_generated_ones_their_own)
{
    auto const real = showers(Sample::real);
    auto const spread = image_spread(real.roots, clic);
    EXPECT_LT(difference(spread, spread.flip({1})), 1e-6);
    EXPECT_LT(difference(spread, spread.transpose(1, 2)), 1e-6);
    auto const symmetric = image_means(real.roots, real, spread);
    EXPECT_LT(difference(symmetric, symmetric.flip({3})), 1e-6);
    // What a network makes at one side only must not be excused by the other.
    auto const made = showers(Sample::generated);
    auto const generated = image_means(made.roots, made, spread);
    EXPECT_GT(difference(generated, generated.flip({3})), 1e-3);
}

TEST(ImageMeans, count_a_cell_that_is_rarely_hit_as_much_as_the_core)
{
    torch::manual_seed(6);
    auto roots = torch::zeros({400, 25, 25, 25});
    roots.select(3, 12).select(2, 12).select(1, 7).copy_(6.0 + 2.0 * torch::randn({400}));
    roots.select(3, 0).select(2, 12).select(1, 7).copy_(0.5 * (torch::rand({400}) < 0.02));
    MeansInput input{.geometry = clic,
                     .roots = roots,
                     .primary = {.energy = torch::full({400}, 31.6)},
                     .sample = Sample::generated};
    auto const spread = image_spread(roots, clic);
    auto const before = image_means(roots, input, spread);
    auto moved = [&](std::int64_t y) {  // by one spread of that cell
        auto other = roots.clone();
        other.select(3, y).select(2, 12).select(1, 7) += 2.0 * spread[7][12][y].item<double>();
        return (image_means(other, input, spread) - before).slice(1, 0, 25)[0].square().sum();
    };
    EXPECT_NEAR(moved(12).item<double>(), 1.0 / 15625.0, 1e-9);
    EXPECT_NEAR(moved(0).item<double>(), 1.0 / 15625.0, 1e-9);
}

TEST(BeyondUsual, is_nothing_for_the_usual_shower_and_the_same_at_every_energy)
{
    torch::manual_seed(9);
    auto const usual = torch::rand({25, 25, 25});
    auto const layers = torch::tensor({8.0, 1000.0}).unsqueeze(1).repeat({1, 25});
    auto roots = usual * torch::tensor({2.0, 10.0}).view({2, 1, 1, 1});
    EXPECT_LT(beyond_usual(roots, layers, usual).abs().max().item<double>(), 1e-5);
    roots.select(1, 3) += 0.1;
    auto const found = beyond_usual(roots, layers, usual);
    EXPECT_LT((found.select(1, 3) - 0.1).abs().max().item<double>(), 1e-5);
    EXPECT_LT(found.select(1, 4).abs().max().item<double>(), 1e-5);
}

TEST(DepthMeans, see_a_cell_that_is_brighter_in_every_shower)
{
    torch::manual_seed(8);
    auto const cells = 50.0 * torch::exp(0.1 * torch::randn({2000, 25, 25, 25}));
    MeansInput const input{.geometry = clic,
                           .roots = torch::pow(cells, 1.0 / 3.0),
                           .primary = {.energy = torch::full({2000}, 31.6)},
                           .sample = Sample::generated};
    auto const spread = depth_spread(input.roots, clic);
    EXPECT_EQ(spread.sizes(), (at::IntArrayRef{46, 9, 9}));
    auto const before = depth_means(input, spread);
    auto other = input;
    other.roots = input.roots.clone();
    other.roots.select(3, 11).select(2, 12).select(1, 7) *= std::cbrt(1.05);
    auto const weight = 1.0 + 3.0 / 2.0;  // one cell from the axis
    auto const moved = (depth_means(other, spread) - before)[0] * std::sqrt(23.0 * 81.0) / weight;
    // The logarithm moves by 0.05, what it differs by from half the sum of its neighbours' varies
    // by 0.1 sqrt(1 + 1/4 + 1/4). Outliers are compressed, by some per cent: tolerance.
    auto const step = std::log(1.05) / (0.1 * std::sqrt(1.5));
    EXPECT_NEAR(moved[6][4][3].item<double>(), step, 0.03);
    EXPECT_NEAR(moved[5][4][3].item<double>(), -0.5 * step, 0.03);
    EXPECT_NEAR(moved[7][4][3].item<double>(), -0.5 * step, 0.03);
    EXPECT_EQ((moved.slice(0, 0, 23).abs() > 1e-5).sum().item<int>(), 3);
}

TEST(DepthMeans, of_real_showers_have_the_squares_symmetries)
{
    auto const real = showers(Sample::real);
    auto const symmetric = depth_means(real, depth_spread(real.roots, clic));
    EXPECT_LT(difference(symmetric, symmetric.transpose(2, 3)), 1e-6);
    auto const made = showers(Sample::generated);
    auto const generated = depth_means(made, depth_spread(real.roots, clic));
    EXPECT_GT(difference(generated, generated.flip({3})), 1e-3);
}

TEST(ProfileMeans, tell_x_from_y_in_generated_showers_only)
{
    auto const real = profile_means(showers(Sample::real)).view({-1, 2, 25});
    EXPECT_LT(difference(real.select(1, 0), real.select(1, 1)), 1e-5);
    EXPECT_LT(difference(real, real.flip({2})), 1e-5);
    auto const generated = profile_means(showers(Sample::generated)).view({-1, 2, 25});
    EXPECT_GT(difference(generated.select(1, 0), generated.select(1, 1)), 1e-3);
}

TEST(FeatureMeans, see_on_which_side_of_the_entry_point_something_lies)
{
    torch::manual_seed(7);
    auto const u = torch::rand({256}) * 2.0 - 1.0;
    MeansInput input{.geometry = clic,
                     .roots = torch::zeros({256, 1, 1, 1}),
                     .primary = {.energy = torch::full({256}, 31.6)}};
    auto const feature = u.unsqueeze(1);
    EXPECT_EQ(feature_means(feature, input).size(0), 5);
    input.entry = torch::stack({u, torch::zeros({256})}, 1);
    auto const along = feature_means(feature, input);
    auto const against = feature_means(-feature, input);
    ASSERT_EQ(along.size(0), 8);
    EXPECT_NEAR(along[6][0].item<double>(), u.square().mean().item<double>(), 1e-5);
    EXPECT_NEAR(against[6][0].item<double>(), -u.square().mean().item<double>(), 1e-5);
    EXPECT_EQ(along[6][1].item<double>(), against[6][1].item<double>());  // the mean square
}

TEST(SpectrumMeans, see_hits_that_change_from_one_bin_to_the_next)
{
    auto const means_of = [](double energy) {  // a hundred hits of this energy (MeV) in 15625 cells
        auto roots = torch::zeros({1, 25, 25, 25});
        roots.view({-1}).slice(0, 0, 100).fill_(std::cbrt(energy));
        return spectrum_means({.geometry = clic,
                               .roots = roots,
                               .primary = {.energy = torch::full({1}, 31.6)}})[0] *
               (0.5 * std::sqrt(20.0));
    };
    auto const low = means_of(0.11), high = means_of(0.137);
    EXPECT_GT(low[7].item<double>(), 1.4 * low[8].item<double>());     // 0.1 to 0.125 MeV
    EXPECT_GT(high[8].item<double>(), 1.15 * high[7].item<double>());  // 0.125 to 0.15 MeV
    double const empty = std::sqrt(3.0 / 8.0);
    EXPECT_NEAR(low[15].item<double>(), empty, 0.01);
    // Every hit is in some bin; of 15525 empty cells the blur counts less than six.
    double const hits = (high.square() - 3.0 / 8.0).sum().item<double>();
    EXPECT_GT(hits, 100.0 - 0.1);
    EXPECT_LT(hits, 100.0 + 6.0);
}

TEST(FeatureProducts, see_what_goes_together)
{
    torch::manual_seed(8);
    auto const first = torch::randn({4096}), other = torch::randn({4096});
    auto const products = [&](torch::Tensor const& second) {
        return feature_products(torch::stack({first, second}, 1)) * std::sqrt(2.0);
    };
    double const error = 4.0 / std::sqrt(4096.0);
    EXPECT_NEAR(products(first)[0][1].item<double>(), 1.0, std::sqrt(2.0) * error);
    EXPECT_NEAR(products(-first)[1][0].item<double>(), -1.0, std::sqrt(2.0) * error);
    EXPECT_NEAR(products(other)[0][1].item<double>(), 0.0, error);
    EXPECT_NEAR(products(other)[1][1].item<double>(), 1.0, std::sqrt(2.0) * error);
}

}  // namespace
}  // namespace lowcal::training
