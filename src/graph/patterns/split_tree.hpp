#pragma once

#include "core/detector/detector.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace lowcal::graph {

/// Blocks of a layer in rows and columns.
struct BlockGrid {
    std::int64_t rows = 1;
    std::int64_t columns = 1;

    std::int64_t count() const { return rows * columns; }
    bool operator==(BlockGrid const&) const = default;
};

/// Which of the two axes beside depth a block is divided along.
enum class SplitAxis { rows, columns };

/// One step on the way from a whole layer to its cells: every block is divided in two along an
/// axis. Child c of parent (i, j) is block (2 i + c, j) or (i, 2 j + c); the last parent has one
/// child where the children's number is odd, and is not divided.
struct SplitStage {
    SplitAxis axis = SplitAxis::columns;
    BlockGrid parents{};
    BlockGrid children{};
    BlockGrid child_cells{};  ///< of each child, those beyond the layer's edges included
    /// Blocks are divided in one pass, or in two like the fields of a chess board, where those of
    /// the second see what became of their neighbours.
    int passes = 1;

    bool by_rows() const { return axis == SplitAxis::rows; }
    std::int64_t child_row(std::int64_t row) const { return by_rows() ? 2 * row : row; }
    std::int64_t child_column(std::int64_t column) const { return by_rows() ? column : 2 * column; }
    /// Whether parent (row, column) has two children.
    bool divides(std::int64_t row, std::int64_t column) const
    {
        return by_rows() ? 2 * row + 1 < children.rows : 2 * column + 1 < children.columns;
    }
    /// In which pass: 0 or 1.
    int pass_of(std::int64_t row, std::int64_t column) const
    {
        return passes == 1 ? 0 : static_cast<int>((row + column) % 2);
    }
};

/// How a layer's energy gets to its cells.
struct SplitTree {
    BlockGrid cells{};  ///< of a layer
    /// Empty rows and columns before the cells, so that blocks of all sizes meet at the shower's
    /// axis.
    BlockGrid lead{.rows = 0, .columns = 0};
    std::vector<SplitStage> stages{};  ///< the first divides the layer itself, the last makes cells

    /// Cells of a parent's children, without those beyond the layer's edges.
    std::array<std::int64_t, 2> cells_of_children(SplitStage const& stage, std::int64_t row,
                                                  std::int64_t column) const;
};

SplitTree split_tree(BlockGrid const& cells, BlockGrid const& lead);

/// For the two axes beside depth, in memory order. Of a cylinder, whose rings begin at the axis,
/// there is no lead.
SplitTree split_tree(Detector const& detector);

}  // namespace lowcal::graph
