#include "workflows/evaluate/candidate_classifiers.hpp"

#include "core/files/temporary_folder.hpp"
#include "core/processes/worker_pool.hpp"
#include "data/writing/shower_writer.hpp"
#include "workflows/candidate.hpp"
#include "workflows/evaluate/classifier_run.hpp"
#include "workflows/generate/generate_candidate.hpp"

#include <filesystem>
#include <string>

namespace lowcal::workflows {
namespace {

namespace fs = std::filesystem;

/// The candidate's showers in a file: its own, or what its network makes at the reference's
/// energies.
fs::path file_of(Candidate const& candidate, EvaluateOptions const& options,
                 EvaluatedSample const& reference, TemporaryFolder& temporary)
{
    if (!candidate.is_model()) return candidate.files.front();
    auto const file = temporary.file(file_name_of(candidate.name) + ".h5");
    data::ShowerWriter writer(file, reference.detector, {});
    generate_candidate({.files = candidate.files,
                        .weights = candidate.weights,
                        .detector = reference.detector,
                        .seed = options.seed,
                        .threads = thread_count(options.threads),
                        .ports = options.ports},
                       reference.inputs,
                       [&](data::ShowerBlock const& block) { writer.append(block); });
    writer.close();
    return file;
}

}  // namespace

void add_classifiers(EvaluateOptions const& options, EvaluatedSample const& reference,
                     validation::Evaluation& evaluation)
{
    TemporaryFolder temporary("showers");
    ClassifierRun run{.reference = options.reference,
                      .candidates = {},
                      .seed = options.seed,
                      .threads = thread_count(options.threads),
                      .zero_negative_cells = options.negative_cells == data::NegativeCells::zero};
    auto texts = options.candidates;
    if (!options.control.empty()) texts.push_back(options.control);
    for (auto const& candidate : parse_candidates(texts))
        run.candidates.push_back(
            {candidate.name, file_of(candidate, options, reference, temporary)});
    auto figures = run_classifiers(run);
    for (auto& comparison : evaluation.comparisons) {
        if (figures.contains(comparison.name))
            comparison.cells_classifier = figures[comparison.name];
        figures.erase(comparison.name);
    }
    evaluation.cells_controls = std::move(figures);
}

}  // namespace lowcal::workflows
