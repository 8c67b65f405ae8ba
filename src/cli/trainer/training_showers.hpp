#pragma once

#include "data/reading/cell_check.hpp"
#include "training/architecture.hpp"
#include "training/shower_set.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::cli {

struct TrainingShowers {
    training::ShowerSet training;
    training::ShowerSet held_out;
    std::string remark{};  ///< what was derived from the showers, in one sentence; or empty
};

struct TrainingShowersConfig {
    std::int64_t held_out = 400;  ///< the last of every file, in equal shares, at least one of each
    bool skip_bad = false;        ///< drop and count showers with NaN or negative cells
    data::NegativeCells negative_cells = data::NegativeCells::error;  ///< not `keep`
    std::optional<Detector> detector{};  ///< of files that do not say theirs
    /// Of the network that is to be trained on; if none, made from the showers.
    std::optional<training::ShowerGeometry> geometry{};
};

/// Reads shower files into the form that the trainer takes: float16 cells in GeV x image_scale, and
/// the conditions that all files say of their showers and that vary (direction, particle). Throws
/// InputError where files are of different detectors, of another than the geometry's, or lack one
/// of its conditions.
TrainingShowers read_training_showers(std::vector<std::filesystem::path> const& files,
                                      TrainingShowersConfig const& config);

}  // namespace lowcal::cli
