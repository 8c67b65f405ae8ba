#pragma once

#include "physics/features/cell_neighbours.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lowcal::physics {

/// What neighbours have to do with each other in one shower, along each axis of the detector.
/// Levels count thresholds: a cell is of level k where it is above threshold k and not above the
/// next.
struct Neighbourhood {
    /// [axes][levels], pairs of neighbouring hits by the fainter one's level.
    std::array<std::vector<std::uint32_t>, 3> pairs;
    /// [axes][levels], of three hits in a row by the faintest one's level: their number, and the
    /// sum of (log of the middle one - mean log of its neighbours)^2.
    std::array<std::vector<std::uint32_t>, 3> triples;
    std::array<std::vector<double>, 3> roughness;
};

/// Looks at neighbours, shower by shower. Not thread-safe; allocates nothing after the first
/// shower.
class NeighbourObserver {
public:
    /// `thresholds` in GeV, ascending, the first is zero.
    NeighbourObserver(Detector const& detector, std::span<float const> thresholds);

    /// `cells` as the detector's axes say, GeV. The answer is good until the next call.
    Neighbourhood const& operator()(std::span<float const> cells);

private:
    CellNeighbours beside_;
    std::vector<float> thresholds_;
    std::vector<float> logs_;           ///< [cells], of hits
    std::vector<std::uint32_t> level_;  ///< [cells], one more than a hit's level; 0: no hit
    Neighbourhood found_;

    void add(std::size_t cell, std::size_t axis);
};

}  // namespace lowcal::physics
