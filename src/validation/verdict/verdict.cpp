#include "validation/verdict/verdict.hpp"

#include "validation/verdict/effects.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::validation {
namespace {

constexpr double confidence = 2.33;  // sigmas of 99 %, one-sided

bool is_within(Effect const& effect)
{
    return std::abs(effect.value) + confidence * effect.error <= effect.tolerance;
}

/// Showers of each sample for which the effect's error no longer hides what matters. An effect that
/// is itself half of what matters or more is planned for as half.
std::size_t needed(Effect const& effect, std::size_t count)
{
    if (is_within(effect) || !std::isfinite(effect.error)) return 0;
    double const room = std::max(effect.tolerance - std::abs(effect.value), 0.5 * effect.tolerance);
    return static_cast<std::size_t>(
        std::ceil(static_cast<double>(count) * std::pow(confidence * effect.error / room, 2)));
}

TestResult strongest_of(TestResults const& tests, Subject const& subject)
{
    TestResult strongest;
    strongest.test.subject = subject;
    bool found = false;
    for (auto const& result : tests.results) {
        if (result.test.subject != subject || (found && result.sigmas <= strongest.sigmas))
            continue;
        strongest = result;
        found = true;
    }
    return strongest;
}

bool is_constant(Subject const& subject, Residuals const& residuals)
{
    if (subject.kind != Subject::Kind::observable) return false;
    for (std::size_t i = 0; i < residuals.count(); ++i)
        if (residuals.value(i, subject.which) != 0.0F) return false;
    return true;
}

Answer answer_of(SubjectVerdict const& verdict, TestResults const& tests)
{
    if (verdict.strongest.adjusted_probability <= tests.level) return Answer::different;
    bool const within = std::ranges::all_of(verdict.effects, is_within);
    return within ? Answer::same : Answer::too_few;
}

Answer overall(std::vector<SubjectVerdict> const& subjects)
{
    auto const any = [&](Answer answer) {
        return std::ranges::any_of(subjects,
                                   [answer](auto const& one) { return one.answer == answer; });
    };
    if (any(Answer::different)) return Answer::different;
    return any(Answer::too_few) ? Answer::too_few : Answer::same;
}

/// By falling significance, which scatters by one itself: of those within one sigma of the
/// strongest left, the first in the list of subjects, which goes from the plain to the derived,
/// comes first.
void rank(std::vector<SubjectVerdict>& subjects)
{
    auto const sigmas = [](SubjectVerdict const& one) { return one.strongest.sigmas; };
    for (auto place = subjects.begin(); place != subjects.end(); ++place) {
        double const strongest =
            sigmas(*std::ranges::max_element(place, subjects.end(), {}, sigmas));
        auto const next = std::find_if(place, subjects.end(), [&](SubjectVerdict const& one) {
            return sigmas(one) > strongest - std::max(1.0, 0.1 * strongest);
        });
        std::rotate(place, next, next + 1);  // the others keep their order
    }
}

}  // namespace

char const* name_of(Answer answer)
{
    switch (answer) {
        case Answer::same:
            return "same";
        case Answer::different:
            return "different";
        case Answer::constant:
            return "constant";
        default:
            return "too few showers";
    }
}

Verdict judge(PooledSample const& pool, physics::ShowerTable const& reference,
              physics::ShowerTable const& candidate, TestConfig const& config)
{
    Residuals const residuals(pool, reference, candidate);
    auto const neighbours = find_neighbours(residuals, config.threads);
    auto const tests = test_differences(pool, residuals, neighbours, reference.set(), config);
    EffectSizes const effects_of(pool, residuals, neighbours);
    auto const fewest = std::min(reference.count(), candidate.count());
    Verdict verdict;
    verdict.threshold = tests.threshold;
    verdict.level = tests.level;
    for (auto const& subject : subjects_of(reference.set())) {
        SubjectVerdict one{
            .subject = subject, .strongest = strongest_of(tests, subject), .effects = {}};
        if (is_constant(one.subject, residuals)) {
            one.answer = Answer::constant;
            verdict.subjects.push_back(one);
            continue;
        }
        one.effects = effects_of(one.subject, reference, candidate);
        one.answer = answer_of(one, tests);
        if (one.answer == Answer::too_few)
            for (auto const& effect : one.effects)
                one.showers_needed = std::max(one.showers_needed, needed(effect, fewest));
        verdict.showers_needed = std::max(verdict.showers_needed, one.showers_needed);
        verdict.subjects.push_back(one);
    }
    verdict.answer = overall(verdict.subjects);
    rank(verdict.subjects);
    return verdict;
}

}  // namespace lowcal::validation
