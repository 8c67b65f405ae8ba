#pragma once

#include "physics/shower_table.hpp"
#include "validation/compare/bin_statistics.hpp"
#include "validation/compare/bootstrap.hpp"

#include <cstddef>
#include <vector>

namespace lowcal::validation {

/// How an observable's mean and spread moved in one energy bin between two versions of the same
/// showers, for example one network at two precisions on the same latents. In the observable's
/// unit. NaN where the bin holds fewer than two showers.
struct PairedShift {
    std::size_t observable = 0;  ///< its place in the set
    EnergyBin bin{};             ///< GeV
    std::size_t count = 0;       ///< pairs in which both showers have a value
    BinStatistic reference;      ///< with the bootstrap standard errors of its own mean and rms
    double mean = 0;             ///< candidate's minus reference's mean
    double rms = 0;              ///< candidate's minus reference's standard deviation
    double mean_noise = 0;  ///< standard error of the shift of the mean, pairs being independent
    double rms_noise = 0;   ///< the same for the standard deviation, to first order

    /// Whether neither shift is larger than the reference's own standard error. A bin that is too
    /// small to tell is not.
    bool within_error() const;
};

/// Compares versions of the showers of one reference with it, pair by pair: shower i against
/// shower i, so that the showers' own fluctuations cancel. The reference's errors are made once; it
/// must outlive the object. Equal seeds give equal figures. Threads may share it.
class PairedComparator {
public:
    /// Throws InputError for a reference without showers.
    explicit PairedComparator(physics::ShowerTable const& reference,
                              BootstrapConfig const& config = {});

    /// All observables in all `statistics_bins`, observable by observable. Throws InputError where
    /// `candidate` has another number of showers or other primary energies, shower by shower.
    std::vector<PairedShift> operator()(physics::ShowerTable const& candidate) const;

private:
    physics::ShowerTable const& reference_;
    std::vector<PairedShift> errors_;  ///< shifts of the reference against itself
};

}  // namespace lowcal::validation
