#include "validation/compare/energy_match.hpp"

#include "core/error.hpp"
#include "core/sample_moments.hpp"
#include "physics/energy_bins.hpp"
#include "validation/compare/bootstrap.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::validation {
namespace {

constexpr double most_sigmas = 4.0;
constexpr float partner_tolerance = 0.02F;
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
Share share_of(physics::ShowerTable const& sample, Predicate inside)
{
    Share share;
    for (float const value : sample.primary_energy())
        if (auto const energy = static_cast<double>(value); inside(energy))
            share.energies.push_back(energy);
    share.of_sample =
        static_cast<double>(share.energies.size()) / static_cast<double>(sample.count());
    return share;
}

struct SampleSizes {
    double reference;
    double candidate;
};

bool shares_agree(Share const& reference, Share const& candidate, SampleSizes sizes)
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

struct Samples {
    physics::ShowerTable const& reference;
    physics::ShowerTable const& candidate;
};

template <class Predicate>
bool agree(Samples const& samples, Predicate inside)
{
    auto const reference = share_of(samples.reference, inside);
    auto const candidate = share_of(samples.candidate, inside);
    SampleSizes const sizes{static_cast<double>(samples.reference.count()),
                            static_cast<double>(samples.candidate.count())};
    return shares_agree(reference, candidate, sizes) && means_agree(reference, candidate);
}

/// The showers of one bin by ascending energy.
std::vector<std::uint32_t> sorted_in(physics::ShowerTable const& sample, EnergyBin const& bin)
{
    std::vector<std::uint32_t> showers;
    auto const energies = sample.primary_energy();
    for (std::uint32_t i = 0; i < sample.count(); ++i)
        if (bin.contains(static_cast<double>(energies[i]))) showers.push_back(i);
    std::ranges::stable_sort(showers, {}, [&](auto shower) { return energies[shower]; });
    return showers;
}

/// Partners are found from below: no other pairing makes more pairs.
void match_in(Samples const& samples, EnergyBin const& bin, MatchedShowers& matched)
{
    auto const first = sorted_in(samples.reference, bin);
    auto const second = sorted_in(samples.candidate, bin);
    std::size_t i = 0, j = 0;
    while (i < first.size() && j < second.size()) {
        float const a = samples.reference.primary_energy()[first[i]];
        float const b = samples.candidate.primary_energy()[second[j]];
        if (std::abs(a - b) <= partner_tolerance * a) {
            matched.reference.push_back(first[i++]);
            matched.candidate.push_back(second[j++]);
        } else {
            ++(a < b ? i : j);
        }
    }
}

/// Bins that share the energies among them.
std::vector<EnergyBin> bins_for_matching(Detector const& detector)
{
    auto bins = detector.energy_bins();
    if (bins.empty()) bins.push_back(physics::all_energies());
    return bins;
}

}  // namespace

char const* name_of(EnergyMatch match)
{
    switch (match) {
        case EnergyMatch::same_energies:
            return "same energies";
        case EnergyMatch::same_distribution:
            return "same distribution";
        default:
            return "matched";
    }
}

EnergyMatch match_energies(physics::ShowerTable const& reference,
                           physics::ShowerTable const& candidate, std::string const& candidate_name)
{
    if (reference.count() == 0) throw InputError("the reference holds no showers");
    if (candidate.count() == 0) throw InputError(candidate_name + " holds no showers");
    auto const first = reference.primary_energy();
    auto const second = candidate.primary_energy();
    if (std::equal(first.begin(), first.end(), second.begin(), second.end(), same_energy))
        return EnergyMatch::same_energies;
    Samples const samples{reference, candidate};
    auto const bins = physics::reported_bins(reference.set().detector());
    bool const inside = std::ranges::all_of(bins, [&](EnergyBin const& bin) {
        return agree(samples, [&](double energy) { return bin.contains(energy); });
    });
    bool const outside = agree(samples, [&](double energy) {
        return std::ranges::none_of(bins, [&](auto const& bin) { return bin.contains(energy); });
    });
    return inside && outside ? EnergyMatch::same_distribution : EnergyMatch::matched;
}

MatchedShowers match_showers(physics::ShowerTable const& reference,
                             physics::ShowerTable const& candidate,
                             std::string const& candidate_name)
{
    MatchedShowers matched;
    for (auto const& bin : bins_for_matching(reference.set().detector()))
        match_in({reference, candidate}, bin, matched);
    if (matched.reference.empty())
        throw InputError(
            candidate_name + ": no shower has the primary energy of a reference shower",
            "energies within 2 % and in one energy bin are compared",
            "compare showers made at the reference's energies (lowcal generate --energies-from)");
    return matched;
}

}  // namespace lowcal::validation
