#include "training/lean_trainer.hpp"

#include "core/error.hpp"
#include "training/checkpoint.hpp"
#include "training/config_text.hpp"
#include "training/stored_generator.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <unistd.h>

namespace lowcal::training {
namespace {

namespace fs = std::filesystem;

ShowerSet few_showers()
{
    torch::manual_seed(9);
    auto const cells = invented_cells(24);
    return {.cells = cells.permute({0, 2, 3, 1}).contiguous() * (image_scale / 1000.0),
            .energy = cells.sum({1, 2, 3}) / 20.0};
}

/// Two steps of the head, then the shapes.
TrainingConfig quick_config()
{
    auto config = default_config(Architecture::lean);
    config.batch = 8;
    config.seed = 11;
    config.lean.head_steps = 2;
    config.lean.head_batch = 16;
    config.lean.penalty_interval = 2;
    return config;
}

class LeanTraining : public ::testing::Test {
protected:
    fs::path folder = fs::temp_directory_path() / ("lowcal_lean_" + std::to_string(::getpid()));
    ShowerSet showers = few_showers();
    void SetUp() override { fs::create_directories(folder); }
    void TearDown() override { fs::remove_all(folder); }
};

TEST_F(LeanTraining, goes_on_after_a_checkpoint_as_if_it_had_not_stopped)
{
    LeanTrainer straight(quick_config(), showers, torch::kCPU);
    for (int i = 0; i < 4; ++i) straight.step();
    save_checkpoint(folder, straight, {.seconds = 12});
    auto const expected = straight.step();
    EXPECT_GT(expected.penalty, 0.0);

    LeanTrainer resumed(quick_config(), showers, torch::kCPU);
    EXPECT_EQ(load_checkpoint(newest_checkpoint(folder), resumed).seconds, 12);
    EXPECT_EQ(resumed.steps_done(), 4);
    auto const losses = resumed.step();
    EXPECT_EQ(losses.critic_real, expected.critic_real);
    EXPECT_EQ(losses.adversarial, expected.adversarial);
    EXPECT_EQ(losses.image, expected.image);  // of the memory, too

    auto config = quick_config();
    config.seed = 12;
    LeanTrainer other(config, showers, torch::kCPU);
    load_checkpoint(newest_checkpoint(folder), other);
    EXPECT_NE(other.step().adversarial, expected.adversarial);  // another stream would be seen
}

TEST_F(LeanTraining, trains_the_head_first_and_then_leaves_it_alone)
{
    LeanTrainer trainer(quick_config(), showers, torch::kCPU);
    auto const first = trainer.step();
    EXPECT_NE(first.head, 0.0);
    EXPECT_EQ(first.adversarial, 0.0);
    trainer.step();
    auto const energy = torch::full({2}, 90.0F);
    auto sum_of_showers = [&] {
        torch::manual_seed(5);
        return trainer.candidate(0)->showers(energy).sum().item<double>();
    };
    double const before = sum_of_showers();
    auto const third = trainer.step();
    EXPECT_EQ(third.head, 0.0);
    EXPECT_GT(third.adversarial, 0.0);
    // Layer energies are the head's: the shapes change the sum by cells under the threshold only.
    EXPECT_NEAR(sum_of_showers(), before, 1e-3 * before);
    LeanTrainer longer(
        [] {
            auto config = quick_config();
            config.lean.head_steps = 3;
            return config;
        }(),
        showers, torch::kCPU);
    for (int i = 0; i < 3; ++i) longer.step();
    torch::manual_seed(5);
    EXPECT_GT(std::abs(longer.candidate(0)->showers(energy).sum().item<double>() - before),
              1e-3 * before);
}

TEST_F(LeanTraining, refuses_batches_that_its_critic_cannot_group)
{
    auto config = quick_config();
    config.batch = 10;
    EXPECT_THROW(LeanTrainer(config, showers, torch::kCPU), InputError);
    config.batch = 12;
    EXPECT_NO_THROW(LeanTrainer(config, showers, torch::kCPU));
}

TEST(LeanConfigText, survives_the_round_trip_and_stands_in_no_other_architecture)
{
    auto config = quick_config();
    config.lean.gradient_penalty = 1.0 / 3.0;
    auto const text = to_text(config);
    EXPECT_EQ(to_text(config_from_text(text)), text);
    EXPECT_EQ(config_from_text(text).lean.gradient_penalty, 1.0 / 3.0);
    EXPECT_EQ(to_text(default_config(Architecture::conv2d)).find("lean"), std::string::npos);
    EXPECT_NE(text.find("lean_head_steps 2"), std::string::npos);
}

}  // namespace
}  // namespace lowcal::training
