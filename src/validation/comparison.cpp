#include "validation/comparison.hpp"

#include "core/error.hpp"
#include "core/sample_moments.hpp"
#include "physics/energy_bins.hpp"
#include "physics/shape_mse.hpp"
#include "validation/compare/comparable_tables.hpp"
#include "validation/verdict/frechet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace lowcal::validation {
namespace {

/// Of the numbers that are there; `number` of each shower.
template <class Number>
MeanWithError mean_with_error(physics::ShowerTable const& sample, Number number)
{
    std::vector<double> values;
    values.reserve(sample.count());
    for (std::size_t shower = 0; shower < sample.count(); ++shower)
        if (auto const value = static_cast<double>(number(shower)); !std::isnan(value))
            values.push_back(value);
    return {mean_of(values), deviation_of(values) / std::sqrt(static_cast<double>(values.size()))};
}

MeanWithError mean_hits(physics::ShowerTable const& sample)
{
    return mean_with_error(sample, [&](auto shower) { return sample.cells_above_zero(shower); });
}

std::vector<MeanWithError> mean_spectrum(physics::ShowerTable const& sample)
{
    std::vector<MeanWithError> result;
    for (std::size_t bin = 0; bin < sample.set().spectrum().count; ++bin)
        result.push_back(mean_with_error(
            sample, [&](auto shower) { return sample.cell_spectrum(shower)[bin]; }));
    return result;
}

std::vector<MeanWithError> mean_layers(physics::ShowerTable const& sample)
{
    auto const numbers = sample.set().layer_quantities().size() * sample.set().detector().layers();
    std::vector<MeanWithError> result;
    for (std::size_t i = 0; i < numbers; ++i)
        result.push_back(
            mean_with_error(sample, [&](auto shower) { return sample.layer_numbers(shower)[i]; }));
    return result;
}

std::size_t without_energy(physics::ShowerTable const& sample)
{
    return static_cast<std::size_t>(std::ranges::count(sample.cell_sum(), 0.0));
}

/// Bins that errors cannot be given for, in words.
void warn_of_bins(Comparison& comparison)
{
    for (auto const& row : comparison.sampling_fraction)
        if (row.status() != BinStatus::filled)
            comparison.warnings.push_back(
                fmt::format("{} GeV: {} ({} reference showers, {} of the candidate)",
                            physics::bin_text(row.bin), name_of(row.status()), row.reference.count,
                            row.candidate.count));
}

void warn_of_showers(physics::ShowerTable const& reference, physics::ShowerTable const& candidate,
                     Comparison& comparison)
{
    if (candidate.same_showers(reference))
        comparison.warnings.push_back(
            "these are the reference's own showers: every difference is zero by construction");
    if (comparison.energies == EnergyMatch::same_distribution)
        comparison.warnings.push_back(
            "primary energies agree with the reference's in distribution only, not one by one");
    if (auto const empty = without_energy(candidate); empty > 0)
        comparison.warnings.push_back(fmt::format("{} of its showers have no energy", empty));
    if (auto const empty = without_energy(reference); empty > 0)
        comparison.warnings.push_back(fmt::format("{} reference showers have no energy", empty));
    auto const bins = reference.set().detector().energy_bins();
    auto const outside = std::ranges::count_if(reference.primary_energy(), [&](float energy) {
        return !bins.empty() && std::ranges::none_of(bins, [&](EnergyBin const& bin) {
            return bin.contains(static_cast<double>(energy));
        });
    });
    if (outside > 0)
        comparison.warnings.push_back(
            fmt::format("{} reference showers lie outside all energy bins; the profiles "
                        "include them",
                        outside));
    if (std::isnan(comparison.shape_mse.value))
        comparison.warnings.push_back("no shape MSE: a profile of the reference is empty");
}

/// Of a sample and itself every difference is zero, which rounding must not spoil.
void call_same(Verdict& verdict)
{
    verdict.answer = Answer::same;
    verdict.showers_needed = 0;
    for (auto& one : verdict.subjects) {
        if (one.answer != Answer::constant) one.answer = Answer::same;
        one.strongest.sigmas = 0;
        one.strongest.adjusted_probability = 1;
        one.showers_needed = 0;
    }
}

}  // namespace

bool is_believed(AreaUnderCurve const& candidate,
                 std::map<std::string, AreaUnderCurve> const& controls)
{
    if (candidate.area >= control_area) return true;
    return !controls.empty() && std::ranges::all_of(controls, [](auto const& control) {
        return control.second.area >= control_area;
    });
}

Comparator::Comparator(physics::ShowerTable const& reference, Config config)
    : reference_(reference), config_(std::move(config))
{
    if (reference.count() == 0) throw InputError("the reference holds no showers");
    replicas_ = resampled_profiles(reference, SampleRole::reference, config_.bootstrap);
}

Comparison Comparator::operator()(std::string const& name,
                                  physics::ShowerTable const& candidate) const
{
    require_comparable(reference_, candidate, name);
    auto const match = match_energies(reference_, candidate, name);
    Comparison result;
    if (match == EnergyMatch::matched) {
        auto const matched = match_showers(reference_, candidate, name);
        result = compare(reference_.selected(matched.reference),
                         candidate.selected(matched.candidate), match);
        result.reference_dropped = reference_.count() - matched.reference.size();
        result.candidate_dropped = candidate.count() - matched.candidate.size();
        result.warnings.push_back(fmt::format(
            "other primary energies: {} of its showers and {} of the reference's were dropped for "
            "want of a partner within 2 % in energy",
            result.candidate_dropped, result.reference_dropped));
    } else {
        result = compare(reference_, candidate, match);
    }
    result.name = name;
    return result;
}

Comparison Comparator::compare(physics::ShowerTable const& reference,
                               physics::ShowerTable const& candidate, EnergyMatch match) const
{
    Comparison result;
    result.set = reference.shared_set();
    result.reference_count = reference.count();
    result.candidate_count = candidate.count();
    result.energies = match;
    auto const replicas = resampled_profiles(candidate, SampleRole::candidate, config_.bootstrap);
    auto const own = &reference == &reference_
                         ? replicas_
                         : resampled_profiles(reference, SampleRole::reference, config_.bootstrap);
    result.profiles = {.reference = physics::mean_profiles(reference),
                       .reference_error = profile_errors(own, reference),
                       .candidate = physics::mean_profiles(candidate),
                       .candidate_error = profile_errors(replicas, candidate)};
    auto const fewest = std::min(reference.count(), candidate.count());
    result.shape_mse = {
        .value = physics::shape_mse(result.profiles.candidate, result.profiles.reference,
                                    result.set->profile_axes()),
        .error = shape_mse_error({.candidate = replicas,
                                  .reference = own,
                                  .axes = result.set->profile_axes(),
                                  .smaller_sample = fewest}),
        .floor = shape_mse_floor(reference, {.seed = config_.bootstrap.seed,
                                             .splits = config_.floor_splits,
                                             .candidate_showers = candidate.count()})};
    result.sampling_fraction = compare_sampling_fraction(reference, candidate, config_.bootstrap);
    result.observables = compare_observables(reference, candidate, config_.bootstrap);
    result.reference_hits = mean_hits(reference);
    result.candidate_hits = mean_hits(candidate);
    result.spectrum = {.reference = mean_spectrum(reference),
                       .candidate = mean_spectrum(candidate)};
    result.layers = {.reference = mean_layers(reference), .candidate = mean_layers(candidate)};
    auto const pooled = pool(reference, candidate, match);
    result.verdict = judge(pooled, reference, candidate, config_.tests);
    if (candidate.same_showers(reference)) call_same(result.verdict);
    Residuals const residuals(pooled, reference, candidate);
    result.frechet = compare_frechet(pooled, residuals, config_.bootstrap);
    result.worth = equivalent_showers(pooled, residuals);
    std::array<std::vector<std::uint32_t>, 2> members;
    for (std::uint32_t i = 0; i < pooled.count(); ++i) members[pooled.labels[i]].push_back(i);
    result.reference_correlations = layer_correlations(residuals, members[0]);
    result.candidate_correlations = layer_correlations(residuals, members[1]);
    warn_of_showers(reference, candidate, result);
    warn_of_bins(result);
    return result;
}

}  // namespace lowcal::validation
