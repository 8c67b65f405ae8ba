#pragma once

#include "training/architecture.hpp"
#include "training/shower_set.hpp"

#include <filesystem>
#include <vector>

namespace lowcal::cli {

struct TrainingShowers {
    training::ShowerSet training;
    training::ShowerSet held_out;
};

struct TrainingShowersConfig {
    std::int64_t held_out = 400;  ///< the last of every file, in equal shares, at least one of each
    bool skip_bad = false;        ///< drop and count showers with NaN or negative cells
};

/// Reads shower files into the form that the trainer takes: float16 cells in GeV x image_scale.
TrainingShowers read_training_showers(std::vector<std::filesystem::path> const& files,
                                      TrainingShowersConfig config);

}  // namespace lowcal::cli
