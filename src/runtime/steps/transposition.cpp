#include "runtime/steps/transposition.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

namespace lowcal::runtime {
namespace {

constexpr std::size_t vector_bytes = 16;  // what every x86-64 and 64-bit ARM CPU has

template <class Element>
struct Block {
    static constexpr std::size_t size = vector_bytes / sizeof(Element);
    // `using` of a template and std::array drop the attribute.
    typedef Element Vector __attribute__((vector_size(vector_bytes)));  // NOLINT
    Vector rows[size];                                                  // NOLINT
};

/// The first (or second) halves of two vectors, their elements in turn.
template <bool second_half, class Vector, std::size_t... i>
Vector in_turn(Vector const& a, Vector const& b, std::index_sequence<i...>)
{
    constexpr auto size = sizeof...(i);
    constexpr auto first = second_half ? size / 2 : 0;
    return __builtin_shufflevector(a, b, (first + i / 2 + (i % 2) * size)...);
}

/// Each pass shuffles all elements like two halves of a pack of cards; as many passes as an index
/// has bits change rows for columns.
template <class Element>
void transpose_block(Block<Element>& block)
{
    constexpr auto size = Block<Element>::size;
    constexpr auto all = std::make_index_sequence<size>();
    for (std::size_t pass = 1; pass < size; pass *= 2) {
        auto const before = block;
        for (std::size_t i = 0; i < size / 2; ++i) {
            auto const& first = before.rows[i];
            auto const& second = before.rows[i + size / 2];
            block.rows[2 * i] = in_turn<false>(first, second, all);
            block.rows[2 * i + 1] = in_turn<true>(first, second, all);
        }
    }
}

template <class Element>
void transpose_one_by_one(Transposition const& grid, Element const* source, Element* destination)
{
    for (std::int64_t row = 0; row < grid.rows; ++row)
        for (std::int64_t column = 0; column < grid.columns; ++column)
            destination[row * grid.destination_step + column] =
                source[row + column * grid.source_step];
}

template <class Element>
void transpose_all(Transposition const& grid, Element const* source, Element* destination)
{
    constexpr auto size = static_cast<std::int64_t>(Block<Element>::size);
    if (grid.rows < size || grid.columns < size)
        return transpose_one_by_one(grid, source, destination);
    Block<Element> block;
    // The last block of a row or column overlaps the one before.
    for (std::int64_t i = 0; i < grid.rows; i += size) {
        auto const row = std::min(i, grid.rows - size);
        for (std::int64_t j = 0; j < grid.columns; j += size) {
            auto const column = std::min(j, grid.columns - size);
            auto const* from = source + row + column * grid.source_step;
            for (auto& vector : block.rows) {
                std::memcpy(&vector, from, vector_bytes);
                from += grid.source_step;
            }
            transpose_block(block);
            auto* to = destination + row * grid.destination_step + column;
            for (auto const& vector : block.rows) {
                std::memcpy(to, &vector, vector_bytes);
                to += grid.destination_step;
            }
        }
    }
}

}  // namespace

void transpose(Transposition const& grid, std::uint8_t const* source, std::uint8_t* destination)
{
    transpose_all(grid, source, destination);
}

void transpose(Transposition const& grid, std::uint16_t const* source, std::uint16_t* destination)
{
    transpose_all(grid, source, destination);
}

void transpose(Transposition const& grid, float const* source, float* destination)
{
    transpose_all(grid, source, destination);
}

}  // namespace lowcal::runtime
