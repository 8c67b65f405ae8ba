#pragma once

#include "core/instruction_set.hpp"

#include <cstddef>

namespace lowcal::runtime {

/// What turns a network's answer into cell energies: constants of all showers.
///
///     a      = max(base x layer root + answer, floor_share x base x layer root)
///     root   = sqrt(a x (a + rise))
///     all    = root^3 scaled such that its sum over a layer is the layer's energy
///     result = root^3 where all > threshold, else 0; scaled again
struct CellTail {
    std::size_t rows = 0;         ///< cells of a layer are rows x columns
    std::size_t columns = 0;      ///< sums are those of rows, which are sums over columns
    std::size_t layers = 0;       ///< innermost in memory, from least_layers to most_layers
    float const* base = nullptr;  ///< [rows][columns][layers]
    float floor_share = 0.0F;
    float rise = 0.0F;
    float smallest_sum = 0.0F;  ///< added to the sums of cubes
    float threshold = 0.0F;

    static constexpr std::size_t least_layers = 16;
    static constexpr std::size_t most_layers = 32;
};

/// One shower: `answer` and `result` are [rows][columns][layers], the others [layers].
struct CellTailShower {
    float const* answer = nullptr;
    float const* layer_roots = nullptr;
    float const* layer_energies = nullptr;
    float* result = nullptr;  ///< not `answer`
};

LOWCAL_DECLARE_KERNEL(void finish_cells(CellTail const& tail, CellTailShower const& shower))
inline constexpr auto cell_tail_kernels = LOWCAL_KERNEL_VERSIONS(finish_cells);

}  // namespace lowcal::runtime
