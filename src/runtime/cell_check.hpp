#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace lowcal::runtime {

/// What a look at all cells of one shower tells.
struct CellCheck {
    std::optional<std::size_t> bad{};  ///< the first cell that is NaN, infinite or negative
    bool empty = false;                ///< all cells are 0
};

/// One pass over the cells, as fast as they can be read.
CellCheck check_cells(std::span<float const> cells);

}  // namespace lowcal::runtime
