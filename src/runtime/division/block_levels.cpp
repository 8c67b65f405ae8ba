#include "runtime/division/block_levels.hpp"

#include <algorithm>

namespace lowcal::runtime {
namespace {

using graph::BlockGrid;

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
      showers_(static_cast<std::int64_t>(showers)),
      round_rows_(goes_round(config.round_rows, grid.rows)),
      round_columns_(goes_round(config.round_columns, grid.columns)),
      row_step_(2 * (grid.columns + 2 * margin)),
      layer_step_(row_step_ * (grid.rows + 2 * margin)),
      numbers_(numbers_of(grid, showers) + read_beyond)
{
}

template <class Number>
void BlockLevel<Number>::clear()
{
    std::ranges::fill(numbers_, Number{});
}

template <class Number>
void BlockLevel<Number>::begin(std::int64_t layer)
{
    for (std::int64_t shower = 0; shower < showers_; ++shower)
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

template class BlockLevel<float>;
template class BlockLevel<std::uint8_t>;

}  // namespace lowcal::runtime
