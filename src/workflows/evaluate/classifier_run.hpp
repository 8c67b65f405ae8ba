#pragma once

#include "validation/comparison.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lowcal::workflows {

/// Classifiers' figures of each candidate by name, and of the controls.
using ClassifierFigures = std::map<std::string, validation::Classifiers>;

/// A shower file that classifiers are trained to tell from the reference.
struct ClassifierCandidate {
    std::string name;
    std::filesystem::path file;
};

struct ClassifierRun {
    std::filesystem::path reference;
    std::vector<ClassifierCandidate> candidates;
    std::uint64_t seed = 0;
    int threads = 1;
};

/// The program `lowcal-train` beside this one.
std::filesystem::path trainer_program();

/// Trains and judges the classifiers in the trainer's own program (docs/observables.md), which
/// shows progress on standard error. Throws InputError where that program is not there (built
/// without LibTorch) or fails.
ClassifierFigures run_classifiers(ClassifierRun const& run);

}  // namespace lowcal::workflows
