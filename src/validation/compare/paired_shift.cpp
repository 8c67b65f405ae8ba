#include "validation/compare/paired_shift.hpp"

#include "core/error.hpp"
#include "core/sample_moments.hpp"
#include "physics/energy_bins.hpp"
#include "validation/compare/comparable_tables.hpp"

#include <fmt/format.h>

#include <cmath>

namespace lowcal::validation {
namespace {

/// The pairs of one bin in which both showers have a value.
struct Pairs {
    std::vector<double> reference;
    std::vector<double> candidate;
};

Pairs pairs_in(physics::ShowerTable const& reference, physics::ShowerTable const& candidate,
               PairedShift const& what)
{
    Pairs pairs;
    auto const first = reference.values(what.observable);
    auto const second = candidate.values(what.observable);
    for (std::size_t shower = 0; shower < reference.count(); ++shower) {
        if (!what.bin.contains(static_cast<double>(reference.primary_energy()[shower]))) continue;
        if (std::isnan(first[shower]) || std::isnan(second[shower])) continue;
        pairs.reference.push_back(first[shower]);
        pairs.candidate.push_back(second[shower]);
    }
    return pairs;
}

/// What each value adds to its sample's standard deviation, to first order, times their number.
std::vector<double> influence_on_deviation(std::vector<double> const& values)
{
    double const mean = mean_of(values), deviation = deviation_of(values);
    std::vector<double> influence(values.size(), 0.0);
    if (deviation > 0)
        for (std::size_t i = 0; i < values.size(); ++i)
            influence[i] = (std::pow(values[i] - mean, 2) / deviation - deviation) / 2;
    return influence;
}

/// Standard error of the mean of the differences.
double noise_of(std::vector<double> const& candidate, std::vector<double> const& reference)
{
    std::vector<double> differences(candidate.size());
    for (std::size_t i = 0; i < candidate.size(); ++i) differences[i] = candidate[i] - reference[i];
    return deviation_of(differences) / std::sqrt(static_cast<double>(differences.size()));
}

void require_same_energies(physics::ShowerTable const& reference,
                           physics::ShowerTable const& candidate)
{
    require_comparable(reference, candidate, "the other precision");
    if (candidate.count() != reference.count())
        throw InputError(fmt::format("{} showers cannot be paired with {}", candidate.count(),
                                     reference.count()));
    for (std::size_t shower = 0; shower < reference.count(); ++shower)
        if (candidate.primary_energy()[shower] != reference.primary_energy()[shower])
            throw InputError(
                fmt::format("shower {} cannot be paired", shower),
                fmt::format("{} GeV against {} GeV", candidate.primary_energy()[shower],
                            reference.primary_energy()[shower]));
}

}  // namespace

bool PairedShift::within_error() const
{
    return std::abs(mean) <= reference.mean_error && std::abs(rms) <= reference.rms_error;
}

PairedComparator::PairedComparator(physics::ShowerTable const& reference,
                                   BootstrapConfig const& config)
    : reference_(reference)
{
    if (reference.count() == 0) throw InputError("the reference holds no showers");
    auto const bins = physics::statistics_bins(reference.set().detector());
    for (std::size_t observable = 0; observable < reference.set().observables().size();
         ++observable) {
        for (std::size_t i = 0; i < bins.size(); ++i) {
            BinDraws const draws{.bin = bins[i], .quantity = static_cast<std::uint32_t>(1 + i)};
            errors_.push_back(
                {.observable = observable,
                 .bin = bins[i],
                 .reference = replicate(reference, observable, draws, config).result});
        }
    }
}

std::vector<PairedShift> PairedComparator::operator()(physics::ShowerTable const& candidate) const
{
    require_same_energies(reference_, candidate);
    auto shifts = errors_;
    for (auto& shift : shifts) {
        auto const pairs = pairs_in(reference_, candidate, shift);
        shift.count = pairs.reference.size();
        bool const enough = shift.count >= 2;
        shift.mean = enough ? mean_of(pairs.candidate) - mean_of(pairs.reference) : not_known;
        shift.rms =
            enough ? deviation_of(pairs.candidate) - deviation_of(pairs.reference) : not_known;
        shift.mean_noise = enough ? noise_of(pairs.candidate, pairs.reference) : not_known;
        shift.rms_noise = enough ? noise_of(influence_on_deviation(pairs.candidate),
                                            influence_on_deviation(pairs.reference))
                                 : not_known;
    }
    return shifts;
}

}  // namespace lowcal::validation
