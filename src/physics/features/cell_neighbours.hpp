#pragma once

#include "core/detector/detector.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace lowcal::physics {

/// Which cells of a detector lie beside which. A periodic axis is a circle; along depth, layers
/// that differ have no neighbours. A value; threads may share it.
class CellNeighbours {
public:
    explicit CellNeighbours(Detector const& detector);

    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    /// The next cell, or the one before, along an axis; none at an end.
    std::uint32_t ahead(std::size_t axis, std::size_t cell) const { return ahead_[axis][cell]; }
    std::uint32_t behind(std::size_t axis, std::size_t cell) const { return behind_[axis][cell]; }

private:
    std::array<std::vector<std::uint32_t>, 3> ahead_;   ///< [axes][cells]
    std::array<std::vector<std::uint32_t>, 3> behind_;  ///< [axes][cells]

    /// `cells` of them `stride` apart.
    struct Row {
        std::size_t axis;
        std::size_t first;
        std::size_t cells;
        std::size_t stride;
        bool periodic;
    };
    void link(Row const& row);
    void link_grid(Detector const& detector);
    void link_layers(Detector const& detector);
};

}  // namespace lowcal::physics
