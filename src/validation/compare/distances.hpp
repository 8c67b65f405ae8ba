#pragma once

#include "validation/compare/bin_statistics.hpp"
#include "validation/compare/bootstrap.hpp"

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace lowcal::validation {

/// A distance between two samples; NaN where it is not known.
struct Distance {
    double value = std::numeric_limits<double>::quiet_NaN();
    double error = std::numeric_limits<double>::quiet_NaN();  ///< one standard deviation, bootstrap
    double floor = std::numeric_limits<double>::quiet_NaN();  ///< of samples of one kind and of
                                                              ///< these sizes, on average
};

/// Distances of plain values.
struct ValueDistances {
    double kolmogorov_smirnov;  ///< largest difference of the cumulative distributions
    double wasserstein;         ///< area between them, in the values' unit
    double separation;  ///< half the sum of (p - q)^2 / (p + q) over the bins of a histogram
};

/// Cuts between the 20 equal bins, from the half-percent quantile of `reference` to that from
/// above; values outside count in the end bins. [19]; empty without values.
std::vector<double> separation_cuts(std::span<double const> reference);

/// Distances of two samples of at least one value each, none NaN.
ValueDistances value_distances(std::span<double const> reference, std::span<double const> candidate,
                               std::span<double const> cuts);

/// Shares of the showers in bins of equal width, of the sum of all showers of the sample.
struct Histogram {
    std::vector<double> cuts;       ///< between the bins: one fewer
    std::vector<double> reference;  ///< the end bins hold all that lies outside
    std::vector<double> candidate;
    std::size_t reference_count = 0;
    std::size_t candidate_count = 0;
};

/// One observable in one energy bin.
struct ObservableRow {
    std::size_t observable = 0;  ///< its place in the set
    EnergyBin bin{};
    BinStatistic reference;
    BinStatistic candidate;
    Distance kolmogorov_smirnov;
    Distance wasserstein;  ///< in the observable's unit
    Distance separation;
    Histogram histogram;
};

/// Compares all observables of the set in all `physics::statistics_bins`, observable by observable.
/// Floors come from random halves of the reference, scaled to the samples' sizes.
std::vector<ObservableRow> compare_observables(physics::ShowerTable const& reference,
                                               physics::ShowerTable const& candidate,
                                               BootstrapConfig const& config);

}  // namespace lowcal::validation
