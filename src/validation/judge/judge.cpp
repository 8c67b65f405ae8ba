#include "validation/judge/judge.hpp"

#include "core/sample_moments.hpp"
#include "physics/energy_bins.hpp"
#include "validation/compare/bootstrap.hpp"
#include "validation/compare/energy_match.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

namespace lowcal::validation {
namespace {

/// DeLong's error leaves the training out: of halves of one sample (500 showers each, 30 to 40
/// random halvings, Cartesian and cylindrical) areas of single groups spread 1.25 to 1.6 times as
/// much. So these are three of their own.
constexpr double sigmas_seen = 3 * 1.5;

std::vector<std::uint32_t> first_numbers(std::size_t count)
{
    std::vector<std::uint32_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 0U);
    return numbers;
}

/// `count` of the first `all` numbers, evenly spread.
std::vector<std::uint32_t> spread_numbers(std::size_t count, std::size_t all)
{
    std::vector<std::uint32_t> numbers;
    for (std::size_t i = 0; i < count; ++i)
        numbers.push_back(static_cast<std::uint32_t>(i * all / count));
    return numbers;
}

/// Of showers with scores, those that `is_wanted`, by their labels.
template <class Wanted>
struct SplitScores {
    SplitScores(std::span<float const> scores, std::span<float const> labels, Wanted is_wanted)
    {
        for (std::size_t i = 0; i < scores.size(); ++i)
            if (is_wanted(i)) of[labels[i] > 0.5F ? 1 : 0].push_back(scores[i]);
    }
    AreaUnderCurve area() const { return area_under_curve(of[0], of[1]); }
    std::vector<float> of[2];
};

AreaUnderCurve area_of(std::span<float const> scores, std::span<float const> labels)
{
    return SplitScores(scores, labels, [](std::size_t) { return true; }).area();
}

/// What showers were made for, as far as both samples say it.
std::vector<std::uint32_t> given_columns(physics::FeatureSet const& set,
                                         LabelledShowers const& showers)
{
    std::vector<std::uint32_t> columns;
    for (std::uint32_t column = 0; column < set.given(); ++column) {
        bool known = true;
        for (std::size_t i = 0; i < showers.count() && known; ++i)
            known = !std::isnan(showers.rows[i * showers.columns + column]);
        if (known) columns.push_back(column);
    }
    return columns;
}

Question question_of(physics::FeatureSet const& set, LabelledShowers const& showers,
                     std::span<physics::FeatureGroup const> groups)
{
    Question question{&showers, given_columns(set, showers), showers.labels};
    for (auto const& group : groups)
        for (std::size_t i = 0; i < group.count; ++i)
            question.columns.push_back(static_cast<std::uint32_t>(group.first + i));
    return question;
}

std::vector<BinArea> bin_areas(Detector const& detector, LabelledShowers const& showers,
                               std::span<float const> scores, std::size_t least)
{
    std::vector<BinArea> areas;
    for (auto const& bin : physics::reported_bins(detector)) {
        SplitScores const split(scores, showers.labels, [&](std::size_t i) {
            return bin.contains(static_cast<double>(showers.energy[i]));
        });
        BinArea area{bin, split.of[0].size(), split.of[1].size()};
        if (area.reference_count >= least && area.candidate_count >= least)
            area.area = split.area();
        areas.push_back(area);
    }
    return areas;
}

/// Mean area, and the standard error of this mean as their spread has it.
AreaUnderCurve mean_area(std::span<AreaUnderCurve const> areas)
{
    std::vector<double> values;
    double squares = 0;
    for (auto const& area : areas) {
        values.push_back(area.area);
        squares += area.error * area.error;
    }
    return {mean_of(values), std::sqrt(squares) / static_cast<double>(areas.size())};
}

}  // namespace

bool is_seen(AreaUnderCurve const& area)
{
    return area.area - sigmas_seen * area.error > 0.5;
}

std::optional<std::size_t> ControlAreas::seen_at() const
{
    std::optional<std::size_t> least;
    for (auto size = sizes.rbegin(); size != sizes.rend() && is_seen(size->area); ++size)
        least = size->showers;
    return least;
}

char const* name_of(JudgeAnswer answer)
{
    switch (answer) {
        case JudgeAnswer::told_apart:
            return "told apart";
        case JudgeAnswer::alike:
            return "not told apart";
        default:
            return "too few showers to say";
    }
}

JudgeAnswer answer_of(Judgement const& judgement, JudgeControls const& controls)
{
    if (is_seen(judgement.area)) return JudgeAnswer::told_apart;
    auto const judged = std::min(judgement.reference_count, judgement.candidate_count);
    bool const all_seen = std::ranges::all_of(controls.worsened, [&](auto const& control) {
        auto const needed = control.seen_at();
        return needed && *needed <= judged;
    });
    return all_seen && std::isfinite(judgement.area.area) ? JudgeAnswer::alike
                                                          : JudgeAnswer::too_few;
}

Judge::Judge(ReferenceFeatures const& reference, Config config)
    : reference_(reference), config_(std::move(config))
{
}

Judge::Chosen Judge::chosen(physics::ShowerTable const& reference,
                            physics::ShowerTable const& candidate, std::size_t candidate_features,
                            std::string const& name) const
{
    Chosen all{first_numbers(reference_.features().count()), first_numbers(candidate_features)};
    auto const real = reference.selected(all.reference);
    auto const made = candidate.selected(all.candidate);
    if (match_energies(real, made, name) != EnergyMatch::matched) return all;
    auto matched = match_showers(real, made, name);
    return {std::move(matched.reference), std::move(matched.candidate)};
}

std::vector<std::vector<float>> Judge::ask(std::span<Question const> questions) const
{
    WorkerPool threads(config_.threads);
    return out_of_fold_scores(questions, config_.trees, threads, [&](auto done) {
        if (config_.progress) config_.progress(done, questions.size() * folds);
    });
}

Judgement Judge::operator()(physics::FeatureTable const& candidate, Chosen const& chosen) const
{
    Judgement result{.reference_count = chosen.reference.size(),
                     .candidate_count = chosen.candidate.size()};
    if (std::min(result.reference_count, result.candidate_count) < least_judged) return result;
    auto const& set = candidate.set();
    auto const showers = labelled(reference_.features(), chosen.reference, candidate,
                                  chosen.candidate, config_.seed);
    auto const groups = set.groups();
    std::vector<Question> questions{question_of(set, showers, groups)};
    for (std::size_t i = 0; i < config_.shuffles; ++i) {
        questions.push_back(questions.front());
        questions.back().labels = shuffled_labels(showers, config_.seed + i);
    }
    for (std::size_t i = 0; i < groups.size(); ++i)
        questions.push_back(question_of(set, showers, groups.subspan(i, 1)));
    auto const scores = ask(questions);
    std::vector<AreaUnderCurve> areas;
    for (std::size_t i = 0; i < questions.size(); ++i)
        areas.push_back(area_of(scores[i], questions[i].labels));
    auto const shuffled = std::span(areas).subspan(1, config_.shuffles);
    result.area = areas[0];
    result.shuffled = mean_area(shuffled);
    result.bins = bin_areas(set.detector(), showers, scores[0], config_.least_in_bin);
    for (std::size_t i = 0; i < groups.size(); ++i)
        result.groups.push_back({groups[i].key, groups[i].name, areas[1 + config_.shuffles + i]});
    std::ranges::stable_sort(result.groups, std::greater{},
                             [](GroupArea const& group) { return group.area.area; });
    return result;
}

JudgeControls Judge::controls() const
{
    if (!can_judge()) return {};
    auto const& real = reference_.features();
    auto const half = real.count() / 2;
    // Every second shower, by the numbers of its half.
    auto const of_half = [](std::vector<std::uint32_t> numbers, std::uint32_t first) {
        for (auto& number : numbers) number = 2 * number + first;
        return numbers;
    };
    std::vector<LabelledShowers> samples{labelled(real, of_half(first_numbers(half), 0), real,
                                                  of_half(first_numbers(half), 1), config_.seed)};
    JudgeControls result{.half_count = half};
    for (auto const how : worsenings) {
        result.worsened.push_back({name_of(how).key, name_of(how).name, {}});
        for (auto const size : {half / 4, half / 2, half}) {
            auto const numbers = spread_numbers(size, half);
            samples.push_back(labelled(real, of_half(numbers, 0), reference_.worsened(how), numbers,
                                       config_.seed));
            result.worsened.back().sizes.push_back({.showers = size});
        }
    }
    std::vector<Question> questions;
    questions.reserve(samples.size());
    for (auto const& sample : samples)
        questions.push_back(question_of(real.set(), sample, real.set().groups()));
    auto const scores = ask(questions);
    result.halves = area_of(scores[0], samples[0].labels);
    std::size_t next = 1;
    for (auto& control : result.worsened)
        for (auto& size : control.sizes) {
            size.area = area_of(scores[next], samples[next].labels);
            ++next;
        }
    return result;
}

}  // namespace lowcal::validation
