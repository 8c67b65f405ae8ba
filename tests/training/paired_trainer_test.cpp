#include "training/study/paired_trainer.hpp"

#include "core/error.hpp"
#include "training/clic.hpp"
#include "training/loop/checkpoint.hpp"
#include "training/loop/config_text.hpp"
#include "training/stored_generator.hpp"
#include "training/trainings.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <unistd.h>

namespace lowcal::training {
namespace {

namespace fs = std::filesystem;

ShowerSet few_showers()
{
    torch::manual_seed(9);
    auto const cells = invented_cells(16);
    return {.cells = cells.permute({0, 2, 3, 1}).contiguous() * (image_scale / 1000.0),
            .energy = cells.sum({1, 2, 3}) / 20.0,
            .entry = torch::rand({16, 2}) - 0.5};
}

TrainingConfig quick_config()
{
    auto config = default_config(Architecture::conv2d, Recipe::paired);
    config.batch = 4;
    config.seed = 11;
    config.factor_rank = 4;
    config.lean.penalty_interval = 2;
    config.settling_showers = 0;
    return config;
}

class PairedTraining : public ::testing::Test {
protected:
    fs::path folder = fs::temp_directory_path() / ("lowcal_paired_" + std::to_string(::getpid()));
    ShowerSet showers = few_showers();
    EnergyHead flow = make_lean().generator->head;
    void SetUp() override { fs::create_directories(folder); }
    void TearDown() override { fs::remove_all(folder); }
};

TEST_F(PairedTraining, goes_on_after_a_checkpoint_as_if_it_had_not_stopped)
{
    PairedTrainer straight(quick_config(), showers, flow, torch::kCPU);
    for (int i = 0; i < 2; ++i) straight.step();
    save_checkpoint(folder, straight, {.seconds = 12});
    auto const expected = straight.step();
    EXPECT_GT(expected.penalty, 0.0);
    EXPECT_GT(expected.adversarial, 0.0);

    // The flow comes with the checkpoint.
    PairedTrainer resumed(quick_config(), showers, EnergyHead(clic), torch::kCPU);
    EXPECT_EQ(load_checkpoint(newest_checkpoint(folder), resumed).seconds, 12);
    EXPECT_EQ(resumed.steps_done(), 2);
    auto const losses = resumed.step();
    EXPECT_EQ(losses.critic, expected.critic);
    EXPECT_EQ(losses.layers, expected.layers);
    EXPECT_EQ(losses.matching[MatchingTerm::image], expected.matching[MatchingTerm::image]);

    auto config = quick_config();
    config.seed = 12;
    PairedTrainer other(config, showers, flow, torch::kCPU);
    load_checkpoint(newest_checkpoint(folder), other);
    EXPECT_NE(other.step().layers, expected.layers);  // another stream would be seen
}

TEST_F(PairedTraining, warms_up_without_the_critic)
{
    auto config = quick_config();
    config.warm_up_epochs = 0.25;
    PairedTrainer trainer(config, showers, flow, torch::kCPU);
    auto const first = trainer.step();
    EXPECT_GT(first.single_shower, 0.0);
    EXPECT_EQ(first.critic, 0.0);
    auto const second = trainer.step();
    EXPECT_EQ(second.single_shower, 0.0);
    EXPECT_GT(second.critic, 0.0);
}

TEST_F(PairedTraining, leaves_a_network_of_the_studys_architecture)
{
    PairedTrainer trainer(quick_config(), showers, flow, torch::kCPU);
    trainer.step();
    trainer.candidate(0)->save(folder / "one.pt", "steps 1\n");
    auto const stored = load_generator(folder / "one.pt");
    EXPECT_EQ(count_numbers(*stored.generator), expected_parameters(Architecture::conv2d));
    EXPECT_EQ(stored.config.latent_norm, LatentNorm::fixed);
}

TEST_F(PairedTraining, settles_fluctuations_in_the_first_layer_alone)
{
    auto config = quick_config();
    config.settling_showers = 64;
    PairedTrainer trainer(config, showers, flow, torch::kCPU);
    PairedTrainer as_it_was(quick_config(), showers, flow, torch::kCPU);
    auto const saved = [&](PairedTrainer const& training, char const* name) {
        training.candidate(0)->save(folder / name, "steps 0\n");
        return load_generator(folder / name).generator->parameters();
    };
    auto const settled = saved(trainer, "settled.pt");
    auto const plain = saved(as_it_was, "plain.pt");
    ASSERT_EQ(settled.size(), plain.size());
    std::size_t changed = 0;
    for (std::size_t i = 0; i < settled.size(); ++i)
        if (!torch::equal(settled[i], plain[i])) ++changed;
    EXPECT_EQ(changed, 1U);
}

TEST_F(PairedTraining, refuses_batches_that_its_critic_cannot_group)
{
    auto config = quick_config();
    config.batch = 10;
    EXPECT_THROW(PairedTrainer(config, showers, flow, torch::kCPU), InputError);
}

TEST_F(PairedTraining, knows_the_noise_that_layer_energies_come_from)
{
    torch::NoGradGuard const no_gradient;
    auto const energy = torch::tensor({20.0F, 60.0F, 200.0F, 450.0F});
    auto const noise = 0.3 * torch::randn({4, clic.layers()});
    auto const layers = flow->forward(noise, Primary{.energy = energy});
    auto const found = flow->noise_of(flow->encode(layers, energy), Primary{.energy = energy});
    // Eight couplings and a whitening forth and back in float32.
    EXPECT_LE((found - noise).abs().max().item<double>(), 1e-2);
    auto const other =
        flow->noise_of(flow->encode(layers, energy), Primary{.energy = 1.1 * energy});
    EXPECT_GT((other - noise).abs().max().item<double>(), 1e-2);
}

TEST(PairedConfigText, survives_the_round_trip_and_earlier_texts_mean_the_studys_recipe)
{
    auto const text = to_text(quick_config());
    EXPECT_EQ(to_text(config_from_text(text)), text);
    auto earlier = to_text(default_config(Architecture::conv2d));
    EXPECT_EQ(config_from_text(earlier).latent_norm, LatentNorm::fixed);
    for (std::string const key : {"recipe", "latent_norm"}) {
        auto const from = earlier.find(key);
        earlier.erase(from, earlier.find('\n', from) + 1 - from);
    }
    EXPECT_EQ(config_from_text(earlier).recipe, Recipe::study);
    EXPECT_EQ(config_from_text(earlier).latent_norm, LatentNorm::free);
}

}  // namespace
}  // namespace lowcal::training
