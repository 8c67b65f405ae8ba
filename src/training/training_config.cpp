#include "training/training_config.hpp"

namespace lowcal::training {

TrainingConfig default_config(Architecture architecture)
{
    TrainingConfig config;
    config.architecture = architecture;
    if (architecture != Architecture::lean) return config;
    config.batch = 64;
    config.generator_rate = 4e-4;
    config.discriminator_rate = 4e-4;
    return config;
}

}  // namespace lowcal::training
