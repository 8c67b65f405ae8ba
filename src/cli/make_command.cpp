#include "cli/make_command.hpp"

#include "cli/answers/demo_table.hpp"
#include "cli/benchmark.hpp"
#include "cli/classifier_run.hpp"
#include "cli/evaluate_command.hpp"
#include "cli/held_out_showers.hpp"
#include "cli/options/detector_option.hpp"
#include "cli/options/number_option.hpp"
#include "core/error.hpp"
#include "core/files/atomic_file.hpp"
#include "core/printable.hpp"
#include "core/processes/child_process.hpp"
#include "data/reading/shower_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace lowcal::cli {
namespace {

namespace fs = std::filesystem;

struct MakeOptions {
    std::vector<fs::path> data;
    fs::path out;
    fs::path detector;
    fs::path reference;
    double minutes = 60;
    std::uint64_t seed = 1;
    int threads = 0;
};

/// The part of the time after which the speed is known, and with it when the rates have to fall.
constexpr double first_part = 0.1;
constexpr std::size_t most_calibration_showers = 1024;

/// Step and seconds of the last whole row of a training's curve; zeros where there is none.
struct TrainingProgress {
    double step = 0;
    double seconds = 0;
};

TrainingProgress progress_of(fs::path const& training)
{
    std::ifstream curve(training / "losses.csv");
    TrainingProgress last;
    for (std::string line; std::getline(curve, line);) {
        TrainingProgress row;
        double epoch = 0;
        char comma = 0;
        std::istringstream fields(line);
        if (fields >> row.step >> comma >> epoch >> comma >> row.seconds) last = row;
    }
    return last;
}

/// One making, step by step. What was made before is not made again but for what takes seconds.
class Making {
public:
    explicit Making(MakeOptions const& options)
        : options_(options), training_(options.out / "training")
    {
    }

    void run()
    {
        make_folder();
        held_out_ = write_held_out_showers(options_.data, read_detector_option(options_.detector),
                                           file("held_out.h5"));
        train();
        export_network();
        quantise();
        auto const speed = measure_speed();
        auto const table = demo_table(speed, judge());
        write_card(table);
        fmt::print("\n{}\nNetworks, report and card are in {}\n", table,
                   printable(options_.out.string()));
    }

private:
    MakeOptions const& options_;
    fs::path training_;
    HeldOutShowers held_out_;

    fs::path file(char const* name) const { return options_.out / name; }
    fs::path reference() const
    {
        return options_.reference.empty() ? file("held_out.h5") : options_.reference;
    }

    void make_folder() const
    {
        std::error_code failure;
        fs::create_directories(options_.out, failure);
        if (failure)
            throw InputError("cannot make the folder " + options_.out.string(), failure.message());
    }

    /// Runs one of our programs; what it prints is not the answer.
    static void run_program(std::vector<std::string> const& arguments)
    {
        auto const end = run_child({.arguments = arguments});
        if (!end.found)
            throw InputError("cannot start " + arguments.front(), "there is no such program",
                             "the trainer needs LibTorch; build it with 'make build'");
        if (end.exit_code != 0)
            throw InputError(fmt::format("a step of the making failed: {}", arguments.front()),
                             fmt::format("exit code {}", end.exit_code),
                             "the same command goes on from here");
    }

    void train_until(double minutes, std::vector<std::string> const& more) const
    {
        std::vector<std::string> arguments{trainer_program().string(),
                                           "--arch",
                                           "lean",
                                           "--out",
                                           training_.string(),
                                           "--held-out",
                                           std::to_string(held_out_.count),
                                           "--threads",
                                           std::to_string(thread_count(options_.threads)),
                                           "--steps",
                                           "100000000",
                                           "--minutes",
                                           fmt::format("{}", minutes),
                                           "--checkpoint-minutes",
                                           "3",
                                           "--data"};
        for (auto const& data : options_.data) arguments.push_back(data.string());
        if (!options_.detector.empty())
            arguments.insert(arguments.end(), {"--detector", options_.detector.string()});
        if (fs::exists(training_ / "checkpoint.pt"))
            arguments.emplace_back("--resume");
        else
            arguments.insert(arguments.end(),
                             {"--precision", "bf16", "--seed", std::to_string(options_.seed)});
        arguments.insert(arguments.end(), more.begin(), more.end());
        run_program(arguments);
    }

    void train() const
    {
        auto const early = first_part * options_.minutes;
        if (progress_of(training_).seconds < 60 * early) train_until(early, {});
        auto const done = progress_of(training_);
        // The head's steps are faster than others: what is left is counted a bit too long, so that
        // rates are low but not at their end.
        auto const steps = done.step * (60 * options_.minutes) / std::max(done.seconds, 1.0);
        train_until(options_.minutes,
                    {"--decay-steps", std::to_string(static_cast<std::int64_t>(steps) + 1)});
    }

    void export_network() const
    {
        run_program({trainer_program().string(), "--arch", "lean", "--out", training_.string(),
                     "--export", file("network.onnx").string()});
    }

    void quantise() const
    {
        auto const showers =
            std::min(most_calibration_showers, data::ShowerReader(options_.data.front()).count());
        run_program({"/proc/self/exe", "quantize", file("network.onnx").string(), "--calibration",
                     options_.data.front().string(), "--count", std::to_string(showers),
                     "--equalisation", "0.6", "--rounding", "compensated", "--float32",
                     "shape.dense", "--float32-storage", "f16", "--out",
                     file("network.int8.onnx").string()});
    }

    std::vector<BenchmarkRow> measure_speed() const
    {
        BenchmarkConfig config{.models = {file("network.onnx"), file("network.int8.onnx")},
                               .batches = {1, 16},
                               .monte_carlo_seconds = mean_monte_carlo_seconds(reference())};
        auto rows = run_benchmark(config);
        write_file_atomically(file("speed.json"), benchmark_json(rows, "lowcal make"));
        return rows;
    }

    validation::Evaluation judge() const
    {
        EvaluateOptions evaluation;
        evaluation.reference = reference();
        evaluation.folder = options_.out;
        evaluation.halves = true;
        evaluation.threads = options_.threads;
        evaluation.candidates = {"network=" + file("network.onnx").string(),
                                 "network.int8=" + file("network.int8.onnx").string()};
        return run_evaluation(evaluation);
    }

    void write_card(std::string const& table) const
    {
        auto const done = progress_of(training_);
        std::string data;
        for (auto const& one : options_.data) data += "- " + one.filename().string() + "\n";
        auto const judged =
            options_.reference.empty()
                ? fmt::format(
                      "the last {} showers of each of these files, which no training saw; "
                      "the best of its networks was chosen on them",
                      held_out_.of_each_file)
                : options_.reference.filename().string();
        write_file_atomically(
            file("card.md"),
            fmt::format("# A generator of calorimeter showers\n\nTrained by `lowcal make` for "
                        "{:.0f} minutes ({:.0f} steps, seed {}) on\n\n{}\nJudged on {}.\n\n{}\n"
                        "report.html has all figures, results.json and speed.json for programs.\n",
                        done.seconds / 60, done.step, options_.seed, data, judged, table));
    }
};

}  // namespace

void add_make_command(CLI::App& app)
{
    auto const options = std::make_shared<MakeOptions>();
    auto* const command = app.add_subcommand(
        "make", "From showers to a validated int8 generator: trains, exports, quantises, judges");
    command->add_option("--data", options->data, "Shower files (HDF5)")->required();
    command
        ->add_option("--out", options->out, "Folder; the same command goes on with what is there")
        ->required();
    add_number(*command, "--minutes", options->minutes, "Of training, in all", above_zero<double>)
        ->capture_default_str();
    command->add_option("--reference", options->reference,
                        "Showers to judge on; if not given, some of --data that are held out");
    add_detector_option(*command, options->detector, "Of files that do not say their own");
    add_number(*command, "--seed", options->seed, "Of the training")->capture_default_str();
    add_threads(*command, options->threads, "0: all");
    command->callback([options] { Making(*options).run(); });
}

}  // namespace lowcal::cli
