#pragma once

#include "physics/shower_table.hpp"
#include "validation/compare/energy_match.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lowcal::validation {

/// Which sample a shower of the pool belongs to: 1 for the candidate, 0 for the reference.
using Labels = std::vector<std::uint8_t>;

/// Showers [first, last) of a pool.
struct PoolRange {
    std::size_t first = 0;
    std::size_t last = 0;
};

/// The showers of reference and candidate together, in the order of their primary energy.
///
/// Were both samples of one kind, the labels within a stratum, showers of nearly equal energy,
/// could be dealt out anew without any change: that is the null hypothesis of all tests.
struct PooledSample {
    std::vector<float> energy;          ///< [count], GeV, ascending
    std::vector<std::uint32_t> source;  ///< [count], the shower's index in its own table
    Labels labels;                      ///< [count]
    std::vector<PoolRange> strata;      ///< cut the pool without gaps
    std::vector<EnergyBin> bins;        ///< statistics_bins
    std::vector<PoolRange> bin_ranges;  ///< of `bins`

    std::size_t count() const { return energy.size(); }
};

/// Pools two samples. Showers of the same energies one by one make strata of two, a reference and a
/// candidate each; others strata of about twenty that cross no edge of a bin.
PooledSample pool(physics::ShowerTable const& reference, physics::ShowerTable const& candidate,
                  EnergyMatch match);

/// Deals the labels out anew within each stratum: a function of seed and permutation alone.
void permute_labels(PooledSample const& pool, std::uint64_t seed, std::size_t permutation,
                    Labels& labels);

}  // namespace lowcal::validation
