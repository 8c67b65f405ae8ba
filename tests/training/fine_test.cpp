#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "graph/reference/reference.hpp"
#include "runtime/shower_generator.hpp"
#include "training/exported_showers.hpp"
#include "training/exporting/export_likelihood.hpp"
#include "training/fine/narrowing.hpp"
#include "training/likelihood/likelihood_trainer.hpp"
#include "training/made_up_showers.hpp"
#include "training/trainings.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <sstream>

namespace lowcal::training {
namespace {

TrainingConfig small_config()
{
    auto config = default_config(Architecture::fine);
    config.geometry = small_geometry();
    config.fine = {.trunk = 12, .energy = 8, .single = 6};
    config.batch = 16;
    config.ramp_steps = 0;
    config.lean.head_steps = 3;
    config.lean.head_batch = 32;
    return config;
}

TEST(FineMixtures, masses_of_all_divisions_of_hits_are_one)
{
    torch::manual_seed(1);
    for (double const hits : {1.0, 2.0, 7.0}) {
        auto const numbers = torch::randn({1, 12});
        auto const mixture = hit_mixture(numbers, torch::randn({1, 3}));
        auto const all = torch::full({1}, hits);
        double total = 0;
        for (double first = 0; first <= hits; ++first)
            total += std::exp(
                log_mass(mixture,
                         hit_boundary(torch::full({1}, first), all, torch::zeros({1}), all),
                         hit_boundary(torch::full({1}, first + 1), all, torch::zeros({1}), all))
                    .item<double>());
        EXPECT_NEAR(total, 1.0, 1e-5) << hits;  // float32, and 1e-7 for each term
    }
}

TEST(FineMixtures, drawn_hits_are_as_frequent_as_their_masses_say)
{
    torch::manual_seed(2);
    constexpr std::int64_t draws = 20000;
    auto const numbers = torch::randn({1, 12}).expand({draws, 12});
    auto const odds = torch::randn({1, 3}).expand({draws, 3});
    auto const hits = torch::full({draws}, 3.0);
    auto const least = torch::zeros({draws});
    auto const mixture = hit_mixture(numbers, odds);
    auto const drawn = hits_at(draw(mixture, torch::rand({draws, 2})), hits, least, hits);
    for (double first = 0; first <= 3; ++first) {
        auto const number = torch::full({draws}, first);
        auto const expected = torch::exp(log_mass(mixture, hit_boundary(number, hits, least, hits),
                                                  hit_boundary(number + 1, hits, least, hits)))[0]
                                  .item<double>();
        auto const found = (drawn == first).to(torch::kFloat64).mean().item<double>();
        auto const error = std::sqrt(expected * (1 - expected) / draws);
        EXPECT_NEAR(found, expected, 5 * error + 1e-4) << first;
    }
}

TEST(FineMixtures, density_of_divided_energy_is_one_in_all)
{
    torch::manual_seed(4);
    constexpr std::int64_t points = 200001;
    auto const odds = torch::linspace(-60, 60, points);
    auto const width = 120.0 / (points - 1);
    auto const all = [&](torch::Tensor const& row) { return row.expand({points, row.size(1)}); };
    auto const mixture = energy_mixture(all(0.5 * torch::randn({1, 36})), all(torch::randn({1, 3})),
                                        torch::log(torch::tensor({0.001F, 0.1F, 0.05F})),
                                        {.excess = torch::full({points}, 0.3F),
                                         .first = torch::ones({points}),
                                         .second = torch::full({points}, 2.0F),
                                         .least = 0.001});
    auto const total = (torch::exp(log_density(mixture, odds)) * width).sum().item<double>();
    EXPECT_NEAR(total, 1.0, 1e-3);  // the narrowest component is eleven steps wide
}

TEST(Fine, exported_network_makes_the_module_s_showers)
{
    auto const showers = made_up_showers(200);
    auto config = small_config();
    FineTrainer trainer(config, showers, torch::kCPU);
    for (int i = 0; i < 20; ++i) trainer.step();
    auto const file = std::filesystem::path(::testing::TempDir()) / "fine_test.pt";
    trainer.candidate(0)->save(file, "");
    auto const stored = load_fine(file);
    expect_exported_showers(
        stored, [](FineGenerator generator, LayerFacts const& facts, torch::Tensor const& uniform) {
            return generator->divide(facts, uniform);
        });
}

TEST(Fine, likelihood_of_showers_rises_with_steps)
{
    auto const showers = made_up_showers(400);
    auto config = small_config();
    config.generator_rate = 5e-3;
    FineTrainer trainer(config, showers, torch::kCPU);
    auto const mean_of = [&](int steps) {
        double sum = 0;
        for (int i = 0; i < steps; ++i) {
            auto const losses = trainer.step();
            sum += losses.layer_hits + losses.hits + losses.energies;
        }
        return sum / steps;
    };
    mean_of(3);  // the head's
    double const before = mean_of(10);
    mean_of(60);
    EXPECT_LT(mean_of(10), 0.9 * before);
}

TEST(Fine, resumed_training_equals_one_in_a_piece)
{
    auto const showers = made_up_showers(100);
    auto const config = small_config();
    FineTrainer whole(config, showers, torch::kCPU);
    FineTrainer first(config, showers, torch::kCPU);
    for (int i = 0; i < 6; ++i) whole.step();
    for (int i = 0; i < 4; ++i) first.step();
    torch::serialize::OutputArchive out;
    first.save(out);
    std::stringstream memory;
    out.save_to(memory);
    torch::serialize::InputArchive in;
    in.load_from(memory);
    FineTrainer second(config, showers, torch::kCPU);
    second.load(in);
    for (int i = 0; i < 2; ++i) second.step();
    EXPECT_EQ(second.steps_done(), whole.steps_done());
    EXPECT_EQ(second.step().energies, whole.step().energies);
}

TEST(Fine, starts_from_a_network_that_knew_nothing_of_the_shower_s_development)
{
    auto const showers = made_up_showers(64);
    auto config = small_config();
    config.fine.development = false;
    FineGenerator earlier(config.geometry, config.fine);
    auto const images = showers.cells.to(torch::kFloat32).permute({0, 3, 1, 2}) / image_scale;
    earlier->start_from_showers(images, showers.energy);
    config.fine.development = true;
    FineGenerator later(config.geometry, config.fine);
    later->start_from(*earlier);
    LayerFacts const facts{.energy = {},
                           .hits = {},
                           .entry = torch::zeros({64, 2}),
                           .primary = torch::randn({64, energy_features})};
    auto const loss = later->loss(images, facts);
    auto const expected = earlier->loss(images, facts).sum().item<double>();
    EXPECT_NEAR(loss.sum().item<double>(), expected, 1e-5 * std::abs(expected));  // float32
    loss.sum().backward();
    auto const learns = [&](char const* name) {
        return later->named_parameters()[name].grad().abs().sum().item<double>() > 0;
    };
    EXPECT_TRUE(learns("root_first.weight"));
    {
        torch::NoGradGuard const no_gradient;
        for (auto const* name : {"root_first.weight", "stage0_0.first.weight"}) {
            auto const weights = later->named_parameters()[name];
            EXPECT_EQ((weights.abs().sum(0) == 0).sum().item<std::int64_t>(),
                      graph::development_numbers)
                << name;
            weights.add_(0.1 * (weights == 0));
        }
        EXPECT_GT(std::abs(later->loss(images, facts).sum().item<double>() - expected), 1e-3);
    }
    config.fine.trunk = 13;
    FineGenerator wider(config.geometry, config.fine);
    EXPECT_THROW(wider->start_from(*earlier), InputError);
}

/// Makes the second half of the numbers that a layer hands on copies of the first.
void double_rows(FineGenerator const& network, std::string const& layer)
{
    for (auto const* part : {".weight", ".bias"}) {
        auto const numbers = network->named_parameters()[layer + part];
        auto const half = numbers.size(0) / 2;
        numbers.narrow(0, half, half).copy_(numbers.narrow(0, 0, half));
    }
}

TEST(Fine, narrower_than_the_network_it_starts_from_leaves_out_what_others_know)
{
    auto const showers = made_up_showers(64);
    auto config = small_config();
    auto narrow = config.fine;
    for (auto const width : {&FineWidths::trunk, &FineWidths::energy, &FineWidths::single})
        narrow.*width /= 2;
    FineGenerator wide(config.geometry, config.fine);
    auto const images = showers.cells.to(torch::kFloat32).permute({0, 3, 1, 2}) / image_scale;
    wide->start_from_showers(images, showers.energy);
    torch::NoGradGuard const no_gradient;
    for (auto const& module : wide->named_children())
        for (auto const* layer : {".first", ".second", ".inner"})
            if (wide->named_parameters().contains(module.key() + layer + ".weight"))
                double_rows(wide, module.key() + layer);
    LayerFacts const facts{.energy = {},
                           .hits = {},
                           .entry = torch::zeros({64, 2}),
                           .primary = torch::randn({64, energy_features})};
    wide->record();
    auto const expected = wide->loss(images, facts);
    FineGenerator same(config.geometry, narrow);
    same->start_from(*wide);
    auto const loss = same->loss(images, facts);
    // What is added to products for an inverse costs some 1e-5 of a number.
    EXPECT_NEAR(loss.hits.item<double>(), expected.hits.item<double>(),
                1e-4 * expected.hits.item<double>());
    EXPECT_NEAR(loss.energies.item<double>(), expected.energies.item<double>(),
                1e-4 * std::abs(expected.energies.item<double>()));
    narrow.single = 0;
    FineGenerator other(config.geometry, narrow);
    EXPECT_THROW(other->start_from(*wide), InputError);
}

TEST(Narrowing, keeps_what_tells_most_and_fits_the_rest)
{
    torch::manual_seed(5);
    auto const numbers = torch::randn({500, 4});
    numbers.select(1, 2).copy_(2 * numbers.select(1, 0) - numbers.select(1, 3) + 1);
    LayerMoments moments;
    moments.add(numbers.narrow(0, 0, 200));
    moments.add(numbers.narrow(0, 200, 300));
    LinearLayer const layer{.weight = torch::tensor({{1.0F, 0.01F, 3.0F, 2.0F}}),
                            .bias = torch::tensor({0.5F})};
    auto const products = moments.products(4);
    // The second, of which little is made, goes before any that says something; of the others any
    // two are as good as the three, but with the second they are better than without.
    auto const three = kept_numbers(products, {layer.weight}, 3);
    EXPECT_EQ((three == 1).sum().item<std::int64_t>(), 1);
    auto const now = fitted(products, three, layer);
    auto const answers = [](torch::Tensor const& some, LinearLayer const& of) {
        return torch::addmm(of.bias, some, of.weight.t());
    };
    auto const wanted = answers(numbers, layer);
    auto const found = answers(numbers.index_select(1, three), now);
    EXPECT_LT((found - wanted).abs().max().item<double>(), 1e-3);
    auto const two = kept_numbers(products, {layer.weight}, 2);
    EXPECT_EQ((two == 1).sum().item<std::int64_t>(), 0);
}

}  // namespace
}  // namespace lowcal::training
