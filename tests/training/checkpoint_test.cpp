#include "training/loop/checkpoint.hpp"

#include "core/error.hpp"
#include "core/files/temporary_folder.hpp"
#include "training/loop/config_text.hpp"
#include "training/study/trainer.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <fstream>

namespace lowcal::training {
namespace {

namespace fs = std::filesystem;

/// A handful of invented showers: enough for steps, not for physics.
ShowerSet few_showers()
{
    torch::manual_seed(9);
    return {.cells = torch::rand({24, 25, 25, 25}), .energy = torch::rand({24}) * 400.0 + 2.0};
}

TrainingConfig quick_config()
{
    TrainingConfig config;
    config.batch = 8;
    config.seed = 11;
    config.linear_epochs = 0;
    config.weights.mean_shower = 1.0;
    return config;
}

class Checkpoint : public ::testing::Test {
protected:
    TemporaryFolder temporary{"test"};
    fs::path folder = temporary.path();
    ShowerSet showers = few_showers();
};

TEST_F(Checkpoint, a_resumed_training_goes_on_with_the_same_random_stream)
{
    Trainer straight(quick_config(), showers, torch::kCPU);
    straight.step();
    save_checkpoint(folder, straight, {.seconds = 12});
    auto const expected = straight.step();

    Trainer resumed(quick_config(), showers, torch::kCPU);
    auto const state = load_checkpoint(newest_checkpoint(folder), resumed);
    EXPECT_EQ(state.seconds, 12);
    EXPECT_EQ(resumed.steps_done(), 1);
    auto const losses = resumed.step();
    EXPECT_EQ(losses.generator, expected.generator);
    EXPECT_EQ(losses.discriminator_real, expected.discriminator_real);

    auto config = quick_config();
    config.seed = 12;
    Trainer other(config, showers, torch::kCPU);
    load_checkpoint(newest_checkpoint(folder), other);
    EXPECT_NE(other.step().generator, expected.generator);  // another stream would be seen
}

TEST_F(Checkpoint, a_damaged_checkpoint_leaves_the_one_before_it)
{
    Trainer trainer(quick_config(), showers, torch::kCPU);
    save_checkpoint(folder, trainer, {});
    save_checkpoint(folder, trainer, {});
    auto const files = checkpoint_files(folder);
    fs::resize_file(files.current, fs::file_size(files.current) / 2);
    EXPECT_EQ(newest_checkpoint(folder), files.previous);
    fs::remove(files.previous);
    EXPECT_THROW(newest_checkpoint(folder), InputError);
}

TEST_F(Checkpoint, damaged_anywhere_leaves_the_one_before_it_and_says_so)
{
    Trainer trainer(quick_config(), showers, torch::kCPU);
    save_checkpoint(folder, trainer, {.seconds = 1});
    save_checkpoint(folder, trainer, {.seconds = 2});
    auto const files = checkpoint_files(folder);
    std::ifstream stream(files.current, std::ios::binary);
    std::string const whole{std::istreambuf_iterator<char>(stream), {}};
    auto const expect_previous = [&](std::string const& content, std::string const& what) {
        std::ofstream(files.current, std::ios::binary) << content;
        auto const found = find_checkpoint(folder);
        EXPECT_EQ(found.file, files.previous) << what;
        ASSERT_EQ(found.damaged.size(), 1U) << what;
        EXPECT_NE(found.damaged[0].find("checkpoint.pt"), std::string::npos) << found.damaged[0];
    };
    for (std::size_t part = 0; part < 8; ++part)
        expect_previous(whole.substr(0, whole.size() * part / 8), "cut " + std::to_string(part));
    expect_previous(std::string(whole.size(), 'x'), "no archive");
    for (std::size_t part = 1; part < 8; ++part) {
        auto changed = whole;
        auto const at = whole.size() * part / 8;
        for (std::size_t i = 0; i < 64; ++i) changed[at + i] = static_cast<char>(~changed[at + i]);
        expect_previous(changed, "changed at " + std::to_string(at));
    }
}

TEST_F(Checkpoint, keeps_the_losses_that_stand_in_no_line_yet)
{
    Trainer trainer(quick_config(), showers, torch::kCPU);
    save_checkpoint(folder, trainer, {.loss_sums = {0.5, 1.5}, .summed_steps = 3});
    auto const state = load_checkpoint(newest_checkpoint(folder), trainer);
    EXPECT_EQ(state.loss_sums, (std::vector<double>{0.5, 1.5}));
    EXPECT_EQ(state.summed_steps, 3);
}

TEST_F(Checkpoint, of_a_training_killed_between_the_renames_is_there_and_found)
{
    EXPECT_FALSE(has_checkpoint(folder));
    Trainer trainer(quick_config(), showers, torch::kCPU);
    save_checkpoint(folder, trainer, {});
    auto const files = checkpoint_files(folder);
    auto const fresh = folder / "checkpoint.new.pt";  // its name until the older one has moved
    fs::copy_file(files.current, fresh);
    fs::rename(files.current, files.previous);
    EXPECT_TRUE(has_checkpoint(folder));
    EXPECT_EQ(newest_checkpoint(folder), fresh);
    fs::remove(fresh);
    EXPECT_TRUE(has_checkpoint(folder));
    EXPECT_EQ(newest_checkpoint(folder), files.previous);
}

TEST(TrainingConfigText, survives_the_round_trip_and_refuses_what_it_does_not_know)
{
    auto config = quick_config();
    config.generator_rate = 1.0 / 3.0;
    config.normalisation = Normalisation::constant;
    auto const text = to_text(config);
    EXPECT_EQ(to_text(config_from_text(text)), text);
    EXPECT_EQ(config_from_text(text).generator_rate, 1.0 / 3.0);
    EXPECT_THROW(config_from_text(text + "surprise 1\n"), InputError);
    EXPECT_THROW(config_from_text("architecture conv2d\n"), InputError);
}

}  // namespace
}  // namespace lowcal::training
