#pragma once

#include "core/kernels/instruction_set.hpp"
#include "graph/patterns/cell_tail_form.hpp"

#include <cstddef>
#include <cstdint>

namespace lowcal::runtime {

/// What turns a network's answer into cell energies: constants of all showers. CellTailForm says
/// what it computes.
struct CellTail {
    std::size_t rows = 0;         ///< cells of a layer are rows x columns
    std::size_t columns = 0;      ///< sums are those of rows, which are sums over columns
    std::size_t layers = 0;       ///< innermost in memory, from least_layers to most_layers
    float const* base = nullptr;  ///< [rows][columns][layers], like the next two
    float const* scatter = nullptr;
    float const* scatter_low = nullptr;
    /// [rows][columns]: of the noise of each cell's first layer; those of the others follow it.
    std::uint32_t const* noise_places = nullptr;
    graph::CellTailForm form{};

    static constexpr std::size_t least_layers = 16;
    static constexpr std::size_t most_layers = 64;
};

/// One shower: `answer` and `result` are [rows][columns][layers], energies and roots [layers].
struct CellTailShower {
    float const* answer = nullptr;
    float const* noise = nullptr;  ///< as many as `noise_places` reach
    float const* layer_roots = nullptr;
    float const* layer_energies = nullptr;
    float* result = nullptr;  ///< not `answer`
};

LOWCAL_DECLARE_KERNEL(void finish_cells(CellTail const& tail, CellTailShower const& shower))
inline constexpr auto cell_tail_kernels = LOWCAL_KERNEL_VERSIONS(finish_cells);

}  // namespace lowcal::runtime
