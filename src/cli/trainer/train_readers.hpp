#pragma once

#include "training/loop/training_config.hpp"

namespace CLI {
class App;
}

namespace lowcal::cli {

/// Throws CLI::ValidationError for an option on the command line that this training does not read,
/// and says which trainings do.
void require_readers(CLI::App const& app, training::TrainingConfig const& config);

}  // namespace lowcal::cli
