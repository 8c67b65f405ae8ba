#include "physics/features/neighbours.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace lowcal::physics {

NeighbourObserver::NeighbourObserver(Detector const& detector, std::span<float const> thresholds)
    : beside_(detector),
      thresholds_(thresholds.begin(), thresholds.end()),
      logs_(detector.cells()),
      level_(detector.cells())
{
    for (std::size_t axis = 0; axis < 3; ++axis) {
        found_.pairs[axis].resize(thresholds_.size());
        found_.triples[axis].resize(thresholds_.size());
        found_.roughness[axis].resize(thresholds_.size());
    }
}

Neighbourhood const& NeighbourObserver::operator()(std::span<float const> cells)
{
    assert(cells.size() == level_.size());
    for (std::size_t axis = 0; axis < 3; ++axis) {
        std::ranges::fill(found_.pairs[axis], 0U);
        std::ranges::fill(found_.triples[axis], 0U);
        std::ranges::fill(found_.roughness[axis], 0.0);
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
        level_[i] = 0;
        for (float const threshold : thresholds_) level_[i] += cells[i] > threshold ? 1 : 0;
        if (level_[i] > 0) logs_[i] = std::log(cells[i]);
    }
    for (std::size_t cell = 0; cell < cells.size(); ++cell)
        for (std::size_t axis = 0; axis < 3 && level_[cell] > 0; ++axis) add(cell, axis);
    return found_;
}

/// Counts a hit with its neighbour ahead along an axis, and with both of its neighbours. The two
/// cells of a circle of two are one pair.
void NeighbourObserver::add(std::size_t cell, std::size_t axis)
{
    auto const ahead = beside_.ahead(axis, cell), behind = beside_.behind(axis, cell);
    if (ahead == CellNeighbours::none || level_[ahead] == 0) return;
    if (ahead == behind && ahead < cell) return;
    auto const fainter = std::min(level_[cell], level_[ahead]);
    ++found_.pairs[axis][fainter - 1U];
    if (behind == CellNeighbours::none || behind == ahead || level_[behind] == 0) return;
    auto const faintest = std::min(fainter, level_[behind]) - 1U;
    auto const rough = static_cast<double>(logs_[cell] - 0.5F * (logs_[ahead] + logs_[behind]));
    ++found_.triples[axis][faintest];
    found_.roughness[axis][faintest] += rough * rough;
}

}  // namespace lowcal::physics
