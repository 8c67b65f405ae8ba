#include "physics/features/neighbours.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace lowcal::physics {

NeighbourObserver::NeighbourObserver(Detector detector, std::span<float const> thresholds)
    : detector_(std::move(detector)),
      thresholds_(thresholds.begin(), thresholds.end()),
      logs_(detector_.cells()),
      level_(detector_.cells())
{
    for (std::size_t axis = 0; axis < 3; ++axis) {
        found_.pairs[axis].resize(thresholds_.size());
        found_.triples[axis].resize(thresholds_.size());
        found_.roughness[axis].resize(thresholds_.size());
    }
}

Neighbourhood const& NeighbourObserver::operator()(std::span<float const> cells)
{
    assert(cells.size() == detector_.cells());
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
    std::size_t cell = 0;
    auto const& axes = detector_.axes;
    for (std::size_t i = 0; i < axes[0].cells; ++i)
        for (std::size_t j = 0; j < axes[1].cells; ++j)
            for (std::size_t k = 0; k < axes[2].cells; ++k, ++cell) {
                if (level_[cell] == 0) continue;
                add(cell, 0, i);
                add(cell, 1, j);
                add(cell, 2, k);
            }
    return found_;
}

/// Counts a hit with its neighbour ahead along an axis, and with both of its neighbours.
void NeighbourObserver::add(std::size_t cell, std::size_t axis, std::size_t place)
{
    auto const cells = detector_.axes[axis].cells;
    auto const stride = detector_.stride(axis);
    bool const circle = detector_.axes[axis].periodic && cells > 2;
    bool const last = place + 1 == cells, first = place == 0;
    if (last && !circle) return;
    auto const ahead = last ? cell - place * stride : cell + stride;
    if (level_[ahead] == 0) return;
    auto const fainter = std::min(level_[cell], level_[ahead]);
    ++found_.pairs[axis][fainter - 1U];
    if (first && !circle) return;
    auto const behind = first ? cell + (cells - 1) * stride : cell - stride;
    if (level_[behind] == 0) return;
    auto const faintest = std::min(fainter, level_[behind]) - 1U;
    auto const rough = static_cast<double>(logs_[cell] - 0.5F * (logs_[ahead] + logs_[behind]));
    ++found_.triples[axis][faintest];
    found_.roughness[axis][faintest] += rough * rough;
}

}  // namespace lowcal::physics
