#pragma once

#include <cstdint>

namespace lowcal::runtime {

/// A grid whose rows lie one behind the other in the source, its columns in the destination:
/// destination[row * destination_step + column] = source[row + column * source_step].
struct Transposition {
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    std::int64_t source_step = 0;       ///< elements from a column to the next
    std::int64_t destination_step = 0;  ///< elements from a row to the next
};

/// Block by block; the memories do not overlap.
void transpose(Transposition const& grid, std::uint8_t const* source, std::uint8_t* destination);
void transpose(Transposition const& grid, std::uint16_t const* source, std::uint16_t* destination);
void transpose(Transposition const& grid, float const* source, float* destination);

}  // namespace lowcal::runtime
