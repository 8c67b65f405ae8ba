#pragma once

#include "cli/trainer/train_options.hpp"

namespace lowcal::cli {

/// Of a training that goes on, from a checkpoint of the form `begun`. Throws UsageError for an
/// option on the command line that says what cannot change any more: architecture, recipe,
/// symmetries, latent vectors, and what the networks' forms hang on.
void require_as_begun(CLI::App const& app, TrainOptions const& options,
                      training::TrainingConfig const& begun);

}  // namespace lowcal::cli
