#pragma once

#include "physics/features/feature_set.hpp"
#include "physics/features/neighbours.hpp"
#include "physics/shower_observer.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace lowcal::physics {

/// Computes the row of a FeatureSet, shower by shower. Not thread-safe; allocates nothing after the
/// first.
class ShowerFeatures {
public:
    explicit ShowerFeatures(std::shared_ptr<FeatureSet const> set);

    /// Fills `row`, [set.count()], for one shower of a block: its cells in GeV. Negative
    /// ones count in energies with their sign and are no hits. What a shower does not have is NaN:
    /// a condition that the block does not know, the centre of a layer without energy, the share of
    /// hits that are neighbours where there are no hits.
    void operator()(data::ShowerBlock const& block, std::size_t shower, std::span<float> row);

private:
    std::shared_ptr<FeatureSet const> set_;
    ShowerObserver observe_;
    NeighbourObserver neighbours_;
    std::vector<double> central_;            ///< [layers], GeV in the innermost core
    std::vector<double> ring_energies_;      ///< [rings], GeV
    std::vector<std::uint32_t> layer_hits_;  ///< [thresholds][layers]
    std::vector<std::uint32_t> ring_hits_;   ///< [thresholds][rings]
    std::vector<std::uint32_t> hits_;        ///< [thresholds]

    void sum_cells(std::span<float const> cells);
    void add_energy(float cell, std::size_t layer, std::size_t ring);
};

}  // namespace lowcal::physics
