#include "runtime/cell_check.hpp"

#include "runtime/kernels/cell_check_kernel.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace lowcal::runtime {

CellCheck check_cells(std::span<float const> cells)
{
    static auto const largest_pattern = cell_check_kernels.fastest();
    auto const largest = largest_pattern(cells.data(), cells.size());
    if (largest < std::bit_cast<std::uint32_t>(std::numeric_limits<float>::infinity()))
        return {.empty = largest == 0};
    auto const is_bad = [](float cell) { return !(cell >= 0.0F) || std::isinf(cell); };
    auto const bad = std::find_if(cells.begin(), cells.end(), is_bad);
    if (bad != cells.end()) return {.bad = static_cast<std::size_t>(bad - cells.begin())};
    // Some are -0, which is as good as 0.
    return {.empty = std::all_of(cells.begin(), cells.end(), [](float x) { return x == 0.0F; })};
}

}  // namespace lowcal::runtime
