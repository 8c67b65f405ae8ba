#pragma once

#include "core/detector/detector.hpp"

#include <cstddef>
#include <span>

namespace lowcal::data {

/// The order of voxels in CaloChallenge files: depth slowest, then the two other axes in
/// the order that they have in memory. Layers that differ lie in memory just so.
class DepthFirst {
public:
    explicit DepthFirst(Detector const& detector);

    /// One shower's voxels to cells.
    void to_memory(std::span<float const> voxels, std::span<float> cells) const;
    void from_memory(std::span<float const> cells, std::span<float> voxels) const;

private:
    /// Of a grid; else one row of all cells.
    std::size_t layers_ = 1, layer_stride_ = 0;
    std::size_t rows_ = 1, row_stride_ = 0;        ///< the slower of the two other axes
    std::size_t columns_ = 0, column_stride_ = 1;  ///< the faster

    template <class Visit>
    void walk(Visit&& visit) const;
};

}  // namespace lowcal::data
