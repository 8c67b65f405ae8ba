#pragma once

#include "core/processes/gnuplot.hpp"

#include <filesystem>

namespace lowcal::training {

/// Draws the folder's losses.csv and physics.csv as curves.png. Throws InputError with gnuplot's
/// own words where it fails.
DrawResult draw_curves(std::filesystem::path const& folder);

}  // namespace lowcal::training
