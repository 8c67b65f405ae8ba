#pragma once

#include "training/loop/checkpoint.hpp"
#include "training/loop/physics_monitor.hpp"
#include "training/parallel/ranks.hpp"

#include <functional>

namespace lowcal::training {

/// How long a training runs and what it leaves behind.
struct LoopConfig {
    std::filesystem::path folder;            ///< checkpoints, losses.csv, physics.csv, best.pt
    std::int64_t steps = 1000;               ///< stop after this many in all
    double minutes = 0;                      ///< stop after this time in all; 0: no limit
    double checkpoint_minutes = 3;           ///< between checkpoints
    double physics_minutes = 10;             ///< between looks at the physics
    bool physics = true;                     ///< whether it looks, also at the end: makes best.pt
    std::int64_t log_steps = 10;             ///< steps averaged in a line of losses.csv
    std::int64_t calibration_showers = 256;  ///< for the normalisation of the averaged network
};

enum class LoopEnd { finished, stopped, not_a_number };

/// Trains until the end is reached or `stop_requested` says so. On a loss that is not a number it
/// ends at once and leaves the last checkpoint as it was. Progress goes to standard error. Of
/// several `ranks` the first writes all files, speaks and looks at the physics; one that is asked
/// to stop stops all. Throws InputError where one is lost, and leaves the last checkpoint as it
/// was.
LoopEnd run_training(TrainingRun& training, PhysicsMonitor const& monitor, LoopConfig const& config,
                     LoopState state, std::function<bool()> const& stop_requested,
                     Ranks const& ranks = one_process());

}  // namespace lowcal::training
