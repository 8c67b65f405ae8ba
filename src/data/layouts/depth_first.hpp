#pragma once

#include "core/detector/detector.hpp"

#include <cstddef>
#include <span>

namespace lowcal::data {

inline constexpr float mev_per_gev = 1000.0F;

/// The order of voxels in CaloChallenge files, in MeV: depth slowest, then the two other axes in
/// the order that they have in memory.
class DepthFirst {
public:
    explicit DepthFirst(Detector const& detector);

    /// One shower's voxels in MeV to cells in GeV.
    void to_memory(std::span<float const> voxels, std::span<float> cells) const;
    void from_memory(std::span<float const> cells, std::span<float> voxels) const;

private:
    std::size_t layers_, layer_stride_;
    std::size_t rows_, row_stride_;        ///< the slower of the two other axes
    std::size_t columns_, column_stride_;  ///< the faster

    template <class Visit>
    void walk(Visit&& visit) const;
};

}  // namespace lowcal::data
