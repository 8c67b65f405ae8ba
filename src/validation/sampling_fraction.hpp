#pragma once

#include "core/calorimeter.hpp"
#include "validation/bootstrap.hpp"
#include "validation/sample_observables.hpp"

#include <cstddef>
#include <limits>
#include <string>
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

/// The sampling fraction (sum of cell energies over primary energy) of one sample in one bin.
struct SamplingFraction {
    std::size_t count = 0;                                          ///< showers
    double mean_energy = std::numeric_limits<double>::quiet_NaN();  ///< mean primary energy, GeV
    double mean = std::numeric_limits<double>::quiet_NaN();
    double mean_error = std::numeric_limits<double>::quiet_NaN();
    double rms = std::numeric_limits<double>::quiet_NaN();  ///< standard deviation, with N - 1
    double rms_error = std::numeric_limits<double>::quiet_NaN();
};

/// Two samples in one bin. What cannot be computed is NaN. Errors are one standard deviation, by
/// bootstrap within the bin, both samples resampled independently.
struct SamplingFractionRow {
    EnergyBin bin{};  ///< GeV
    SamplingFraction reference;
    SamplingFraction candidate;
    double difference_error = std::numeric_limits<double>::quiet_NaN();  ///< of the means
    double ratio_error = std::numeric_limits<double>::quiet_NaN();  ///< of mean over reference mean
    double rms_ratio_error = std::numeric_limits<double>::quiet_NaN();

    BinStatus status() const;
    double ratio() const { return candidate.mean / reference.mean; }
    double rms_ratio() const { return candidate.rms / reference.rms; }
};

/// The bins of every table: the six of the core module, then 2-10 GeV, which overlaps the first.
std::vector<EnergyBin> reported_bins();

/// "100 - 200" in GeV; the last bin ends at 500.
std::string bin_text(EnergyBin const& bin);

/// One row for each of `reported_bins`. Bins without showers are rows too.
std::vector<SamplingFractionRow> compare_sampling_fraction(SampleObservables const& reference,
                                                           SampleObservables const& candidate,
                                                           BootstrapConfig const& config);

}  // namespace lowcal::validation
