#pragma once

#include "core/detector/detector.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace lowcal::data {

/// What becomes of cells that hold less than the detector's smallest energy.
enum class QuietCells {
    zeroed,  ///< set to zero, and counted
    kept
};

/// What a look at one shower's cells found.
struct CellCheck {
    std::size_t zeroed = 0;  ///< cells that were set to zero
    double sum = 0;          ///< GeV, after that
    bool good = true;        ///< every cell finite and not negative
};

/// Checks the cells of one shower, in GeV, and sets to zero what is under `smallest`. Bad cells
/// stay as they are.
CellCheck check_cells(std::span<float> cells, float smallest);

/// Sets to zero what is above zero and less than `smallest`, as check_cells does.
void zero_quiet_cells(std::span<float> cells, float smallest);

/// "a NaN cell at [3][0][24]": the first bad cell of a shower that is not good.
std::string describe_bad_cell(std::span<float const> cells, Detector const& detector);

}  // namespace lowcal::data
