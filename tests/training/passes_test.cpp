#include "graph/passes/pass_network.hpp"
#include "training/exported_showers.hpp"
#include "training/exporting/export_likelihood.hpp"
#include "training/likelihood/likelihood_trainer.hpp"
#include "training/made_up_showers.hpp"
#include "training/trainings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>

namespace lowcal::training {
namespace {

TrainingConfig small_config(ShowerGeometry const& geometry = small_geometry())
{
    auto config = default_config(Architecture::passes);
    config.geometry = geometry;
    config.passes = {.hidden = 6, .context = 8, .energy = 7, .bright = 9, .classes = 16};
    config.batch = 16;
    config.ramp_steps = 0;
    config.lean.head_steps = 3;
    config.lean.head_batch = 32;
    return config;
}

std::span<float const> span_of(torch::Tensor const& tensor)
{
    return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

/// One shower of a network, and how unlikely each of its parts is.
struct Drawn {
    torch::Tensor layers, primary, entry, cells;
    graph::PassNetwork::Surprise surprise;
};
Drawn draw_one(PassGenerator generator, bool sums)
{
    auto const geometry = generator->geometry();
    Primary const primary{.energy = 20.0 + 60.0 * torch::rand({1})};
    torch::NoGradGuard const no_gradient;
    Drawn drawn{
        .layers =
            generator->head->forward(torch::randn({1, geometry.layers()}), primary).contiguous(),
        .primary = describe(primary, geometry).contiguous(),
        .entry = torch::rand({1, 2}) - 0.5,
        .cells = torch::zeros({1, geometry.layers(), geometry.rows(), geometry.columns()}),
        .surprise = {}};
    auto const weights = generator->weights();
    graph::PassNetwork const network(generator->form(),
                                     graph::PassWeights(generator->form(), span_of(weights)));
    auto const uniform = torch::rand({1, generator->form().uniform_count()});
    network.draw({.layers = span_of(drawn.layers),
                  .primary = span_of(drawn.primary),
                  .entry = span_of(drawn.entry),
                  .uniform = span_of(uniform)},
                 {drawn.cells.data_ptr<float>(), static_cast<std::size_t>(drawn.cells.numel())},
                 {.surprise = &drawn.surprise, .sums = sums});
    return drawn;
}

/// A network some steps on, so that no weight is where it began.
PassGenerator trained(TrainingConfig const& config, ShowerSet const& showers)
{
    PassTrainer trainer(config, showers, torch::kCPU);
    for (int i = 0; i < 20; ++i) trainer.step();
    auto const file = std::filesystem::path(::testing::TempDir()) / "passes_test.pt";
    trainer.candidate(0)->save(file, "");
    return load_passes(file).generator;
}

/// The made-up showers' cells on a grid of which one axis goes round, or none.
ShowerSet showers_around(int round_axis)
{
    auto showers = made_up_showers(300);
    if (round_axis >= 0) {
        auto& axis = showers.geometry.detector.axes[static_cast<std::size_t>(round_axis)];
        axis.periodic = true;
        axis.size = 1.0;  // rad
        showers.geometry.detector.geometry = Geometry::cylindrical;
    }
    return showers;
}

TEST(Passes, training_finds_what_is_drawn_as_unlikely_as_the_drawing_does)
{
    torch::manual_seed(5);
    // Along the first axis five cells, which do not go round in passes; along the second six.
    for (int const round_axis : {-1, 0, 1}) {
        auto const showers = showers_around(round_axis);
        auto generator = trained(small_config(showers.geometry), showers);
        for (int i = 0; i < 5; ++i) {
            auto const drawn = draw_one(generator, false);
            torch::NoGradGuard const no_gradient;
            auto const hits = torch::tensor(drawn.surprise.layer_hits).unsqueeze(0);
            ASSERT_GT((drawn.cells > 0).sum().item<std::int64_t>(), 20);
            auto const loss = [&](torch::Tensor const& entry) {
                return generator->loss(drawn.cells, {.energy = drawn.layers * (hits > 0),
                                                     .hits = hits,
                                                     .entry = entry,
                                                     .primary = drawn.primary});
            };
            // Sums of some 400 terms of float32.
            auto const found = loss(drawn.entry);
            EXPECT_NEAR(found.hits.item<double>(), drawn.surprise.hits, 2e-3) << round_axis;
            EXPECT_NEAR(found.energies.item<double>(), drawn.surprise.energies, 2e-3) << round_axis;
            // The check bites: a primary that entered a tenth of a cell further on.
            auto const other = loss(drawn.entry + 0.1);
            EXPECT_GT(std::abs(other.hits.item<double>() - drawn.surprise.hits), 2e-3);
        }
    }
}

TEST(Passes, training_bounds_changes_of_odds_as_the_drawing_does)
{
    auto const config = small_config();
    PassGenerator const generator(config.geometry, config.passes);
    auto const hits = torch::tensor({{1.0F, 2.0F, 5.0F, 30.0F, 1.0F, 1.0F}});
    PassShowers const showers(
        torch::zeros({1, 6, 5, 6}),
        {.energy = hits,
         .hits = hits,
         .entry = torch::zeros({1, 2}),
         .primary = torch::zeros({1, energy_features})},
        {.geometry = config.geometry,
         .units = {},
         .centres = torch::zeros({5, 6, 2}),
         .usual_share = torch::ones({6, 5, 6}),
         .usual_shapes = torch::zeros({6, graph::shape_regressors, graph::usual_shapes})});
    for (std::int64_t group = 0; group < graph::group_count; ++group) {
        auto const found = showers.changes(group);
        auto const layers = PassShowers::layers_of(group);
        for (std::int64_t i = 0; i < found.size(1); ++i) {
            auto const own = hits[0][layers.first + i * layers.step].item<float>();
            EXPECT_NEAR(found[0][i].item<float>(), generator->form().change(own), 1e-6F);
        }
    }
    EXPECT_GT(generator->form().change(1), 1.4F);  // more in a layer of one hit
    EXPECT_EQ(generator->form().change(5), graph::least_change);
}

TEST(Passes, drawn_layers_keep_their_energies)
{
    torch::manual_seed(6);
    auto const showers = made_up_showers(300);
    auto generator = trained(small_config(), showers);
    for (int i = 0; i < 10; ++i) {
        auto const drawn = draw_one(generator, true);
        auto const least = static_cast<double>(generator->form().least);
        EXPECT_GE(drawn.cells.masked_select(drawn.cells > 0).min().item<double>(), 0.999 * least);
        auto const sums = drawn.cells.sum({2, 3}).squeeze(0);
        for (std::int64_t layer = 0; layer < sums.size(0); ++layer) {
            double const wanted = drawn.layers[0][layer].item<double>();
            if (wanted < least) continue;
            // Hits under the least are lifted to it.
            EXPECT_NEAR(sums[layer].item<double>(), wanted, 1e-4 * wanted + 5 * least) << layer;
        }
    }
}

TEST(Passes, exported_network_makes_the_module_s_showers)
{
    auto const showers = made_up_showers(200);
    auto const config = small_config();
    PassTrainer trainer(config, showers, torch::kCPU);
    for (int i = 0; i < 20; ++i) trainer.step();
    auto const file = std::filesystem::path(::testing::TempDir()) / "passes_test.pt";
    trainer.candidate(0)->save(file, "");
    auto const stored = load_passes(file);
    expect_exported_showers(
        stored, [](PassGenerator generator, LayerFacts const& facts, torch::Tensor const& uniform) {
            return generator->cells(facts, uniform);
        });
}

TEST(Passes, likelihood_of_showers_rises_with_steps)
{
    auto const showers = made_up_showers(400);
    auto config = small_config();
    config.generator_rate = 1e-2;
    PassTrainer trainer(config, showers, torch::kCPU);
    auto const mean_of = [&](int steps) {
        double sum = 0;
        for (int i = 0; i < steps; ++i) {
            auto const losses = trainer.step();
            sum += losses.layer_hits + losses.hits + losses.energies;
        }
        return sum / steps;
    };
    mean_of(3);  // the head's
    auto const first = mean_of(10);
    mean_of(60);
    EXPECT_LT(mean_of(10), first - 10.0);
}

TEST(Passes, stops_and_goes_on_with_the_same_numbers)
{
    auto const showers = made_up_showers(100);
    auto const config = small_config();
    PassTrainer whole(config, showers, torch::kCPU), first(config, showers, torch::kCPU);
    for (int i = 0; i < 8; ++i) whole.step();
    for (int i = 0; i < 5; ++i) first.step();
    std::stringstream stream;
    torch::serialize::OutputArchive out;
    first.save(out);
    out.save_to(stream);
    PassTrainer second(config, showers, torch::kCPU);
    torch::serialize::InputArchive in;
    in.load_from(stream);
    second.load(in);
    for (int i = 5; i < 8; ++i) second.step();
    EXPECT_EQ(second.steps_done(), whole.steps_done());
    EXPECT_EQ(second.step().energies, whole.step().energies);
}

}  // namespace
}  // namespace lowcal::training
