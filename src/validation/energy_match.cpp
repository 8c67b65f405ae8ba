#include "validation/energy_match.hpp"

#include "core/error.hpp"
#include "validation/bootstrap.hpp"
#include "validation/energy_bins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lowcal::validation {
namespace {

constexpr double most_sigmas = 4.0;
constexpr double same_energy_tolerance = 1e-6;  // files in MeV round differently

bool same_energy(float first, float second)
{
    auto const difference = std::abs(static_cast<double>(first) - static_cast<double>(second));
    return difference <= same_energy_tolerance * static_cast<double>(first);
}

/// Some of a sample's primary energies: those that lie in one bin, or in none.
struct Share {
    std::vector<double> energies;
    double of_sample = 0;  ///< fraction of the sample's showers
};

template <class Predicate>
Share share_of(ShowerTable const& sample, Predicate inside)
{
    Share share;
    for (float const value : sample.primary_energy())
        if (auto const energy = static_cast<double>(value); inside(energy))
            share.energies.push_back(energy);
    share.of_sample =
        static_cast<double>(share.energies.size()) / static_cast<double>(sample.count());
    return share;
}

struct Sizes {
    double reference;
    double candidate;
};

bool shares_agree(Share const& reference, Share const& candidate, Sizes sizes)
{
    auto const inside = static_cast<double>(reference.energies.size() + candidate.energies.size());
    double const joint = inside / (sizes.reference + sizes.candidate);
    double const variance = joint * (1 - joint) * (1 / sizes.reference + 1 / sizes.candidate);
    return std::abs(reference.of_sample - candidate.of_sample) <= most_sigmas * std::sqrt(variance);
}

/// Bins with a single shower have no spread to judge a mean by: they agree.
bool means_agree(Share const& reference, Share const& candidate)
{
    if (std::min(reference.energies.size(), candidate.energies.size()) < 2) return true;
    auto const square_of_error = [](Share const& share) {
        double const deviation = deviation_of(share.energies);
        return deviation * deviation / static_cast<double>(share.energies.size());
    };
    double const mean = mean_of(reference.energies);
    double const error = std::sqrt(square_of_error(reference) + square_of_error(candidate));
    double const rounding = same_energy_tolerance * mean;
    return std::abs(mean - mean_of(candidate.energies)) <= most_sigmas * error + rounding;
}

[[noreturn]] void refuse(std::string const& candidate_name, std::string const& where,
                         std::string const& why)
{
    throw InputError(
        fmt::format("{}: the primary energies are not those of the reference", candidate_name),
        fmt::format("{}: {}", where, why),
        "compare showers made at the reference's energies (lowcal generate --energies-from)");
}

struct Samples {
    ShowerTable const& reference;
    ShowerTable const& candidate;
    std::string const& candidate_name;
};

template <class Predicate>
void require_agreement(Samples const& samples, std::string const& where, Predicate inside)
{
    auto const reference = share_of(samples.reference, inside);
    auto const candidate = share_of(samples.candidate, inside);
    Sizes const sizes{static_cast<double>(samples.reference.count()),
                      static_cast<double>(samples.candidate.count())};
    if (!shares_agree(reference, candidate, sizes))
        refuse(samples.candidate_name, where,
               fmt::format("{} of {} showers against {} of {}", candidate.energies.size(),
                           samples.candidate.count(), reference.energies.size(),
                           samples.reference.count()));
    if (!means_agree(reference, candidate))
        refuse(samples.candidate_name, where,
               fmt::format("mean {:.4g} GeV against {:.4g} GeV", mean_of(candidate.energies),
                           mean_of(reference.energies)));
}

}  // namespace

char const* name_of(EnergyMatch match)
{
    return match == EnergyMatch::same_energies ? "same energies" : "same distribution";
}

EnergyMatch match_energies(ShowerTable const& reference, ShowerTable const& candidate,
                           std::string const& candidate_name)
{
    if (reference.count() == 0) throw InputError("the reference holds no showers");
    if (candidate.count() == 0) throw InputError(candidate_name + " holds no showers");
    auto const first = reference.primary_energy();
    auto const second = candidate.primary_energy();
    if (std::equal(first.begin(), first.end(), second.begin(), second.end(), same_energy))
        return EnergyMatch::same_energies;
    Samples const samples{reference, candidate, candidate_name};
    auto const bins = reported_bins();
    for (auto const& bin : bins)
        require_agreement(samples, bin_text(bin) + " GeV",
                          [&](double energy) { return bin.contains(energy); });
    require_agreement(samples, "outside all bins", [&](double energy) {
        return std::none_of(bins.begin(), bins.end(),
                            [&](auto const& bin) { return bin.contains(energy); });
    });
    return EnergyMatch::same_distribution;
}

}  // namespace lowcal::validation
