#include "cli/evaluate_command.hpp"

#include "cli/candidate_argument.hpp"
#include "cli/classifier_run.hpp"
#include "cli/evaluated_sample.hpp"
#include "cli/evaluation_report.hpp"
#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/progress.hpp"
#include "data/shower_writer.hpp"
#include "validation/comparison.hpp"
#include "validation/evaluation_json.hpp"
#include "validation/evaluation_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace lowcal::cli {
namespace {

namespace fs = std::filesystem;

void set_up(CLI::App& command, EvaluateOptions& options)
{
    command.add_option("--reference", options.reference, "Reference showers (HDF5)")->required();
    command
        .add_option("--candidate", options.candidates,
                    "NAME=FILE.h5, or NAME=MODEL.onnx, which generates at the reference's energies")
        ->required()
        ->check(problem_with_candidate, "NAME=FILE");
    command.add_option("--reference-name", options.reference_name, "In tables and pictures")
        ->capture_default_str();
    command.add_option("--out", options.folder,
                       "Folder for report.html, evaluation.txt, results.json and pictures");
    command.add_option("--json", options.json, "Also write the results here as JSON");
    command.add_option("--seed", options.seed, "Of generated showers, bootstrap and splits")
        ->capture_default_str();
    command.add_option("--threads", options.threads, "Threads that generate; 0: all")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command
        .add_option("--picture-energy", options.picture_energy,
                    "Primary energy of the single showers in pictures, GeV")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command.add_option("--training", options.training,
                       "Showers that the candidates were trained on: are they repeated?");
    command.add_flag("--classifiers", options.classifiers,
                     "Train classifiers to tell candidates from the reference (minutes; LibTorch)");
    command
        .add_option("--classifier-control", options.control,
                    "NAME=FILE_OR_MODEL that a classifier must find to be believed")
        ->check(problem_with_candidate, "NAME=FILE");
    command
        .add_option("--fail-on", options.fail_on,
                    "Exit with code 3 where a candidate's verdict is this")
        ->check(CLI::IsMember({"different"}));
    command.add_flag("--skip-bad-showers", options.skip_bad_showers,
                     "Drop and count showers with NaN, infinite or negative cells");
}

/// A folder that goes when the work is done.
class TemporaryShowers {
public:
    TemporaryShowers()
        : folder_(fs::temp_directory_path() / fmt::format("lowcal-showers-{}", ::getpid()))
    {
        fs::create_directories(folder_);
    }
    ~TemporaryShowers()
    {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    TemporaryShowers(TemporaryShowers const&) = delete;
    TemporaryShowers& operator=(TemporaryShowers const&) = delete;
    fs::path file(std::string const& name) const { return folder_ / (name + ".h5"); }

private:
    fs::path folder_;
};

/// All that is written, before anything is.
struct Outcome {
    validation::Evaluation evaluation;
    ReportShowers showers;
};

void warn(std::vector<std::string> const& warnings)
{
    for (auto const& warning : warnings) fmt::print(stderr, "Warning: {}\n", warning);
}

double mean_seconds(validation::ShowerTable const& sample)
{
    auto const seconds = sample.monte_carlo_seconds();
    if (seconds.empty()) return std::numeric_limits<double>::quiet_NaN();
    double sum = 0;
    for (float const value : seconds) sum += static_cast<double>(value);
    return sum / static_cast<double>(seconds.size());
}

int thread_count(EvaluateOptions const& options)
{
    if (options.threads > 0) return options.threads;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

EvaluatedSample observe_candidate(EvaluateOptions const& options,
                                  CandidateArgument const& candidate,
                                  EvaluatedSample const& reference)
{
    float const example_energy = reference.example.primary_energy.at(0);
    if (candidate.is_model())
        return observe_model({candidate.path, options.seed, thread_count(options)},
                             reference.observables.primary_energy(), example_energy);
    auto const bad = options.skip_bad_showers ? data::BadShowers::skip : data::BadShowers::error;
    return observe_file({candidate.path, bad}, example_energy);
}

EvaluatedSample observe_reference(EvaluateOptions const& options)
{
    auto const bad = options.skip_bad_showers ? data::BadShowers::skip : data::BadShowers::error;
    auto reference = observe_file({options.reference, bad}, options.picture_energy);
    warn(reference.warnings);
    if (reference.observables.count() == 0)
        throw InputError(options.reference.string() + ": no showers to compare with",
                         "all of them are bad");
    return reference;
}

/// The candidate's showers in a file: its own, or what its network makes at the reference's
/// energies.
fs::path file_of(CandidateArgument const& candidate, EvaluateOptions const& options,
                 std::span<float const> energies, TemporaryShowers const& temporary)
{
    if (!candidate.is_model()) return candidate.path;
    auto const file = temporary.file(file_name_of(candidate.name));
    data::ShowerWriter writer(file, {});
    generate_candidate({candidate.path, options.seed, thread_count(options)}, energies,
                       [&](data::ShowerBlock const& block) { writer.append(block); });
    writer.close();
    return file;
}

void add_classifiers(EvaluateOptions const& options, std::span<float const> energies,
                     validation::Evaluation& evaluation)
{
    TemporaryShowers const temporary;
    ClassifierRun run{.reference = options.reference,
                      .candidates = {},
                      .seed = options.seed,
                      .threads = thread_count(options)};
    auto texts = options.candidates;
    if (!options.control.empty()) texts.push_back(options.control);
    for (auto const& candidate : parse_candidates(texts))
        run.candidates.push_back(
            {candidate.name, file_of(candidate, options, energies, temporary)});
    auto figures = run_classifiers(run);
    for (auto& comparison : evaluation.comparisons) {
        comparison.classifiers = figures[comparison.name];
        figures.erase(comparison.name);
    }
    evaluation.controls = std::move(figures);
}

std::string command_text(EvaluateOptions const& options)
{
    auto text = "lowcal evaluate --reference " + options.reference.string();
    for (auto const& candidate : options.candidates) text += " --candidate " + candidate;
    return text + fmt::format(" --seed {}", options.seed);
}

Outcome evaluate(EvaluateOptions const& options)
{
    auto const candidates = parse_candidates(options.candidates);
    auto const reference = observe_reference(options);
    validation::Comparator::Config config{
        .bootstrap = {.seed = options.seed},
        .tests = {.seed = options.seed, .threads = thread_count(options)}};
    std::optional<Progress> progress;
    config.tests.progress = [&](std::size_t done) { progress->update(done); };
    validation::Comparator const compare(reference.observables, config);
    Outcome outcome{.evaluation = {.reference_name = options.reference_name,
                                   .reference_file = options.reference.string(),
                                   .command = command_text(options),
                                   .seed = options.seed,
                                   .replicas = config.bootstrap.replicas,
                                   .monte_carlo_seconds = mean_seconds(reference.observables),
                                   .comparisons = {}},
                    .showers = {}};
    validation::ShowerTable training;
    if (!options.training.empty())
        training = observe_file({options.training, data::BadShowers::skip}, options.picture_energy)
                       .observables;
    auto const real = distances_to_training(training, reference.observables);
    for (auto const& candidate : candidates) {
        auto const sample = observe_candidate(options, candidate, reference);
        warn(sample.warnings);
        progress.emplace(Progress::Config{.label = "verdict on " + candidate.name,
                                          .total = config.tests.permutations + 1},
                         stderr);
        outcome.evaluation.comparisons.push_back(compare(candidate.name, sample.observables));
        progress->finish();
        outcome.evaluation.comparisons.back().memorisation = validation::compare_memorisation(
            real, distances_to_training(training, sample.observables));
        auto const& name = options.reference_name;
        outcome.showers.single.push_back({name, candidate.name, reference.example, sample.example});
        outcome.showers.mean.push_back({name, candidate.name, reference.mean, sample.mean});
    }
    if (options.classifiers)
        add_classifiers(options, reference.observables.primary_energy(), outcome.evaluation);
    return outcome;
}

void make_folder(fs::path const& folder)
{
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure) throw InputError("cannot make the folder " + folder.string(), failure.message());
}

void write_folder(EvaluateOptions const& options, Outcome const& outcome, std::string const& text,
                  std::string const& json)
{
    write_file_atomically(options.folder / "evaluation.txt", text);
    write_file_atomically(options.folder / "results.json", json);
    if (write_report(outcome.evaluation, outcome.showers, options.folder) ==
        validation::DrawResult::no_gnuplot)
        fmt::print(stderr, "Warning: no pictures: the program gnuplot is not installed\n");
}

void fail_if_wanted(EvaluateOptions const& options, validation::Evaluation const& evaluation)
{
    if (options.fail_on.empty()) return;
    for (auto const& comparison : evaluation.comparisons)
        if (name_of(comparison.verdict.answer) == options.fail_on)
            throw VerdictFailure(comparison.name + " is " + options.fail_on);
}

}  // namespace

void run_evaluation(EvaluateOptions const& options)
{
    if (!options.folder.empty()) make_folder(options.folder);
    auto const outcome = evaluate(options);
    auto const text = evaluation_text(outcome.evaluation);
    auto const json = evaluation_json(outcome.evaluation);
    fmt::print("{}", text);
    if (!options.json.empty()) write_file_atomically(options.json, json);
    if (!options.folder.empty()) write_folder(options, outcome, text, json);
    fail_if_wanted(options, outcome.evaluation);
}

void add_evaluate_command(CLI::App& app)
{
    auto* const command =
        app.add_subcommand("evaluate", "Compare showers or networks with reference showers");
    auto const options = std::make_shared<EvaluateOptions>();
    set_up(*command, *options);
    command->callback([options] { run_evaluation(*options); });
}

}  // namespace lowcal::cli
