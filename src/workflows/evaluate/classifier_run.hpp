#pragma once

#include "core/area_under_curve.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lowcal::workflows {

/// The classifier's figure of each candidate by name, and of the controls.
using ClassifierFigures = std::map<std::string, AreaUnderCurve>;

/// A shower file that a classifier is trained to tell from the reference.
struct ClassifierCandidate {
    std::string name;
    std::filesystem::path file;
};

struct ClassifierRun {
    std::filesystem::path reference;
    std::vector<ClassifierCandidate> candidates;
    std::uint64_t seed = 0;
    int threads = 1;
    bool zero_negative_cells = false;  ///< else showers with such cells are dropped
};

/// The program `lowcal-train` beside this one.
std::filesystem::path trainer_program();

/// Trains and judges a classifier on cells in the trainer's own program (docs/observables.md),
/// which shows progress on standard error. Throws InputError where that program is not there (built
/// without LibTorch) or fails.
ClassifierFigures run_classifiers(ClassifierRun const& run);

}  // namespace lowcal::workflows
