#include "runtime/division/block_levels.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace lowcal::runtime {
namespace {

using graph::BlockGrid;

/// Blocks that are seen beyond the edges: two of parents, and of children two before the first and
/// behind the second.
constexpr std::int64_t margin = 2;
constexpr std::int64_t layers_kept = graph::layers_before + 1;

bool goes_round(bool axis_is_round, std::int64_t blocks)
{
    return axis_is_round && blocks >= graph::least_round;
}

}  // namespace

template <class Number>
std::size_t BlockLevel<Number>::numbers_of(BlockGrid const& grid, std::size_t showers)
{
    return showers * static_cast<std::size_t>(layers_kept * (grid.rows + 2 * margin) *
                                              (grid.columns + 2 * margin) * 2);
}

template <class Number>
BlockLevel<Number>::BlockLevel(graph::SplitNetworkConfig const& config, BlockGrid const& grid,
                               std::size_t showers)
    : grid_(grid),
      round_rows_(goes_round(config.round_rows, grid.rows)),
      round_columns_(goes_round(config.round_columns, grid.columns)),
      row_step_(2 * (grid.columns + 2 * margin)),
      layer_step_(row_step_ * (grid.rows + 2 * margin)),
      numbers_(numbers_of(grid, showers))
{
}

template <class Number>
std::int64_t BlockLevel<Number>::start(std::int32_t shower, std::int64_t layer, std::int64_t row,
                                       std::int64_t column) const
{
    auto const kept = (layer + layers_kept) % layers_kept;  // those before the first are empty
    return (shower * layers_kept + kept) * layer_step_ + (row + margin) * row_step_ +
           2 * (column + margin);
}

template <class Number>
void BlockLevel<Number>::clear()
{
    std::ranges::fill(numbers_, Number{});
}

template <class Number>
void BlockLevel<Number>::begin(std::int64_t layer)
{
    auto const showers = static_cast<std::int64_t>(numbers_.size()) / (layers_kept * layer_step_);
    for (std::int64_t shower = 0; shower < showers; ++shower)
        std::fill_n(numbers_.begin() + (shower * layers_kept + layer % layers_kept) * layer_step_,
                    layer_step_, Number{});
}

template <class Number>
void BlockLevel<Number>::put(Block const& block, std::int64_t layer, Number log_energy,
                             Number log_hits)
{
    auto const images = [](std::int64_t at, std::int64_t size, bool round) {
        // Where a block is seen once more: none, or beyond the other edge.
        if (!round || (at >= margin && at < size - margin)) return at;
        return at < margin ? at + size : at - size;
    };
    auto const write = [&](std::int64_t row, std::int64_t column) {
        auto* const to = numbers_.data() + start(block.shower, layer, row, column);
        to[0] = log_energy;
        to[1] = log_hits;
    };
    auto const row = images(block.row, grid_.rows, round_rows_);
    auto const column = images(block.column, grid_.columns, round_columns_);
    write(block.row, block.column);
    if (row != block.row) write(row, block.column);
    if (column != block.column) write(block.row, column);
    if (row != block.row && column != block.column) write(row, column);
}

namespace {

/// Rows of a known length, which become single moves.
template <std::int64_t columns, class Number>
Number* copy_rows(Number const* from, std::int64_t rows, std::int64_t step, Number* to)
{
    for (std::int64_t row = 0; row < rows; ++row, from += step, to += 2 * columns)
        std::memcpy(to, from, 2 * columns * sizeof(Number));
    return to;
}

}  // namespace

template <class Number>
Number* BlockLevel<Number>::copy(std::int32_t shower, std::int64_t layer, Window const& window,
                                 Number* to) const
{
    auto const* from = numbers_.data() + start(shower, layer, window.row, window.column);
    if (window.columns == 5) return copy_rows<5>(from, window.rows, row_step_, to);
    if (window.columns == 3) return copy_rows<3>(from, window.rows, row_step_, to);
    assert(window.columns == 6);
    return copy_rows<6>(from, window.rows, row_step_, to);
}

template <class Number>
Number* BlockLevel<Number>::copy_energies(std::int32_t shower, std::int64_t layer,
                                          Window const& window, Number* to) const
{
    auto const* from = numbers_.data() + start(shower, layer, window.row, window.column);
    for (std::int64_t row = 0; row < window.rows; ++row, from += row_step_)
        for (std::int64_t column = 0; column < window.columns; ++column) *to++ = from[2 * column];
    return to;
}

template class BlockLevel<float>;
template class BlockLevel<std::uint8_t>;

}  // namespace lowcal::runtime
