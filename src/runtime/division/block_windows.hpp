#pragma once

#include "runtime/division/block_levels.hpp"

#include <cstring>
#include <type_traits>

namespace lowcal::runtime {

// Windows of blocks, which networks see. Levels are moved as many at once as a register holds: up
// to `read_beyond` numbers are read, and written, behind the last of a window.

/// Energy and hits in turn of `rows` by `columns` blocks, one row behind the other; returns where
/// they end.
template <std::size_t rows, std::size_t columns, class Number>
Number* copy_window(Number const* from, std::int64_t row_step, Number* to)
{
    constexpr std::size_t numbers = 2 * columns;
    constexpr std::size_t few = 8, many = 16;
    static_assert(numbers <= many && many <= read_beyond);
    constexpr std::size_t at_once = numbers <= few ? few : many;
    constexpr std::size_t moved = sizeof(Number) == 1 ? at_once : numbers * sizeof(Number);
    for (std::size_t row = 0; row < rows; ++row, from += row_step, to += numbers)
        std::memcpy(to, from, moved);
    return to;
}

/// The energies alone, in rows of three or six blocks.
template <std::size_t rows, std::size_t columns, class Number>
Number* copy_energies(Number const* from, std::int64_t row_step, Number* to)
{
    constexpr std::size_t together = 3;
    static_assert(columns % together == 0);
    for (std::size_t row = 0; row < rows; ++row, from += row_step)
        for (std::size_t first = 0; first < columns; first += together, to += together) {
            auto const* const three = from + 2 * first;
            if constexpr (std::is_same_v<Number, std::uint8_t>) {
                std::uint64_t pairs;
                std::memcpy(&pairs, three, sizeof pairs);
                auto const energies = static_cast<std::uint32_t>(
                    (pairs & 0xFF) | (pairs >> 8 & 0xFF00) | (pairs >> 16 & 0xFF0000));
                std::memcpy(to, &energies, sizeof energies);
            } else {
                for (std::size_t i = 0; i < together; ++i) to[i] = three[2 * i];
            }
        }
    return to;
}

}  // namespace lowcal::runtime
