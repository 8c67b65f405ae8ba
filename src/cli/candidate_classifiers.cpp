#include "cli/candidate_classifiers.hpp"

#include "cli/candidate_argument.hpp"
#include "cli/classifier_run.hpp"
#include "cli/generate_candidate.hpp"
#include "cli/number_option.hpp"
#include "data/shower_writer.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <unistd.h>

namespace lowcal::cli {
namespace {

namespace fs = std::filesystem;

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

/// The candidate's showers in a file: its own, or what its network makes at the reference's
/// energies.
fs::path file_of(CandidateArgument const& candidate, EvaluateOptions const& options,
                 std::span<float const> energies, TemporaryShowers const& temporary)
{
    if (!candidate.is_model()) return candidate.path;
    auto const file = temporary.file(file_name_of(candidate.name));
    data::ShowerWriter writer(file, {});
    generate_candidate({candidate.path, options.seed, thread_count(options.threads)}, energies,
                       [&](data::ShowerBlock const& block) { writer.append(block); });
    writer.close();
    return file;
}

}  // namespace

void add_classifiers(EvaluateOptions const& options, std::span<float const> energies,
                     validation::Evaluation& evaluation)
{
    TemporaryShowers const temporary;
    ClassifierRun run{.reference = options.reference,
                      .candidates = {},
                      .seed = options.seed,
                      .threads = thread_count(options.threads)};
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

}  // namespace lowcal::cli
