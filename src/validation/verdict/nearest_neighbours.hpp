#pragma once

#include "validation/compare/pooled_sample.hpp"
#include "validation/compare/residuals.hpp"

#include <cstdint>
#include <vector>

namespace lowcal::validation {

/// The nearest neighbour of each shower of a pool.
struct Neighbours {
    std::vector<std::uint32_t> nearest;  ///< [count], index in the pool
    std::vector<float> distance;         ///< [count], in spreads; 0 between copies
};

/// Neighbours in the space of the observables and layer energies, as residuals, among the 400
/// showers of the pool that are nearest in primary energy: two showers of equal shape far from each
/// other in energy are not one shower remembered. Uses `threads` threads.
Neighbours find_neighbours(Residuals const& residuals, int threads);

/// Distance of each candidate shower from the nearest reference shower among those neighbours in
/// energy; infinite where there is none.
std::vector<float> distances_to_reference(Residuals const& residuals, Labels const& labels);

/// Showers of one sample whose nearest neighbour in the pool is of the same sample.
std::size_t same_neighbours(Neighbours const& neighbours, Labels const& labels, std::uint8_t label);

}  // namespace lowcal::validation
