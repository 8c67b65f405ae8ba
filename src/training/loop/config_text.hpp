#pragma once

#include "training/loop/training_config.hpp"

#include <string>

namespace lowcal::training {

/// "key value" lines: how a training's configuration stands in checkpoints and model metadata.
std::string to_text(TrainingConfig const& config);
/// Throws InputError for an unknown or missing key or a value that is not a number.
TrainingConfig config_from_text(std::string const& text);

}  // namespace lowcal::training
