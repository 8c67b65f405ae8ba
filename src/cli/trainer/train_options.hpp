#pragma once

#include "data/reading/cell_check.hpp"
#include "training/loop/training_loop.hpp"
#include "training/trainings.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace lowcal::cli {

/// The command line of `lowcal train`.
struct TrainOptions {
    std::string architecture = "conv2d";
    training::Recipe recipe = training::Recipe::study;
    bool free_latents = false;
    std::vector<std::filesystem::path> data;
    std::filesystem::path folder;
    std::string precision = "f32";
    std::string device = "cpu";
    int threads = 0;
    std::int64_t held_out = 400;
    std::filesystem::path detector;
    bool skip_bad_showers = false;
    data::NegativeCells negative_cells = data::NegativeCells::error;
    bool no_symmetries = false;
    training::TrainingStart start{};
    std::filesystem::path export_to;
    std::int64_t member = 0;             ///< to export; 0: best.pt
    std::filesystem::path checkpoint{};  ///< to go on from, with --resume
    training::TrainingConfig training{};
    training::LoopConfig loop{};
};

/// Adds them all; `options` holds what they begin with.
void add_train_options(CLI::App& app, TrainOptions& options);

}  // namespace lowcal::cli
