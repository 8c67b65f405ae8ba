#include "validation/compare/sampling_fraction.hpp"

#include "core/sample_moments.hpp"

#include <algorithm>
#include <span>

namespace lowcal::validation {
namespace {

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

std::vector<SamplingFractionRow> compare_sampling_fraction(physics::ShowerTable const& reference,
                                                           physics::ShowerTable const& candidate,
                                                           BootstrapConfig const& config)
{
    std::vector<SamplingFractionRow> rows;
    for (auto const& bin : physics::reported_bins(reference.set().detector())) {
        auto const quantity = static_cast<std::uint32_t>(1 + rows.size());
        auto const of = [&](physics::ShowerTable const& sample, SampleRole role) {
            return replicate(sample, physics::sampling_fraction,
                             {.bin = bin, .role = role, .quantity = quantity}, config);
        };
        auto const real = of(reference, SampleRole::reference);
        auto const fast = of(candidate, SampleRole::candidate);
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
