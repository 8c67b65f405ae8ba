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

    /// Energy and hits in turn of `rows` by `columns` blocks, which begin at (row, column) of a
    /// layer, one row behind the other; returns where they end. Windows of parents are five columns
    /// wide, of children three or six.
    struct Window {
        std::int64_t row, column, rows, columns;
    };
    Number* copy(std::int32_t shower, std::int64_t layer, Window const& window, Number* to) const;
    /// The energies alone.
    Number* copy_energies(std::int32_t shower, std::int64_t layer, Window const& window,
                          Number* to) const;

    static std::size_t numbers_of(graph::BlockGrid const& grid, std::size_t showers);

private:
    graph::BlockGrid grid_;
    bool round_rows_, round_columns_;
    std::int64_t row_step_;  ///< in numbers
    std::int64_t layer_step_;
    std::vector<Number> numbers_;  ///< [showers][layers][rows][columns][2]

    std::int64_t start(std::int32_t shower, std::int64_t layer, std::int64_t row,
                       std::int64_t column) const;
};
extern template class BlockLevel<float>;
extern template class BlockLevel<std::uint8_t>;

}  // namespace lowcal::runtime
