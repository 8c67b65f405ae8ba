#include "workflows/evaluate/evaluate.hpp"

#include "core/error.hpp"
#include "core/files/atomic_file.hpp"
#include "core/files/output_path.hpp"
#include "validation/report/evaluation_json.hpp"
#include "validation/report/evaluation_text.hpp"
#include "workflows/candidate.hpp"
#include "workflows/evaluate/evaluate_candidates.hpp"

#include <filesystem>
#include <utility>
#include <vector>

namespace lowcal::workflows {
namespace {

namespace fs = std::filesystem;

void make_folder(fs::path const& folder)
{
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure) throw InputError("cannot make the folder " + folder.string(), failure.message());
}

/// What is read is there, and no file that is written is one of it.
void require_files(EvaluateOptions const& options)
{
    std::vector<fs::path> inputs{options.reference, options.training};
    for (auto const& candidate : parse_candidates(options.candidates))
        inputs.insert(inputs.end(), candidate.files.begin(), candidate.files.end());
    for (auto const& input : inputs) {
        std::error_code unknown;
        if (!input.empty() && !fs::exists(input, unknown) && !unknown)
            throw InputError("cannot open " + input.string(), "there is no such file");
    }
    for (auto const& output : {options.json, options.features, options.folder / "evaluation.txt",
                               options.folder / "results.json", options.folder / "report.html"})
        require_not_an_input(output, inputs);
    require_output_path(options.json, FileKind::other);
    require_output_path(options.features, FileKind::other);
}

}  // namespace

EvaluationResult evaluate(EvaluateOptions const& options)
{
    require_files(options);
    if (!options.folder.empty()) make_folder(options.folder);
    auto outcome = evaluate_candidates(options);
    EvaluationResult result{.evaluation = std::move(outcome.evaluation), .text = {}};
    result.text = evaluation_text(result.evaluation);
    auto const json = evaluation_json(result.evaluation);
    if (!options.json.empty()) write_file_atomically(options.json, json);
    if (options.folder.empty()) return result;
    write_file_atomically(options.folder / "evaluation.txt", result.text);
    write_file_atomically(options.folder / "results.json", json);
    result.pictures =
        write_report(result.evaluation, outcome.showers, options.folder) != DrawResult::no_gnuplot;
    return result;
}

}  // namespace lowcal::workflows
