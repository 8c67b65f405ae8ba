#include "workflows/evaluate/judge_run.hpp"

#include "core/files/atomic_file.hpp"
#include "core/processes/worker_pool.hpp"
#include "core/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>

namespace lowcal::workflows {
namespace {

/// From which the judge learns where to cut, and the cells that they may hold together.
constexpr std::size_t most_first_showers = 1000;
constexpr std::size_t most_first_cells = std::size_t{1} << 26;

data::ShowerBlock first_showers(EvaluateOptions const& options, Detector const& detector)
{
    data::ShowerReader reader(
        options.reference,
        {.bad_showers = options.skip_bad_showers ? data::BadShowers::skip : data::BadShowers::error,
         .negative_cells = options.negative_cells,
         .detector = detector});
    auto const fitting = std::max<std::size_t>(1, most_first_cells / detector.cells());
    return reader.read(0, std::min(most_first_showers, fitting));
}

bool has_energy(data::ShowerBlock const& block)
{
    return std::ranges::any_of(block.cells, [](float cell) { return cell > 0.0F; });
}

void append_csv(std::string& text, std::string const& name, physics::FeatureTable const& table)
{
    auto const out = std::back_inserter(text);
    for (std::size_t shower = 0; shower < table.count(); ++shower) {
        text += name;
        for (float const value : table.row(shower))
            if (std::isnan(value))
                text += ',';
            else
                fmt::format_to(out, ",{}", value);
        text += '\n';
    }
}

/// A name as a field of CSV.
std::string quoted(std::string const& name)
{
    std::string text = "\"";
    for (char const letter : name) text += letter == '"' ? "\"\"" : std::string(1, letter);
    return text + '"';
}

}  // namespace

JudgeRun::JudgeRun(EvaluateOptions const& options) : options_(options) {}

void JudgeRun::add_reference(EvaluatedSample const& sample, data::ShowerBlock const& block)
{
    if (!reference_) {
        auto const first = first_showers(options_, sample.detector);
        if (!has_energy(first)) return;
        reference_.emplace(sample.observables.shared_set(), first,
                           validation::ReferenceFeatures::Config{.seed = options_.seed});
    }
    reference_->add(block);
}

AlsoObserve JudgeRun::reference()
{
    if (!is_wanted()) return {};
    return [this](EvaluatedSample const& sample, data::ShowerBlock const& block) {
        add_reference(sample, block);
    };
}

AlsoObserve JudgeRun::candidate(std::string const& name)
{
    if (!reference_) return {};
    auto const& real = reference_->features();
    candidates_.emplace_back(name, physics::FeatureTable(real.shared_set(), real.most()));
    return [this](EvaluatedSample const& sample, data::ShowerBlock const& block) {
        auto& table = candidates_.back().second;
        if (same_cells(sample.detector, table.set().detector())) table.add(block);
    };
}

validation::Judge::Config JudgeRun::config(std::string const& label) const
{
    auto const progress = std::make_shared<std::optional<Progress>>();
    return {.seed = options_.seed,
            .threads = thread_count(options_.threads),
            .progress = [progress, label](std::size_t done, std::size_t all) {
                if (!*progress) progress->emplace(Progress::Config{.label = label, .total = all});
                (*progress)->update(done);
                if (done == all) (*progress)->finish();
            }};
}

void JudgeRun::judge(EvaluatedSample const& reference, EvaluatedSample const& candidate,
                     validation::Comparison& comparison) const
{
    if (!options_.judge || !reference_) return;
    validation::Judge const judge(*reference_, config("judge of " + comparison.name));
    if (!judge.can_judge()) return;
    auto const& table = candidates_.back().second;
    comparison.judgement = judge(table, judge.chosen(reference.observables, candidate.observables,
                                                     table.count(), comparison.name));
}

std::optional<validation::JudgeControls> JudgeRun::controls() const
{
    if (!options_.judge || !reference_) return {};
    validation::Judge const judge(*reference_, config("judge of the controls"));
    if (!judge.can_judge()) return {};
    return judge.controls();
}

void JudgeRun::write_features() const
{
    if (options_.features.empty() || !reference_) return;
    std::string text = "sample";
    for (auto const& name : reference_->features().set().column_names()) text += "," + name;
    text += '\n';
    append_csv(text, quoted(options_.reference_name), reference_->features());
    for (auto const& [name, table] : candidates_) append_csv(text, quoted(name), table);
    write_file_atomically(options_.features, text);
}

}  // namespace lowcal::workflows
