#pragma once

#include "core/detector/detector.hpp"
#include "data/reading/cell_check.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::workflows {

/// What an evaluation is asked for.
struct EvaluateOptions {
    std::filesystem::path reference;
    std::optional<Detector> detector{};  ///< of a reference that does not say its own
    std::filesystem::path ports{};       ///< of candidates that do not say what their inputs are
    std::string reference_name = "reference";
    std::vector<std::string> candidates;
    std::filesystem::path folder;
    std::filesystem::path json;
    std::uint64_t seed = 20211;
    int threads = 0;
    float picture_energy = 100.0F;
    bool skip_bad_showers = false;
    data::NegativeCells negative_cells = data::NegativeCells::error;  ///< of files
    std::size_t showers = 0;         ///< of a candidate's file at most, spread evenly; 0: all
    std::filesystem::path training;  ///< showers that candidates were trained on, or empty
    bool judge = true;               ///< by boosted trees
    std::filesystem::path features;  ///< CSV of what the judge sees, or empty
    bool classifiers = false;        ///< on cells, by the trainer
    std::string control;             ///< NAME=FILE_OR_MODEL, or empty
    std::string fail_on;             ///< "different" or empty
    bool halves = false;             ///< compare the reference's halves, too

    /// What the user typed, as far as it matters for the results.
    std::string command() const;
};

}  // namespace lowcal::workflows
