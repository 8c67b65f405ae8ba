#include "workflows/making/make.hpp"

#include "core/detector/detector_json.hpp"
#include "core/error.hpp"
#include "core/files/atomic_file.hpp"
#include "core/processes/child_process.hpp"
#include "core/processes/worker_pool.hpp"
#include "data/reading/shower_reader.hpp"
#include "workflows/bench/benchmark.hpp"
#include "workflows/bench/network_table.hpp"
#include "workflows/evaluate/classifier_run.hpp"
#include "workflows/evaluate/evaluate.hpp"
#include "workflows/making/held_out_showers.hpp"
#include "workflows/precision/quantise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace lowcal::workflows {
namespace {

namespace fs = std::filesystem;

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
    explicit Making(MakeRequest const& request)
        : request_(request), training_(request.out / "training")
    {
    }

    Made run()
    {
        make_folder();
        if (request_.detector)
            write_file_atomically(file("detector.json"), to_json(*request_.detector));
        held_out_ = write_held_out_showers(request_.data, request_.detector, file("held_out.h5"));
        train();
        export_network();
        quantise_network();
        auto const speed = measure_speed();
        auto evaluation = judge();
        Made made{.table = network_table(speed, evaluation.evaluation),
                  .pictures = evaluation.pictures};
        write_card(made.table);
        return made;
    }

private:
    MakeRequest const& request_;
    fs::path training_;
    HeldOutShowers held_out_;

    fs::path file(char const* name) const { return request_.out / name; }
    fs::path reference() const
    {
        return request_.reference.empty() ? file("held_out.h5") : request_.reference;
    }

    void make_folder() const
    {
        std::error_code failure;
        fs::create_directories(request_.out, failure);
        if (failure)
            throw InputError("cannot make the folder " + request_.out.string(), failure.message());
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
                                           std::to_string(thread_count(request_.threads)),
                                           "--steps",
                                           "100000000",
                                           "--minutes",
                                           fmt::format("{}", minutes),
                                           "--checkpoint-minutes",
                                           "3",
                                           "--data"};
        for (auto const& data : request_.data) arguments.push_back(data.string());
        if (request_.detector)
            arguments.insert(arguments.end(), {"--detector", file("detector.json").string()});
        if (fs::exists(training_ / "checkpoint.pt"))
            arguments.emplace_back("--resume");
        else
            arguments.insert(arguments.end(),
                             {"--precision", "bf16", "--seed", std::to_string(request_.seed)});
        arguments.insert(arguments.end(), more.begin(), more.end());
        run_program(arguments);
    }

    void train() const
    {
        auto const early = first_part * request_.minutes;
        if (progress_of(training_).seconds < 60 * early) train_until(early, {});
        auto const done = progress_of(training_);
        // The head's steps are faster than others: what is left is counted a bit too long, so that
        // rates are low but not at their end.
        auto const steps = done.step * (60 * request_.minutes) / std::max(done.seconds, 1.0);
        train_until(request_.minutes,
                    {"--decay-steps", std::to_string(static_cast<std::int64_t>(steps) + 1)});
    }

    void export_network() const
    {
        run_program({trainer_program().string(), "--arch", "lean", "--out", training_.string(),
                     "--export", file("network.onnx").string()});
    }

    void quantise_network() const
    {
        QuantiseRequest request{.model = file("network.onnx"),
                                .calibration = request_.data.front(),
                                .out = file("network.int8.onnx")};
        request.count =
            std::min(most_calibration_showers, data::ShowerReader(request.calibration).count());
        request.config.equalisation = 0.6;
        request.config.rounding = quantisation::WeightRounding::compensated;
        request.config.float32_storage = graph::ElementType::float16;
        request.config.fallbacks["shape.dense"] = {
            .precision = quantisation::LayerPrecision::float32,
            .reason = "the shape's first layer"};
        quantise(request);
    }

    std::vector<BenchmarkRow> measure_speed() const
    {
        BenchmarkConfig config{.models = {file("network.onnx"), file("network.int8.onnx")},
                               .batches = {1, 16},
                               .monte_carlo_seconds = mean_monte_carlo_seconds(reference()),
                               .program = request_.program};
        auto rows = run_benchmark(config);
        write_file_atomically(file("speed.json"), benchmark_json(rows, "lowcal make"));
        return rows;
    }

    EvaluationResult judge() const
    {
        EvaluateOptions evaluation;
        evaluation.reference = reference();
        evaluation.folder = request_.out;
        evaluation.halves = true;
        evaluation.threads = request_.threads;
        evaluation.candidates = {"network=" + file("network.onnx").string(),
                                 "network.int8=" + file("network.int8.onnx").string()};
        return evaluate(evaluation);
    }

    void write_card(std::string const& table) const
    {
        auto const done = progress_of(training_);
        std::string data;
        for (auto const& one : request_.data) data += "- " + one.filename().string() + "\n";
        auto const judged =
            request_.reference.empty()
                ? fmt::format(
                      "the last {} showers of each of these files, which no training saw; "
                      "the best of its networks was chosen on them",
                      held_out_.of_each_file)
                : request_.reference.filename().string();
        write_file_atomically(
            file("card.md"),
            fmt::format("# A generator of calorimeter showers\n\nTrained by `lowcal make` for "
                        "{:.0f} minutes ({:.0f} steps, seed {}) on\n\n{}\nJudged on {}.\n\n{}\n"
                        "report.html has all figures, results.json and speed.json for programs.\n",
                        done.seconds / 60, done.step, request_.seed, data, judged, table));
    }
};

}  // namespace

Made make_generator(MakeRequest const& request)
{
    return Making(request).run();
}

}  // namespace lowcal::workflows
