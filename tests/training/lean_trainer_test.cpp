#include "training/lean/lean_trainer.hpp"

#include "core/error.hpp"
#include "core/files/temporary_folder.hpp"
#include "training/loop/checkpoint.hpp"
#include "training/loop/config_text.hpp"
#include "training/stored_generator.hpp"
#include "training/trainings.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

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
    TemporaryFolder temporary{"test"};
    fs::path folder = temporary.path();
    ShowerSet showers = few_showers();
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
    EXPECT_EQ(losses.matching[MatchingTerm::image],
              expected.matching[MatchingTerm::image]);  // of the memory, too

    auto config = quick_config();
    config.seed = 12;
    LeanTrainer other(config, showers, torch::kCPU);
    load_checkpoint(newest_checkpoint(folder), other);
    EXPECT_NE(other.step().adversarial, expected.adversarial);  // another stream would be seen
}

/// All parameters of a module in one row.
torch::Tensor numbers_of(torch::nn::Module const& module)
{
    std::vector<torch::Tensor> parts;
    for (auto const& parameter : module.parameters()) parts.push_back(parameter.detach().flatten());
    return torch::cat(parts);
}

TEST_F(LeanTraining, trains_the_head_first_and_then_leaves_it_alone)
{
    LeanTrainer trainer(quick_config(), showers, torch::kCPU);
    auto exported = [&] {
        trainer.candidate(0)->save(folder / "one.pt", "");
        return load_lean(folder / "one.pt").generator;
    };
    auto const losses = trainer.step();
    EXPECT_NE(losses.head, 0.0);
    EXPECT_EQ(losses.adversarial, 0.0);
    auto const first = exported();
    trainer.step();
    auto const second = exported();
    EXPECT_FALSE(torch::equal(numbers_of(*first->head), numbers_of(*second->head)));
    EXPECT_TRUE(torch::equal(numbers_of(*first->shapes), numbers_of(*second->shapes)));
    EXPECT_GT(trainer.step().adversarial, 0.0);
    auto const third = exported();
    EXPECT_TRUE(torch::equal(numbers_of(*second->head), numbers_of(*third->head)));
    EXPECT_FALSE(torch::equal(numbers_of(*second->shapes), numbers_of(*third->shapes)));
}

TEST_F(LeanTraining, shows_the_generator_where_the_primary_entered)
{
    auto config = quick_config();
    config.lean.head_steps = 0;
    auto first_losses = [&](torch::Tensor const& entry) {
        showers.entry = entry;
        LeanTrainer trainer(config, showers, torch::kCPU);
        return trainer.step();
    };
    torch::manual_seed(3);
    auto const entry = torch::rand({showers.count(), 2}) * 1.8 - 0.9;
    auto const unknown = first_losses({});
    auto const known = first_losses(entry);
    // The first losses of equal weights and noise differ by what the entry point changes in the
    // generated showers, not by what the critic is told alone.
    constexpr auto profile = MatchingTerm::profile, features = MatchingTerm::features;
    EXPECT_NE(known.matching[profile], unknown.matching[profile]);
    EXPECT_EQ(first_losses(entry).matching[profile], known.matching[profile]);
    EXPECT_NE(first_losses(-entry).matching[features], known.matching[features]);
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

TEST(LeanConfigText, of_a_version_without_the_depth_loss_is_read_as_trained_without_it)
{
    auto text = to_text(quick_config());
    auto const from = text.find("lean_weight_depth");
    text.erase(from, text.find('\n', from) + 1 - from);
    EXPECT_EQ(config_from_text(text + "lean_base_gain 0.05\n").lean.weight_depth, 0.0);
    EXPECT_GT(config_from_text(to_text(quick_config())).lean.weight_depth, 0.0);
}

}  // namespace
}  // namespace lowcal::training
