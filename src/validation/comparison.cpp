#include "validation/comparison.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace lowcal::validation {
namespace {

MeanWithError mean_hits(ShowerTable const& sample)
{
    auto const hits = sample.values(Observable::hits);
    return {mean_of(hits), deviation_of(hits) / std::sqrt(static_cast<double>(hits.size()))};
}

/// Bins that errors cannot be given for, in words.
void warn_of_bins(Comparison& comparison)
{
    for (auto const& row : comparison.sampling_fraction)
        if (row.status() != BinStatus::filled)
            comparison.warnings.push_back(fmt::format(
                "{} GeV: {} ({} reference showers, {} of the candidate)", bin_text(row.bin),
                name_of(row.status()), row.reference.count, row.candidate.count));
}

void warn_of_showers(ShowerTable const& reference, ShowerTable const& candidate,
                     Comparison& comparison)
{
    if (candidate.same_showers(reference))
        comparison.warnings.push_back(
            "these are the reference's own showers: every difference is zero by construction");
    if (comparison.energies == EnergyMatch::same_distribution)
        comparison.warnings.push_back(
            "primary energies agree with the reference's in distribution only, not one by one");
    auto const outside = std::ranges::count_if(reference.primary_energy(), [](float energy) {
        return std::ranges::none_of(energy_bins, [&](EnergyBin const& bin) {
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

}  // namespace

Comparator::Comparator(ShowerTable const& reference, Config config)
    : reference_(reference), config_(std::move(config))
{
    if (reference.count() == 0) throw InputError("the reference holds no showers");
    replicas_ = resampled_profiles(reference, SampleRole::reference, config_.bootstrap);
}

Comparison Comparator::operator()(std::string const& name, ShowerTable const& candidate) const
{
    Comparison result;
    result.name = name;
    result.reference_count = reference_.count();
    result.candidate_count = candidate.count();
    result.energies = match_energies(reference_, candidate, name);
    auto const replicas = resampled_profiles(candidate, SampleRole::candidate, config_.bootstrap);
    result.profiles = {.reference = mean_profiles(reference_),
                       .reference_error = profile_errors(replicas_, reference_.count()),
                       .candidate = mean_profiles(candidate),
                       .candidate_error = profile_errors(replicas, candidate.count())};
    auto const fewest = std::min(reference_.count(), candidate.count());
    result.shape_mse = {
        .value = shape_mse(result.profiles.candidate, result.profiles.reference),
        .error = shape_mse_error(
            {.candidate = replicas, .reference = replicas_, .smaller_sample = fewest}),
        .floor = shape_mse_floor(reference_, {.seed = config_.bootstrap.seed,
                                              .splits = config_.floor_splits,
                                              .candidate_showers = candidate.count()})};
    result.sampling_fraction = compare_sampling_fraction(reference_, candidate, config_.bootstrap);
    result.reference_hits = mean_hits(reference_);
    result.candidate_hits = mean_hits(candidate);
    warn_of_showers(reference_, candidate, result);
    warn_of_bins(result);
    return result;
}

}  // namespace lowcal::validation
