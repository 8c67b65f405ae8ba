#include "data/cell_check.hpp"

#include "core/calorimeter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

namespace lowcal::data {
namespace {

std::string_view describe(float value)
{
    if (std::isnan(value)) return "a NaN";
    return std::isinf(value) ? "an infinite" : "a negative";
}

/// One pass without branches, so that it runs at the speed of memory.
CellCheck check_below(std::span<float> cells, float threshold)
{
    std::array<float, Window::z> sums{};
    unsigned zeroed = 0;
    unsigned bad = 0;
    for (std::size_t column = 0; column < cells.size(); column += Window::z) {
        for (std::size_t z = 0; z < Window::z; ++z) {
            float const cell = cells[column + z];
            bool const quiet = cell >= 0.0F && cell < threshold;
            bad += !(cell >= 0.0F && cell <= std::numeric_limits<float>::max());
            zeroed += quiet && cell > 0.0F;
            float const kept = quiet ? 0.0F : cell;
            cells[column + z] = kept;
            sums[z] += kept;
        }
    }
    CellCheck check{zeroed, 0.0, bad == 0};
    for (float const sum : sums) check.sum += static_cast<double>(sum);
    return check;
}

}  // namespace

CellCheck check_cells(std::span<float> cells, QuietCells quiet)
{
    assert(cells.size() == Window::cells);
    return check_below(cells, quiet == QuietCells::zeroed ? smallest_cell_energy : 0.0F);
}

void zero_quiet_cells(std::span<float> cells)
{
    for (float& cell : cells) cell = cell >= 0.0F && cell < smallest_cell_energy ? 0.0F : cell;
}

std::string describe_bad_cell(std::span<float const> cells)
{
    auto const bad = std::find_if(cells.begin(), cells.end(), [](float cell) {
        return !(cell >= 0.0F && std::isfinite(cell));
    });
    assert(bad != cells.end());
    auto const index = static_cast<std::size_t>(bad - cells.begin());
    return fmt::format("{} cell at [{}][{}][{}]", describe(*bad), index / (Window::y * Window::z),
                       index / Window::z % Window::y, index % Window::z);
}

}  // namespace lowcal::data
