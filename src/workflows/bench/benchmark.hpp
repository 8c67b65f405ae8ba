#pragma once

#include "runtime/shower_generator.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::workflows {

/// Everything that `lowcal bench` measures for one network, precision, batch and thread count.
struct BenchmarkRow {
    std::string model;         ///< file
    std::string arch;          ///< conv3d, conv2d, lean or other
    std::string precision{};   ///< what ran
    std::string transposed{};  ///< phases or plain: how transposed convolutions ran
    std::int64_t batch = 1;
    int threads = 1;
    double us_per_shower = 0;      ///< median over the rounds, random numbers included
    double us_spread = 0;          ///< half the distance between the quartiles
    double gmac_per_s = 0;         ///< per thread
    double peak_fraction = 0;      ///< time of the layers alone / time measured, per thread
    double rss_mb = 0;             ///< peak resident memory of a process that only generates, MB
    double file_mb = 0;            ///< MB
    double load_ms = 0;            ///< from the file to a plan that is ready to run
    double plan_mb = 0;            ///< packed weights and constants, which threads share, MB
    double workspace_mb = 0;       ///< intermediate values of each thread, MB
    double monte_carlo_ratio = 0;  ///< Monte Carlo's CPU time / ours, core for core; NaN if unknown
};

struct BenchmarkConfig {
    std::vector<std::filesystem::path> models{};
    std::vector<std::string> precisions{"f32"};
    std::vector<std::int64_t> batches{1, 4, 16, 64};
    std::vector<int> threads{1};
    std::vector<runtime::TransposedMethod> transposed{runtime::TransposedMethod::phases};
    int rounds = 5;                         ///< all variants in turn, so often
    double round_seconds = 0.4;             ///< least time of one variant's turn
    std::filesystem::path ports{};          ///< of networks that do not say what their inputs are
    std::optional<Detector> detector{};     ///< of networks that do not say their own
    std::filesystem::path detector_file{};  ///< the file that said it
    double monte_carlo_seconds = 0;         ///< a reference shower's mean CPU time; 0: unknown
    /// The program lowcal, which a new process of measures memory; if empty, it is not measured.
    std::filesystem::path program{};
};

/// Measures all combinations, interleaved: each round runs every variant once, so that a change of
/// the machine's speed touches all alike. The layers alone are measured in the same rounds.
std::vector<BenchmarkRow> run_benchmark(BenchmarkConfig const& config);

std::string benchmark_text(std::vector<BenchmarkRow> const& rows);
/// From the slowest network to the fastest, each at its best batch and one thread: times faster
/// than conv3d and conv2d in float32 and than Monte Carlo, memory, file. Ratios are "-" where the
/// rows lack what they need.
std::string speed_up_text(std::vector<BenchmarkRow> const& rows);
/// {"rows": [...], "machine": ..., "units": ...}
std::string benchmark_json(std::vector<BenchmarkRow> const& rows, std::string const& command);

/// Mean of the reference file's `cpu_seconds`; 0 if it has none. `detector` is of a file that does
/// not say its own.
double mean_monte_carlo_seconds(std::filesystem::path const& reference,
                                std::optional<Detector> const& detector = std::nullopt);

/// Generates two batches and returns the peak resident memory of this process in MB: what the
/// benchmark starts a fresh process for.
double measure_memory(std::filesystem::path const& model,
                      runtime::ShowerGenerator::Config const& config);

}  // namespace lowcal::workflows
