#pragma once

#include "training/loop/training_config.hpp"
#include "training/shower_set.hpp"
#include "training/study/networks.hpp"

namespace lowcal::training {

/// Corrects a generator's first layer such that the total energy and the depth of its showers vary
/// as those of real ones do (nn/latent_response.hpp): by `count` real showers and as many of its
/// own at their energies. Draws from LibTorch's global generator.
void settle_fluctuations(Generator& generator, ShowerSet const& showers,
                         TrainingConfig const& config, std::int64_t count, torch::Device device);

}  // namespace lowcal::training
