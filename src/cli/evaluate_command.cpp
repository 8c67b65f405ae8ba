#include "cli/evaluate_command.hpp"

#include "cli/options/bad_cell_options.hpp"
#include "cli/options/detector_option.hpp"
#include "cli/options/number_option.hpp"
#include "cli/options/unread_options.hpp"
#include "core/error.hpp"
#include "core/printable.hpp"
#include "workflows/candidate.hpp"
#include "workflows/evaluate/evaluate.hpp"

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

struct EvaluateArguments {
    workflows::EvaluateOptions evaluation{};
    fs::path detector;
};

void set_up(CLI::App& command, EvaluateArguments& typed)
{
    auto& options = typed.evaluation;
    command.add_option("--reference", options.reference, "Reference showers (HDF5)")->required();
    command
        .add_option(
            "--candidate", options.candidates,
            "NAME=FILE.h5, or NAME=MODEL.onnx, which generates at the reference's energies, or an "
            "ensemble NAME=A.onnx:2,B.onnx with weights, 1 where none stands")
        ->required()
        ->check(workflows::problem_with_candidate, "NAME=FILE");
    add_detector_option(command, typed.detector, "Of a reference that does not say its own");
    add_ports_option(command, options.ports);
    command.add_option("--reference-name", options.reference_name, "In tables and pictures")
        ->capture_default_str();
    command.add_option("--out", options.folder,
                       "Folder for report.html, evaluation.txt, results.json and pictures");
    command.add_option("--json", options.json, "Also write the results here as JSON");
    add_number(command, "--seed", options.seed, "Of generated showers, bootstrap and splits")
        ->capture_default_str();
    add_threads(command, options.threads, "Threads that generate and judge; 0: all");
    add_number(command, "--picture-energy", options.picture_energy,
               "Primary energy of the single showers in pictures, GeV", above_zero<float>)
        ->capture_default_str();
    command.add_option("--training", options.training,
                       "Showers that the candidates were trained on: are they repeated?");
    command.add_flag("!--no-judge", options.judge,
                     "Do not let boosted trees tell candidates from the reference");
    command.add_option("--features", options.features,
                       "Also write what the judge sees of each shower, as CSV");
    command.add_flag("--classifiers", options.classifiers,
                     "Also train a network on cells to tell candidates apart (minutes; LibTorch)");
    command
        .add_option("--classifier-control", options.control,
                    "NAME=FILE_OR_MODEL that this network must find to be believed")
        ->check(workflows::problem_with_candidate, "NAME=FILE");
    command
        .add_option("--fail-on", options.fail_on,
                    "Exit with code 3 where a candidate's verdict is this")
        ->check(CLI::IsMember({"different"}));
    command.add_flag("--halves", options.halves,
                     "Also compare every second reference shower with the others: what chance "
                     "makes of real showers");
    add_number(command, "--showers", options.showers,
               "Of each candidate's file observe at most so many showers, spread evenly over it: "
               "a shower takes a kilobyte of memory; 0: all")
        ->capture_default_str();
    add_bad_cell_options(command, options.skip_bad_showers, options.negative_cells);
}

void fail_if_wanted(workflows::EvaluateOptions const& options,
                    validation::Evaluation const& evaluation)
{
    if (options.fail_on.empty()) return;
    for (auto const& comparison :
         std::span(evaluation.comparisons).first(options.candidates.size()))
        if (name_of(comparison.verdict.answer) == options.fail_on)
            throw VerdictFailure(comparison.name + " is " + options.fail_on);
}

/// Compares, prints the tables and writes what was asked for.
void run_evaluation(workflows::EvaluateOptions const& options)
{
    if (options.classifiers && options.negative_cells == data::NegativeCells::keep)
        throw UsageError("--negative-cells",
                         "--classifiers takes roots of cells, which those below zero do not have; "
                         "set them to zero");
    auto const result = workflows::evaluate(options);
    fmt::print("{}", printable_lines(result.text));
    if (!result.pictures)
        fmt::print(stderr, "Warning: no pictures: the program gnuplot is not installed\n");
    fail_if_wanted(options, result.evaluation);
}

}  // namespace

void add_evaluate_command(CLI::App& app)
{
    auto* const command =
        app.add_subcommand("evaluate", "Compare showers or networks with reference showers");
    auto const options = std::make_shared<EvaluateArguments>();
    set_up(*command, *options);
    command->callback([command, options] {
        auto& evaluation = options->evaluation;
        if (!evaluation.classifiers)
            refuse_unread(*command, {"--classifier-control"}, "--classifiers");
        evaluation.detector = read_detector_option(options->detector);
        run_evaluation(evaluation);
    });
}

}  // namespace lowcal::cli
