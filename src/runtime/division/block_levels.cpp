#include "runtime/division/block_levels.hpp"

#include <algorithm>

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

std::size_t BlockLevel::numbers_of(BlockGrid const& grid, std::size_t showers)
{
    return showers * static_cast<std::size_t>(layers_kept * (grid.rows + 2 * margin) *
                                              (grid.columns + 2 * margin) * 2);
}

BlockLevel::BlockLevel(graph::SplitNetworkConfig const& config, BlockGrid const& grid,
                       std::size_t showers)
    : grid_(grid),
      round_rows_(goes_round(config.round_rows, grid.rows)),
      round_columns_(goes_round(config.round_columns, grid.columns)),
      row_step_(2 * (grid.columns + 2 * margin)),
      layer_step_(row_step_ * (grid.rows + 2 * margin)),
      numbers_(numbers_of(grid, showers))
{
}

std::int64_t BlockLevel::start(std::int32_t shower, std::int64_t layer, std::int64_t row,
                               std::int64_t column) const
{
    auto const kept = (layer + layers_kept) % layers_kept;  // those before the first are empty
    return (shower * layers_kept + kept) * layer_step_ + (row + margin) * row_step_ +
           2 * (column + margin);
}

void BlockLevel::clear()
{
    std::ranges::fill(numbers_, 0.0F);
}

void BlockLevel::begin(std::int64_t layer)
{
    auto const showers = static_cast<std::int64_t>(numbers_.size()) / (layers_kept * layer_step_);
    for (std::int64_t shower = 0; shower < showers; ++shower)
        std::fill_n(numbers_.begin() + (shower * layers_kept + layer % layers_kept) * layer_step_,
                    layer_step_, 0.0F);
}

void BlockLevel::put(Block const& block, std::int64_t layer, float log_energy, float log_hits)
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

float* BlockLevel::copy(std::int32_t shower, std::int64_t layer, Window const& window,
                        float* to) const
{
    auto const* from = numbers_.data() + start(shower, layer, window.row, window.column);
    for (std::int64_t row = 0; row < window.rows; ++row, from += row_step_)
        to = std::copy_n(from, 2 * window.columns, to);
    return to;
}

float* BlockLevel::copy_energies(std::int32_t shower, std::int64_t layer, Window const& window,
                                 float* to) const
{
    auto const* from = numbers_.data() + start(shower, layer, window.row, window.column);
    for (std::int64_t row = 0; row < window.rows; ++row, from += row_step_)
        for (std::int64_t column = 0; column < window.columns; ++column) *to++ = from[2 * column];
    return to;
}

}  // namespace lowcal::runtime
