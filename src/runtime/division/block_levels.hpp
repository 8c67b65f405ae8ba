#pragma once

#include "graph/patterns/split_config.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lowcal::runtime {

/// A number of rows, columns or layers that is known not to be negative.
inline std::size_t size(std::int64_t number)
{
    return static_cast<std::size_t>(number);
}

/// A block that holds hits.
struct Block {
    std::int32_t shower = 0, row = 0, column = 0;
    float energy = 0, hits = 0;
    float log_energy = 0, log_hits = 0;
};

/// What is read at once of a window's row may end so many numbers behind it.
inline constexpr std::size_t read_beyond = 16;

/// What networks see of the blocks of one size: logarithms of energy and hits, or their levels, of
/// the layer at hand and those before, of a batch of showers, with margins that go round where the
/// detector does. `Number`: float or std::uint8_t.
template <class Number>
class BlockLevel {
public:
    BlockLevel(graph::SplitNetworkConfig const& config, graph::BlockGrid const& grid,
               std::size_t showers);

    /// Empties all layers.
    void clear();
    /// Empties this layer, and forgets the one that is no longer seen.
    void begin(std::int64_t layer);
    void put(Block const& block, std::int64_t layer, Number log_energy, Number log_hits);

    /// The blocks of a layer from (row, column) on, energy and hits in turn, `row_step` numbers
    /// from row to row. `read_beyond` numbers behind those of any window may be read.
    Number const* at(std::int32_t shower, std::int64_t layer, std::int64_t row,
                     std::int64_t column) const
    {
        return numbers_.data() + start(shower, layer, row, column);
    }
    std::int64_t row_step() const { return row_step_; }

    static std::size_t numbers_of(graph::BlockGrid const& grid, std::size_t showers);

private:
    /// Blocks that are seen beyond the edges: two of parents, and of children two before the first
    /// and behind the second.
    static constexpr std::int64_t margin = 2;
    static constexpr std::int64_t layers_kept = graph::layers_before + 1;

    graph::BlockGrid grid_;
    std::int64_t showers_;
    bool round_rows_, round_columns_;
    std::int64_t row_step_;  ///< in numbers
    std::int64_t layer_step_;
    std::vector<Number> numbers_;  ///< [showers][layers][rows][columns][2]

    std::int64_t start(std::int32_t shower, std::int64_t layer, std::int64_t row,
                       std::int64_t column) const
    {
        auto const kept = (layer + layers_kept) % layers_kept;  // those before the first are empty
        return (shower * layers_kept + kept) * layer_step_ + (row + margin) * row_step_ +
               2 * (column + margin);
    }
};
extern template class BlockLevel<float>;
extern template class BlockLevel<std::uint8_t>;

}  // namespace lowcal::runtime
