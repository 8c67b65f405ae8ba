#pragma once

#include "core/detector/detector.hpp"
#include "data/showers.hpp"

#include <array>
#include <cstddef>

namespace lowcal::data {

/// The central cells of a detector: `cells` along each axis, in memory order. What is known of
/// energies stays; thresholds stay. Throws InputError where there are fewer cells than that, or an
/// odd number would have to go, so that the axis would move by half a cell; also for an axis that
/// is periodic or a radius, of which nothing is central, and for layers that differ.
Detector cropped(Detector const& detector, std::array<std::size_t, 3> const& cells);

/// The same cells of showers of `from`, in the order of `to`, which `cropped` made.
void crop(ShowerBlock& block, Detector const& from, Detector const& to);

}  // namespace lowcal::data
