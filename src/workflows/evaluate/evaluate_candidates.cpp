#include "workflows/evaluate/evaluate_candidates.hpp"

#include "core/error.hpp"
#include "core/listener.hpp"
#include "core/processes/worker_pool.hpp"
#include "core/progress.hpp"
#include "workflows/candidate.hpp"
#include "workflows/evaluate/candidate_classifiers.hpp"
#include "workflows/evaluate/evaluated_sample.hpp"
#include "workflows/evaluate/judge_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <thread>

namespace lowcal::workflows {
namespace {

void warn(std::vector<std::string> const& warnings)
{
    for (auto const& warning : warnings) remark(RemarkKind::warning, warning);
}

double mean_seconds(physics::ShowerTable const& sample)
{
    auto const seconds = sample.monte_carlo_seconds();
    if (seconds.empty()) return std::numeric_limits<double>::quiet_NaN();
    double sum = 0;
    for (float const value : seconds) sum += static_cast<double>(value);
    return sum / static_cast<double>(seconds.size());
}

data::BadShowers bad_showers(EvaluateOptions const& options)
{
    return options.skip_bad_showers ? data::BadShowers::skip : data::BadShowers::error;
}

CandidateModel model_of(EvaluateOptions const& options, Candidate const& candidate,
                        EvaluatedSample const& reference)
{
    return {.files = candidate.files,
            .weights = candidate.weights,
            .detector = reference.detector,
            .seed = options.seed,
            .threads = thread_count(options.threads),
            .ports = options.ports};
}

/// What is wrong with the last network ends the evaluation before the first one's minutes are
/// spent: each makes a shower.
void require_shower_of_each(EvaluateOptions const& options,
                            std::vector<Candidate> const& candidates,
                            EvaluatedSample const& reference)
{
    for (auto const& candidate : candidates)
        if (candidate.is_model())
            generate_candidate(model_of(options, candidate, reference),
                               data::without_cells(reference.inputs, 0, 1), [](auto const&) {});
}

EvaluatedSample observe_candidate(EvaluateOptions const& options, Candidate const& candidate,
                                  EvaluatedSample const& reference, AlsoObserve const& also)
{
    float const example_energy = reference.example.primary_energy.at(0);
    if (candidate.is_model())
        return observe_model(model_of(options, candidate, reference), reference.inputs,
                             example_energy, also);
    return observe_file({.path = candidate.files.front(),
                         .detector = reference.detector,
                         .bad_showers = bad_showers(options),
                         .negative_cells = options.negative_cells,
                         .most = options.showers},
                        example_energy, also);
}

EvaluatedSample observe_reference(EvaluateOptions const& options, AlsoObserve const& also)
{
    auto reference = observe_file({.path = options.reference,
                                   .detector = options.detector,
                                   .bad_showers = bad_showers(options),
                                   .negative_cells = options.negative_cells},
                                  options.picture_energy, also);
    warn(reference.warnings);
    if (reference.observables.count() == 0)
        throw InputError(options.reference.string() + ": no showers to compare with",
                         "all of them are bad");
    return reference;
}

/// Compares samples one after the other and collects what the report shows of them.
class Comparisons {
public:
    explicit Comparisons(EvaluateOptions const& options)
        : config_{.bootstrap = {.seed = options.seed},
                  .tests = {.seed = options.seed, .threads = thread_count(options.threads)}}
    {
        config_.tests.progress = [this](std::size_t done) { progress_->update(done); };
        outcome.evaluation.reference_name = options.reference_name;
        outcome.evaluation.reference_file = options.reference.string();
        outcome.evaluation.command = options.command();
        outcome.evaluation.seed = options.seed;
        outcome.evaluation.replicas = config_.bootstrap.replicas;
    }
    Comparisons(Comparisons const&) = delete;  // the configuration refers to this
    Comparisons& operator=(Comparisons const&) = delete;

    validation::Comparator::Config const& config() const { return config_; }

    /// `real` is the name of what the candidate is compared with.
    void add(std::string const& name, validation::Comparator const& compare,
             EvaluatedSample const& candidate, std::string const& real,
             EvaluatedSample const& reference)
    {
        progress_.emplace(Progress::Config{.label = "verdict on " + name,
                                           .total = config_.tests.permutations + 1});
        outcome.evaluation.comparisons.push_back(compare(name, candidate.observables));
        progress_->finish();
        auto const& detector = reference.observables.set().detector();
        outcome.showers.single.push_back(
            {detector, real, name, reference.example, candidate.example});
        outcome.showers.mean.push_back({detector, real, name, reference.mean, candidate.mean});
    }

    Outcome outcome{};

private:
    validation::Comparator::Config config_;
    std::optional<Progress> progress_;
};

EvaluatedSample observe_half(EvaluateOptions const& options, std::size_t first)
{
    return observe_file({.path = options.reference,
                         .detector = options.detector,
                         .bad_showers = bad_showers(options),
                         .negative_cells = options.negative_cells,
                         .first = first,
                         .every = 2},
                        options.picture_energy);
}

std::string halves_name(EvaluateOptions const& options)
{
    return options.reference_name + " halves";
}

/// Names are the keys of the results.
void require_other_names(EvaluateOptions const& options, std::vector<Candidate> const& candidates)
{
    for (auto const& candidate : candidates)
        if (options.halves && candidate.name == halves_name(options))
            throw InputError(
                "--candidate " + candidate.name + "=" + candidate.files.front().string(),
                "--halves has a candidate of that name; choose another");
}

/// What chance makes of real showers: every second one against the others.
void add_halves(EvaluateOptions const& options, Comparisons& comparisons)
{
    auto const even = observe_half(options, 0);
    auto const odd = observe_half(options, 1);
    if (odd.observables.count() == 0)
        throw InputError(options.reference.string() + ": cannot be halved", "it has one shower");
    validation::Comparator const compare(even.observables, comparisons.config());
    comparisons.add(halves_name(options), compare, odd, options.reference_name, even);
}

}  // namespace

Outcome evaluate_candidates(EvaluateOptions const& options)
{
    auto const candidates = parse_candidates(options.candidates);
    require_other_names(options, candidates);
    JudgeRun judge(options);
    auto const reference = observe_reference(options, judge.reference());
    require_shower_of_each(options, candidates, reference);
    Comparisons comparisons(options);
    auto& evaluation = comparisons.outcome.evaluation;
    evaluation.monte_carlo_seconds = mean_seconds(reference.observables);
    validation::Comparator const compare(reference.observables, comparisons.config());
    physics::ShowerTable training(reference.observables.shared_set());
    if (!options.training.empty())
        training = observe_file({.path = options.training,
                                 .detector = reference.detector,
                                 .bad_showers = data::BadShowers::skip,
                                 .negative_cells = options.negative_cells},
                                options.picture_energy)
                       .observables;
    auto const real = validation::distances_to_training(training, reference.observables);
    for (auto const& candidate : candidates) {
        auto const sample =
            observe_candidate(options, candidate, reference, judge.candidate(candidate.name));
        warn(sample.warnings);
        comparisons.add(candidate.name, compare, sample, options.reference_name, reference);
        evaluation.comparisons.back().memorisation = validation::compare_memorisation(
            real, validation::distances_to_training(training, sample.observables));
        judge.judge(reference, sample, evaluation.comparisons.back());
    }
    evaluation.judge_controls = judge.controls();
    judge.write_features();
    if (options.classifiers) add_classifiers(options, reference, evaluation);
    if (options.halves) add_halves(options, comparisons);
    return std::move(comparisons.outcome);
}

}  // namespace lowcal::workflows
