#include "cli/evaluate_command.hpp"

#include "cli/evaluate_candidates.hpp"
#include "cli/options/candidate_argument.hpp"
#include "cli/options/detector_option.hpp"
#include "cli/options/number_option.hpp"
#include "core/error.hpp"
#include "core/files/atomic_file.hpp"
#include "core/files/output_path.hpp"
#include "core/printable.hpp"
#include "validation/report/evaluation_json.hpp"
#include "validation/report/evaluation_text.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
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
    add_detector_option(command, options.detector, "Of a reference that does not say its own");
    command.add_option("--reference-name", options.reference_name, "In tables and pictures")
        ->capture_default_str();
    command.add_option("--out", options.folder,
                       "Folder for report.html, evaluation.txt, results.json and pictures");
    command.add_option("--json", options.json, "Also write the results here as JSON");
    add_number(command, "--seed", options.seed, "Of generated showers, bootstrap and splits")
        ->capture_default_str();
    add_threads(command, options.threads, "Threads that generate; 0: all");
    add_number(command, "--picture-energy", options.picture_energy,
               "Primary energy of the single showers in pictures, GeV", above_zero<float>)
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
    command.add_flag("--halves", options.halves,
                     "Also compare every second reference shower with the others: what chance "
                     "makes of real showers");
    command.add_flag("--skip-bad-showers", options.skip_bad_showers,
                     "Drop and count showers with NaN, infinite or negative cells");
}

void make_folder(fs::path const& folder)
{
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure) throw InputError("cannot make the folder " + folder.string(), failure.message());
}

/// No file that is written may be one that is read.
void require_outputs_apart(EvaluateOptions const& options)
{
    require_output_path(options.json);
    std::vector<fs::path> inputs{options.reference, options.training};
    for (auto const& candidate : parse_candidates(options.candidates))
        inputs.push_back(candidate.path);
    for (auto const& output : {options.json, options.folder / "evaluation.txt",
                               options.folder / "results.json", options.folder / "report.html"})
        require_not_an_input(output, inputs);
}

void write_folder(EvaluateOptions const& options, Outcome const& outcome, std::string const& text,
                  std::string const& json)
{
    write_file_atomically(options.folder / "evaluation.txt", text);
    write_file_atomically(options.folder / "results.json", json);
    if (write_report(outcome.evaluation, outcome.showers, options.folder) == DrawResult::no_gnuplot)
        fmt::print(stderr, "Warning: no pictures: the program gnuplot is not installed\n");
}

void fail_if_wanted(EvaluateOptions const& options, validation::Evaluation const& evaluation)
{
    if (options.fail_on.empty()) return;
    for (auto const& comparison :
         std::span(evaluation.comparisons).first(options.candidates.size()))
        if (name_of(comparison.verdict.answer) == options.fail_on)
            throw VerdictFailure(comparison.name + " is " + options.fail_on);
}

}  // namespace

validation::Evaluation run_evaluation(EvaluateOptions const& options)
{
    require_outputs_apart(options);
    if (!options.folder.empty()) make_folder(options.folder);
    auto outcome = evaluate_candidates(options);
    auto const text = evaluation_text(outcome.evaluation);
    auto const json = evaluation_json(outcome.evaluation);
    fmt::print("{}", printable_lines(text));
    if (!options.json.empty()) write_file_atomically(options.json, json);
    if (!options.folder.empty()) write_folder(options, outcome, text, json);
    fail_if_wanted(options, outcome.evaluation);
    return std::move(outcome.evaluation);
}

void add_evaluate_command(CLI::App& app)
{
    auto* const command =
        app.add_subcommand("evaluate", "Compare showers or networks with reference showers");
    auto const options = std::make_shared<EvaluateOptions>();
    set_up(*command, *options);
    command->callback([options] { static_cast<void>(run_evaluation(*options)); });
}

}  // namespace lowcal::cli
