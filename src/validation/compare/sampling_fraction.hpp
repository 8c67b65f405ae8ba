#pragma once

#include "physics/energy_bins.hpp"
#include "physics/shower_table.hpp"
#include "validation/compare/bin_statistics.hpp"
#include "validation/compare/bootstrap.hpp"

#include <limits>
#include <vector>

namespace lowcal::validation {

/// Whether an energy bin holds enough showers of both samples for errors.
enum class BinStatus {
    filled,   ///< at least two showers of each sample
    too_few,  ///< at least one of each, but no spread
    empty,    ///< none of at least one sample
};
/// "filled", "too few" or "empty".
char const* name_of(BinStatus status);

/// Two samples in one bin. What cannot be computed is NaN. Errors are one standard deviation, by
/// bootstrap within the bin, both samples resampled independently.
struct SamplingFractionRow {
    EnergyBin bin{};  ///< GeV
    BinStatistic reference;
    BinStatistic candidate;
    double difference_error = std::numeric_limits<double>::quiet_NaN();  ///< of the means
    double ratio_error = std::numeric_limits<double>::quiet_NaN();  ///< of mean over reference mean
    double rms_ratio_error = std::numeric_limits<double>::quiet_NaN();

    BinStatus status() const;
    double ratio() const { return candidate.mean / reference.mean; }
    double rms_ratio() const { return candidate.rms / reference.rms; }
};

/// One row for each of `reported_bins`. Bins without showers are rows too.
std::vector<SamplingFractionRow> compare_sampling_fraction(physics::ShowerTable const& reference,
                                                           physics::ShowerTable const& candidate,
                                                           BootstrapConfig const& config);

}  // namespace lowcal::validation
