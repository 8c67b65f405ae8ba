#include "training/nn/learning_rate.hpp"

#include "training/study/trainer.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lowcal::training {
namespace {

TEST(LearningRate, is_constant_without_ramp_and_decay)
{
    for (std::int64_t const step : {0, 1, 1000000}) EXPECT_EQ(rate_share({}, step), 1.0);
}

TEST(LearningRate, rises_by_equal_shares_to_its_value_in_the_last_step_of_the_ramp)
{
    RateSchedule const ramp{.ramp_steps = 4};
    EXPECT_EQ(rate_share(ramp, 0), 0.25);  // never zero: the first step would be lost
    EXPECT_EQ(rate_share(ramp, 1), 0.5);
    EXPECT_EQ(rate_share(ramp, 3), 1.0);
    EXPECT_EQ(rate_share(ramp, 4), 1.0);
}

TEST(LearningRate, falls_along_half_a_cosine_to_two_percent_and_stays_there)
{
    RateSchedule const decay{.decay_steps = 300};
    constexpr double rounding = 1e-15;  // of a cosine near 1, in double
    EXPECT_EQ(rate_share(decay, 0), 1.0);
    EXPECT_NEAR(rate_share(decay, 100), 0.02 + 0.98 * 0.75, rounding);  // cos 60 degrees = 1/2
    EXPECT_NEAR(rate_share(decay, 150), 0.51, rounding);
    EXPECT_NEAR(rate_share(decay, 200), 0.02 + 0.98 * 0.25, rounding);
    for (std::int64_t const step : {300, 301, 100000})
        EXPECT_NEAR(rate_share(decay, step), 0.02, rounding);
    for (std::int64_t step = 1; step <= 300; ++step)
        EXPECT_LT(rate_share(decay, step), rate_share(decay, step - 1));
}

TEST(LearningRate, multiplies_ramp_and_decay)
{
    RateSchedule const both{.ramp_steps = 10, .decay_steps = 100};
    EXPECT_EQ(rate_share(both, 4), 0.5 * rate_share({.decay_steps = 100}, 4));
    EXPECT_EQ(rate_share(both, 10), rate_share({.decay_steps = 100}, 10));
}

/// How far the generator's weights move in a trainer's first step, all together.
torch::Tensor first_move(TrainingConfig const& config)
{
    torch::manual_seed(9);
    ShowerSet const showers{.cells = torch::rand({16, 25, 25, 25}),
                            .energy = torch::rand({16}) * 400.0 + 2.0};
    Trainer trainer(config, showers, torch::kCPU);
    auto weights = [&] {
        std::vector<torch::Tensor> parts;
        for (auto const& part : trainer.averaged_generator(8)->parameters())
            parts.push_back(part.detach().flatten());
        return torch::cat(parts).to(torch::kFloat64);
    };
    auto const before = weights();
    trainer.step();
    return weights() - before;
}

TEST(RateShare, falls_as_often_as_there_are_members)
{
    RateSchedule const twice{.decay_steps = 301, .falls = 2};
    EXPECT_EQ(end_of_fall(twice, 1), 150);
    EXPECT_EQ(end_of_fall(twice, 2), 301);
    for (std::int64_t const step : {0, 40, 149})
        EXPECT_EQ(rate_share(twice, step), rate_share({.decay_steps = 150}, step));
    for (std::int64_t const step : {150, 200, 300, 301, 1000})
        EXPECT_EQ(rate_share(twice, step), rate_share({.decay_steps = 151}, step - 150));
    EXPECT_EQ(rate_share(twice, 150), 1.0);
}

TEST(LearningRate, of_a_training_follows_its_ramp)
{
    // A discriminator that learns would judge, and so push, differently.
    TrainingConfig config{.seed = 3, .batch = 8, .discriminator_rate = 0};
    auto const whole = first_move(config);
    config.ramp_steps = 4;
    auto const quarter = first_move(config);
    // Both take the same step, one four times as far. A move is a difference of weights within 2,
    // each rounded to float32 in the step and in the average: 2^-23 each, times 4 + 1 moves.
    double const tolerance = 5 * 2 * 0x1p-23;
    EXPECT_LT((4.0 * quarter - whole).abs().max().item<double>(), tolerance);
    EXPECT_GT((3.0 * quarter - whole).abs().max().item<double>(), tolerance);  // the check bites
}

}  // namespace
}  // namespace lowcal::training
