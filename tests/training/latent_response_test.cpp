#include "training/nn/latent_response.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

namespace lowcal::training {
namespace {

constexpr std::int64_t sample_size = 20000, size = 12;

torch::Tensor covariance(torch::Tensor const& numbers)
{
    return numbers.t().matmul(numbers) / static_cast<double>(numbers.size(0));
}

torch::Tensor latents(std::int64_t seed)
{
    torch::manual_seed(seed);
    return torch::randn({sample_size, size}, torch::kFloat64);
}

/// Of two numbers, the first linear in two latent numbers, the second in one of these and a third;
/// noise that no latent number explains.
torch::Tensor made_from(torch::Tensor const& z)
{
    torch::manual_seed(77);
    auto const noise = 0.3 * torch::randn({z.size(0), 2}, z.options());
    auto const first = 1.2 * z.select(1, 0) + 0.4 * z.select(1, 4);
    auto const second = 0.5 * z.select(1, 0) + 0.3 * z.select(1, 7);
    return torch::stack({first, second}, 1) + noise;
}

torch::Tensor with_covariance(double first, double both, double second)
{
    auto const wanted = torch::tensor({{first, both}, {both, second}}, torch::kFloat64);
    torch::manual_seed(5);
    return torch::randn({sample_size, 2}, torch::kFloat64)
        .matmul(torch::linalg_cholesky(wanted).t());
}

TEST(ResponseCorrection, gives_numbers_the_covariances_of_real_showers)
{
    auto const z = latents(1);
    auto const real = with_covariance(0.7, -0.3, 0.9);
    auto const correction = response_correction(z, made_from(z), real);
    auto const fresh = latents(2);
    auto const settled = covariance(made_from(fresh.matmul(correction.t())));
    auto const wanted = covariance(real);
    // Variances near one of 20 000 showers are known to one per cent; those of three samples enter.
    EXPECT_LE((settled - wanted).abs().max().item<double>(), 3 * 0.01 * std::sqrt(3.0));
    EXPECT_GT((covariance(made_from(fresh)) - wanted).abs().max().item<double>(), 0.5);
}

TEST(ResponseCorrection, leaves_directions_alone_that_no_number_follows)
{
    auto const z = latents(1);
    auto const correction = response_correction(z, made_from(z), with_covariance(0.7, -0.3, 0.9));
    auto const change = (correction - torch::eye(size, torch::kFloat64)).abs();
    for (std::int64_t const untouched : {1, 2, 3, 5, 6, 8, 9, 10, 11}) {
        // By chance a number seems to follow each direction by one part in the root of 20 000.
        EXPECT_LE(change.select(0, untouched).max().item<double>(), 0.03);
        EXPECT_LE(change.select(1, untouched).max().item<double>(), 0.03);
    }
    EXPECT_GT(change.max().item<double>(), 0.2);
}

TEST(ResponseCorrection, keeps_variances_where_noise_leaves_no_room_for_a_correlation)
{
    auto const z = latents(1);
    // The noise's share of the variances is uncorrelated: 0.99 cannot be reached.
    auto const real = with_covariance(0.2, 0.99 * std::sqrt(0.2 * 0.3), 0.3);
    auto const correction = response_correction(z, made_from(z), real);
    auto const settled = covariance(made_from(latents(2).matmul(correction.t())));
    auto const wanted = covariance(real);
    // Numbers that go together almost wholly leave a direction of a tenth of the variance, where
    // the answers are known to a tenth.
    EXPECT_NEAR(settled[0][0].item<double>(), wanted[0][0].item<double>(), 0.04);
    EXPECT_NEAR(settled[1][1].item<double>(), wanted[1][1].item<double>(), 0.04);
    EXPECT_LT(settled[0][1].item<double>(), wanted[0][1].item<double>());
}

TEST(BeyondUsual, is_what_a_smooth_curve_of_the_energy_leaves)
{
    torch::manual_seed(3);
    auto const energy = 5.0 * torch::exp(4.0 * torch::rand({5000}, torch::kFloat64));
    auto const noise = 0.1 * torch::randn({5000}, torch::kFloat64);
    auto const usual = 3.0 + energy.log().square();
    auto const shares =
        beyond_usual_at(energy, (usual * (1.0 + noise)).unsqueeze(1), Beyond::relative);
    auto const sums = beyond_usual_at(energy, (usual + noise).unsqueeze(1), Beyond::absolute);
    // Five coefficients of 5000 showers: a thirtieth of the noise at most, more at the ends.
    EXPECT_LE((shares.squeeze(1) - noise).square().mean().sqrt().item<double>(), 0.005);
    EXPECT_LE((sums.squeeze(1) - noise).square().mean().sqrt().item<double>(), 0.005);
}

}  // namespace
}  // namespace lowcal::training
