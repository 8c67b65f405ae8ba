#pragma once

#include "core/kernels/instruction_set.hpp"
#include "graph/patterns/split_form.hpp"

#include <cstddef>
#include <cstdint>

namespace lowcal::runtime {

/// Draws from the mixtures of divisions (graph/patterns/split_network.hpp), for many blocks at a
/// time. All arrays have room for whole vectors of the widest kind: up to `draw_padding` rows
/// behind `count` are read, and results written.
inline constexpr std::size_t draw_padding = 16;

/// Numbers of one draw, of which the last `followed_odds` follow the odds.
inline constexpr auto root_draw_width = static_cast<std::size_t>(graph::root_numbers);
inline constexpr auto hit_draw_width = static_cast<std::size_t>(graph::hit_numbers);
inline constexpr auto energy_draw_width = static_cast<std::size_t>(graph::energy_numbers);

/// Hits of layers, not yet whole.
struct RootDraws {
    std::size_t count = 0;
    float const* numbers = nullptr;  ///< [count][step], root_draw_width of each
    std::size_t step = 0;
    float const* uniform = nullptr;  ///< [count][2]
    float* result = nullptr;
};

/// Hits of first children.
struct HitDraws {
    std::size_t count = 0;
    float const* numbers = nullptr;  ///< [count][step], hit_draw_width of each
    std::size_t step = 0;
    float const* odds = nullptr;     ///< [count][followed_odds]
    float const* uniform = nullptr;  ///< [count][2]
    float const* hits = nullptr;     ///< of the blocks
    float const* cells_of_first = nullptr;
    float const* cells_of_second = nullptr;
    float* result = nullptr;
};

/// Energies of first children where both have hits.
struct EnergyDraws {
    std::size_t count = 0;
    float const* numbers = nullptr;  ///< [count][step], energy_draw_width of each
    std::size_t step = 0;
    float const* odds = nullptr;     ///< [count][followed_odds]
    float const* uniform = nullptr;  ///< [count][2]
    float const* energy = nullptr;   ///< of the blocks
    float const* first = nullptr;    ///< hits
    float const* second = nullptr;
    float const* anchors = nullptr;  ///< [anchored_components]
    float least = 0;                 ///< of a hit
    float* result = nullptr;
};

/// log(offset + x / unit) of `count` numbers.
struct Logarithms {
    std::size_t count = 0;
    float const* x = nullptr;
    float unit = 1;
    float offset = 1;
    float* result = nullptr;
};

/// Levels of columns of numbers: x inverse, rounded to the nearest, even where two are, plus zero,
/// kept in 0 to 255.
struct OwnLevels {
    std::size_t rows = 0;
    std::size_t columns = 0;         ///< whole vectors
    float const* numbers = nullptr;  ///< [rows][columns]
    float const* inverse = nullptr;  ///< [columns]
    float const* zero = nullptr;
    std::uint8_t* levels = nullptr;  ///< [rows][levels_step]
    std::size_t levels_step = 0;
};

/// result[row][i] = first[row][i] + second[row][i], of rows that stand anywhere.
struct RowSums {
    std::size_t rows = 0;
    std::size_t columns = 0;
    float const* const* first = nullptr;   ///< [rows]
    float const* const* second = nullptr;  ///< [rows]
    float* result = nullptr;               ///< [rows][columns]
};

LOWCAL_DECLARE_KERNEL(void draw_roots(RootDraws const& draws))
LOWCAL_DECLARE_KERNEL(void draw_hits(HitDraws const& draws))
LOWCAL_DECLARE_KERNEL(void draw_energies(EnergyDraws const& draws))
LOWCAL_DECLARE_KERNEL(void take_logarithms(Logarithms const& logarithms))
LOWCAL_DECLARE_KERNEL(void round_own(OwnLevels const& own))
LOWCAL_DECLARE_KERNEL(void add_rows(RowSums const& sums))
inline constexpr auto row_sum_kernels = LOWCAL_KERNEL_VERSIONS(add_rows);
inline constexpr auto own_level_kernels = LOWCAL_KERNEL_VERSIONS(round_own);
inline constexpr auto root_draw_kernels = LOWCAL_KERNEL_VERSIONS(draw_roots);
inline constexpr auto hit_draw_kernels = LOWCAL_KERNEL_VERSIONS(draw_hits);
inline constexpr auto energy_draw_kernels = LOWCAL_KERNEL_VERSIONS(draw_energies);
inline constexpr auto scaled_logarithm_kernels = LOWCAL_KERNEL_VERSIONS(take_logarithms);

}  // namespace lowcal::runtime
