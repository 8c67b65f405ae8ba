#pragma once

#include "physics/shower_table.hpp"
#include "validation/compare/bootstrap.hpp"

#include <cstddef>
#include <limits>
#include <vector>

namespace lowcal::validation {

/// Mean and spread of one observable over the showers of one energy bin, in the observable's unit.
/// NaN where there are too few showers.
struct BinStatistic {
    std::size_t count = 0;                                          ///< showers with a value
    double mean_energy = std::numeric_limits<double>::quiet_NaN();  ///< mean primary energy, GeV
    double mean = std::numeric_limits<double>::quiet_NaN();
    double mean_error = std::numeric_limits<double>::quiet_NaN();
    double rms = std::numeric_limits<double>::quiet_NaN();  ///< standard deviation, with N - 1
    double rms_error = std::numeric_limits<double>::quiet_NaN();
};

/// A statistic and what it is in the replicas of the bootstrap.
struct ReplicatedStatistic {
    BinStatistic result;
    std::vector<double> means;  ///< [replicas]; empty for fewer than two showers
    std::vector<double> rms;    ///< [replicas]
};

/// Which showers of which sample, and how they are drawn again.
struct BinDraws {
    EnergyBin bin{};
    SampleRole role = SampleRole::reference;
    std::uint32_t quantity = 0;  ///< of the Resampler
};

/// `observable` is its place in the sample's set. Errors are standard errors by bootstrap within
/// the bin. Showers without a value (NaN) are left out. A function of table, draws and seed alone.
ReplicatedStatistic replicate(physics::ShowerTable const& sample, std::size_t observable,
                              BinDraws const& draws, BootstrapConfig const& config);

}  // namespace lowcal::validation
