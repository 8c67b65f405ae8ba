#pragma once

#include <cstddef>

namespace lowcal::runtime {

/// Buffers of what makes cells of layers.
struct CellBuffers {
    std::size_t layers = 0, primary = 0, entry = 0, uniform = 0, cells = 0;
    std::size_t uniform_step = 0;  ///< numbers of a shower
};

}  // namespace lowcal::runtime
