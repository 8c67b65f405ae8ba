#pragma once

#include "core/detector/detector.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::workflows {

struct MakeRequest {
    std::vector<std::filesystem::path> data{};  ///< shower files
    std::filesystem::path out{};                ///< folder
    std::string architecture = "fine";          ///< or "lean" or "passes"
    std::optional<Detector> detector{};         ///< of files that do not say their own
    std::filesystem::path reference{};  ///< to judge on; if empty, showers of `data` are held out
    double minutes = 60;                ///< of training, in all
    std::uint64_t seed = 1;             ///< of the training
    int threads = 0;                    ///< 0: all
    std::filesystem::path program{};    ///< lowcal, as BenchmarkConfig has it
};

struct Made {
    std::string table;     ///< speed, memory and physics of the networks, Markdown
    bool pictures = true;  ///< false where gnuplot is not installed
};

/// The whole way from showers to a validated int8 generator: trains a network (in the trainer's own
/// program), exports, quantises what has layers that compute in int8, measures and evaluates. The
/// folder ends with network.onnx, network.int8.onnx, card.md, report.html, results.json and
/// speed.json; the same call goes on with what is there. Throws InputError.
Made make_generator(MakeRequest const& request);

}  // namespace lowcal::workflows
