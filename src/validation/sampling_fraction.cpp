#include "validation/sampling_fraction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lowcal::validation {
namespace {

/// A sample's showers in one bin, and what its replicas give.
struct Sampled {
    SamplingFraction result;
    std::vector<double> means;  ///< [replicas]; empty for fewer than two showers
    std::vector<double> rms;    ///< [replicas]
};

struct Draws {
    std::size_t replicas;
    Resampler resample;
};

void resample_bin(std::span<double const> fractions, Draws const& draws, Sampled& sampled)
{
    std::vector<std::uint32_t> drawn(fractions.size());
    std::vector<double> values(fractions.size());
    for (std::size_t replica = 0; replica < draws.replicas; ++replica) {
        draws.resample(replica, drawn);
        std::transform(drawn.begin(), drawn.end(), values.begin(),
                       [&](auto shower) { return fractions[shower]; });
        sampled.means.push_back(mean_of(values));
        sampled.rms.push_back(deviation_of(values));
    }
    sampled.result.mean_error = deviation_of(sampled.means);
    sampled.result.rms_error = deviation_of(sampled.rms);
}

Sampled sample_bin(SampleObservables const& sample, EnergyBin const& bin, Draws const& draws)
{
    std::vector<double> fractions;
    std::vector<double> energies;
    for (std::size_t shower = 0; shower < sample.count(); ++shower) {
        auto const energy = static_cast<double>(sample.primary_energy()[shower]);
        if (!bin.contains(energy)) continue;
        fractions.push_back(sample.sampling_fraction()[shower]);
        energies.push_back(energy);
    }
    Sampled sampled;
    sampled.result.count = fractions.size();
    sampled.result.mean_energy = mean_of(energies);
    sampled.result.mean = mean_of(fractions);
    sampled.result.rms = deviation_of(fractions);
    if (fractions.size() >= 2) resample_bin(fractions, draws, sampled);
    return sampled;
}

template <class Combine>
double error_of(std::span<double const> candidate, std::span<double const> reference,
                Combine combine)
{
    std::vector<double> values;
    for (std::size_t i = 0; i < std::min(candidate.size(), reference.size()); ++i)
        values.push_back(combine(candidate[i], reference[i]));
    return deviation_of(values);
}

}  // namespace

char const* name_of(BinStatus status)
{
    switch (status) {
        case BinStatus::filled:
            return "filled";
        case BinStatus::too_few:
            return "too few";
        default:
            return "empty";
    }
}

BinStatus SamplingFractionRow::status() const
{
    auto const fewest = std::min(reference.count, candidate.count);
    if (fewest == 0) return BinStatus::empty;
    return fewest == 1 ? BinStatus::too_few : BinStatus::filled;
}

std::vector<EnergyBin> reported_bins()
{
    std::vector<EnergyBin> bins(energy_bins.begin(), energy_bins.end());
    bins.push_back(low_energy_bin);
    return bins;
}

std::string bin_text(EnergyBin const& bin)
{
    return fmt::format("{:.0f} - {:.0f}", bin.low, bin.high);
}

std::vector<SamplingFractionRow> compare_sampling_fraction(SampleObservables const& reference,
                                                           SampleObservables const& candidate,
                                                           BootstrapConfig const& config)
{
    std::vector<SamplingFractionRow> rows;
    for (auto const& bin : reported_bins()) {
        auto const quantity = static_cast<std::uint32_t>(1 + rows.size());
        auto const draws = [&](SampleRole role) {
            return Draws{config.replicas,
                         Resampler({.seed = config.seed, .role = role, .quantity = quantity})};
        };
        auto const real = sample_bin(reference, bin, draws(SampleRole::reference));
        auto const fast = sample_bin(candidate, bin, draws(SampleRole::candidate));
        auto const difference = [](double a, double b) { return a - b; };
        auto const ratio = [](double a, double b) { return a / b; };
        rows.push_back({.bin = bin,
                        .reference = real.result,
                        .candidate = fast.result,
                        .difference_error = error_of(fast.means, real.means, difference),
                        .ratio_error = error_of(fast.means, real.means, ratio),
                        .rms_ratio_error = error_of(fast.rms, real.rms, ratio)});
    }
    return rows;
}

}  // namespace lowcal::validation
