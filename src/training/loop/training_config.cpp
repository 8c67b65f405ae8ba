#include "training/loop/training_config.hpp"

namespace lowcal::training {
namespace {

void take_paired_defaults(TrainingConfig& config)
{
    config.batch = 32;
    config.generator_rate = 0.002;
    config.generator_rate_unit = RateUnit::relative;
    config.discriminator_rate = 3e-4;
    config.generator_dropout = 0.0;
    config.normalisation = Normalisation::constant;
    config.linear_epochs = 0.0;
    config.average_decay = 0.998;
    config.weights.adversarial = 1.0;
    config.weights.cell_sum = 0.02;
}

}  // namespace

TrainingConfig default_config(Architecture architecture, Recipe recipe)
{
    TrainingConfig config;
    config.architecture = architecture;
    if (architecture == Architecture::fine) {
        config.batch = 8;
        config.generator_rate = 2e-3;
        config.average_decay = 0.998;
        config.ramp_steps = 100;
        return config;
    }
    if (architecture != Architecture::lean) {
        config.recipe = recipe;
        config.latent_norm = LatentNorm::fixed;
        if (recipe == Recipe::paired) take_paired_defaults(config);
        return config;
    }
    config.batch = 64;
    config.generator_rate = 4e-4;
    config.discriminator_rate = 4e-4;
    return config;
}

}  // namespace lowcal::training
