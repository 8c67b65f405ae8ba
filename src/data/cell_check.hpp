#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace lowcal::data {

/// What becomes of cells that hold less than `smallest_cell_energy`.
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

/// Checks the cells of one shower, in GeV. Bad cells stay as they are.
CellCheck check_cells(std::span<float> cells, QuietCells quiet);

/// Sets to zero what is above zero and less than `smallest_cell_energy`, as check_cells does.
void zero_quiet_cells(std::span<float> cells);

/// "a NaN cell at [3][0][24]": the first bad cell of a shower that is not good.
std::string describe_bad_cell(std::span<float const> cells);

}  // namespace lowcal::data
