#include "training/nn/latent.hpp"

#include "training/architecture.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lowcal::training {
namespace {

TEST(Latent, of_fixed_norm_is_as_long_as_the_energy_says_and_else_fluctuates)
{
    torch::manual_seed(1);
    auto const energy = torch::tensor({2.0F, 50.0F, 100.0F, 500.0F});
    auto const length_per_energy = [&](LatentNorm norm) {
        return draw_latent(energy, norm).square().sum(1).sqrt() * (energy_unit / energy);
    };
    auto const expected = std::sqrt(static_cast<double>(latent_size));
    auto const miss = [&](LatentNorm norm) {
        return (length_per_energy(norm) / expected - 1.0).abs().max().item<double>();
    };
    EXPECT_LE(miss(LatentNorm::fixed), 1e-6);
    EXPECT_GT(miss(LatentNorm::free), 1e-3);
}

TEST(Latent, begins_with_what_is_known_of_the_shower)
{
    torch::manual_seed(2);
    auto const energy = torch::full({4096}, energy_unit);
    auto const entry = 2.0 * torch::rand({4096, 2}) - 1.0;
    auto const noise = torch::randn({4096, 25});
    KnownShower const known{.entry = entry, .layer_noise = noise};
    auto const latent = draw_latent(energy, LatentNorm::free, known);
    EXPECT_TRUE(torch::equal(latent.slice(1, 2, 27), noise));
    auto const first = latent.slice(1, 0, 2);
    EXPECT_TRUE(torch::equal((first > 0), (entry > 0)));
    EXPECT_NEAR(first.std().item<double>(), 1.0, 4.0 / std::sqrt(2.0 * 8192));
    EXPECT_TRUE(torch::equal(
        draw_latent(energy, LatentNorm::free, {.layer_noise = noise}).slice(1, 0, 25), noise));
}

TEST(Latent, of_an_edge_is_finite)
{
    auto const latent = draw_latent(torch::ones({2}), LatentNorm::fixed,
                                    {.entry = torch::tensor({{1.0F, -1.0F}, {0.0F, 1.0F}})});
    EXPECT_TRUE(latent.isfinite().all().item<bool>());
}

}  // namespace
}  // namespace lowcal::training
