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
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace lowcal::workflows {
namespace {

namespace fs = std::filesystem;

/// The part of the time after which the speed is known, and with it when the rates have to fall.
constexpr double first_part = 0.1;
/// Steps of the flow of layer energies, before those that rates fall over.
constexpr double head_steps = 1500;

/// What makings of architectures differ by.
struct Recipe {
    std::string_view arch;
    std::string_view precision;  ///< of the training
    std::size_t calibration;     ///< showers at most that ranges are found from
    /// nullptr: its layers compute in float32, and there is nothing to quantise.
    quantisation::Quantiser::Config (*quantisation)();
};

quantisation::Quantiser::Config lean_quantisation()
{
    quantisation::Quantiser::Config config;
    config.equalisation = 0.6;
    config.rounding = quantisation::WeightRounding::compensated;
    config.float32_storage = graph::ElementType::float16;
    config.fallbacks["shape.dense"] = {.precision = quantisation::LayerPrecision::float32,
                                       .reason = "the shape's first layer"};
    return config;
}

constexpr Recipe recipes[] = {
    {"fine", "f32", 256, [] { return quantisation::Quantiser::Config{}; }},
    {"lean", "bf16", 1024, lean_quantisation},
    {"passes", "f32", 0, nullptr},
};

Recipe const& recipe_of(std::string const& arch)
{
    auto const* const found = std::ranges::find(recipes, std::string_view(arch), &Recipe::arch);
    if (found == std::end(recipes))
        throw InputError("cannot make a generator of --arch " + arch, "", "fine, lean or passes");
    return *found;
}

/// Where a training is: the last whole row of its curve; zeros where there is none.
struct TrainingProgress {
    double step = 0;
    double seconds = 0;
    double rate = 0;  ///< steps a second, since half of these seconds
};

TrainingProgress progress_of(fs::path const& training)
{
    std::ifstream curve(training / "losses.csv");
    std::vector<TrainingProgress> rows;
    for (std::string line; std::getline(curve, line);) {
        TrainingProgress row;
        double epoch = 0;
        char comma = 0;
        std::istringstream fields(line);
        if (fields >> row.step >> comma >> epoch >> comma >> row.seconds) rows.push_back(row);
    }
    if (rows.empty()) return {};
    auto last = rows.back();
    auto const middle = std::ranges::find_if(
        rows, [&](TrainingProgress const& row) { return row.seconds >= 0.5 * last.seconds; });
    auto const seconds = last.seconds - middle->seconds;
    last.rate = seconds > 0 ? (last.step - middle->step) / seconds
                            : last.step / std::max(last.seconds, 1.0);
    return last;
}

/// One making, step by step. What was made before is not made again but for what takes seconds.
class Making {
public:
    explicit Making(MakeRequest const& request)
        : request_(request),
          recipe_(recipe_of(request.architecture)),
          training_(request.out / "training")
    {
    }

    Made run()
    {
        require_fresh_reference();
        make_folder();
        if (request_.detector)
            write_file_atomically(file("detector.json"), to_json(*request_.detector));
        held_out_ = write_held_out_showers(request_.data, request_.detector, file("held_out.h5"));
        train();
        export_network();
        if (recipe_.quantisation != nullptr) quantise_network();
        auto const speed = measure_speed();
        auto evaluation = judge();
        Made made{.table = network_table(speed, evaluation.evaluation),
                  .pictures = evaluation.pictures};
        write_card(made.table);
        return made;
    }

private:
    MakeRequest const& request_;
    Recipe const& recipe_;
    fs::path training_;
    HeldOutShowers held_out_;

    fs::path file(char const* name) const { return request_.out / name; }
    fs::path reference() const
    {
        return request_.reference.empty() ? file("held_out.h5") : request_.reference;
    }

    /// Before hours are spent on a network that cannot be judged.
    void require_fresh_reference() const
    {
        auto const& reference = request_.reference;
        if (reference.empty()) return;
        auto const detector =
            data::ShowerReader(reference, {.detector = request_.detector}).detector();
        for (auto const& file : request_.data) {
            auto const problem =
                "cannot judge what is trained on " + file.string() + " on " + reference.string();
            std::error_code failure;
            if (fs::equivalent(reference, file, failure))
                throw InputError(problem, "it is the same file",
                                 "leave --reference out: some of these showers are held out");
            auto const difference = cells_difference(
                detector, data::ShowerReader(file, {.detector = request_.detector}).detector());
            if (!difference.empty())
                throw InputError(problem, "it is of another detector: " + difference);
        }
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
                                           std::string(recipe_.arch),
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
                             {"--precision", std::string(recipe_.precision), "--seed",
                              std::to_string(request_.seed), "--head-steps",
                              std::to_string(static_cast<int>(head_steps))});
        arguments.insert(arguments.end(), more.begin(), more.end());
        run_program(arguments);
    }

    void train() const
    {
        auto const early = first_part * request_.minutes;
        // Networks of the first minutes make showers that take long and say nothing.
        if (progress_of(training_).seconds < 60 * early) train_until(early, {"--no-physics"});
        auto const done = progress_of(training_);
        auto const left = std::max(60 * request_.minutes - done.seconds, 0.0);
        auto const falling = std::max(done.step + done.rate * left - head_steps, 1.0);
        train_until(request_.minutes,
                    {"--decay-steps", std::to_string(static_cast<std::int64_t>(falling) + 1)});
    }

    void export_network() const
    {
        run_program({trainer_program().string(), "--out", training_.string(), "--export",
                     file("network.onnx").string()});
    }

    void quantise_network() const
    {
        QuantiseRequest request{.model = file("network.onnx"),
                                .calibration = request_.data.front(),
                                .out = file("network.int8.onnx")};
        request.count = std::min(
            recipe_.calibration,
            data::ShowerReader(request.calibration, {.detector = request_.detector}).count());
        request.config = recipe_.quantisation();
        quantise(request);
    }

    /// What is measured and judged.
    std::vector<std::string> networks() const
    {
        if (recipe_.quantisation == nullptr) return {"network"};
        return {"network", "network.int8"};
    }

    std::vector<BenchmarkRow> measure_speed() const
    {
        BenchmarkConfig config{
            .batches = {1, 16},
            .monte_carlo_seconds = mean_monte_carlo_seconds(reference(), request_.detector),
            .program = request_.program};
        for (auto const& name : networks())
            config.models.push_back(request_.out / (name + ".onnx"));
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
        for (auto const& name : networks())
            evaluation.candidates.push_back(name + "=" +
                                            (request_.out / (name + ".onnx")).string());
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
            fmt::format("# A generator of calorimeter showers\n\nTrained by `lowcal make` ({}) "
                        "for {:.0f} min ({:.0f} steps, seed {}) on\n\n{}\nJudged on {}.\n\n{}\n"
                        "report.html has all figures, results.json and speed.json for programs.\n",
                        recipe_.arch, done.seconds / 60, done.step, request_.seed, data, judged,
                        table));
    }
};

}  // namespace

Made make_generator(MakeRequest const& request)
{
    return Making(request).run();
}

}  // namespace lowcal::workflows
