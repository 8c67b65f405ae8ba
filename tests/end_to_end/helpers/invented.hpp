#pragma once

#include "core/detector/detector.hpp"
#include "data/showers.hpp"

#include <cstddef>
#include <filesystem>

namespace lowcal::end_to_end {

/// A small detector: even numbers of cells, and depth in the middle of the memory order.
Detector toy();

/// Showers of 4 to 60 GeV that rise and fall along depth and lie about the axis.
data::ShowerBlock invented(Detector const& detector, std::size_t count);

void write(std::filesystem::path const& file, Detector const& detector,
           data::ShowerBlock const& block);

}  // namespace lowcal::end_to_end
