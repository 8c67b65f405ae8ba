#include "graph/patterns/split_tree.hpp"

#include <algorithm>
#include <bit>

namespace lowcal::graph {
namespace {

/// Cells in front of `count` such that the middle one begins the second half of a power of two.
std::int64_t lead_of(std::int64_t count)
{
    auto const whole = std::bit_ceil(static_cast<std::uint64_t>(count));
    return static_cast<std::int64_t>(whole) / 2 - count / 2;
}

std::vector<SplitStage> stages_of(BlockGrid const& blocks)
{
    std::vector<SplitStage> stages;
    BlockGrid children = blocks;
    BlockGrid child_cells{};
    for (auto axis = SplitAxis::columns; children.count() > 1;
         axis = axis == SplitAxis::columns ? SplitAxis::rows : SplitAxis::columns) {
        SplitStage stage{
            .axis = axis, .parents = children, .children = children, .child_cells = child_cells};
        auto& parents = stage.by_rows() ? stage.parents.rows : stage.parents.columns;
        if (parents == 1) continue;
        parents = (parents + 1) / 2;
        (stage.by_rows() ? child_cells.rows : child_cells.columns) *= 2;
        stage.passes = stage.parents.count() > 2 ? 2 : 1;
        children = stage.parents;
        stages.push_back(stage);
    }
    std::ranges::reverse(stages);
    return stages;
}

}  // namespace

std::array<std::int64_t, 2> SplitTree::cells_of_children(SplitStage const& stage, std::int64_t row,
                                                         std::int64_t column) const
{
    auto const extent = [](std::int64_t block, std::int64_t size, std::int64_t before,
                           std::int64_t length) {
        return std::clamp((block + 1) * size, before, before + length) -
               std::clamp(block * size, before, before + length);
    };
    auto const of_child = [&](std::int64_t child) {
        return extent(stage.child_row(row) + (stage.by_rows() ? child : 0), stage.child_cells.rows,
                      lead.rows, cells.rows) *
               extent(stage.child_column(column) + (stage.by_rows() ? 0 : child),
                      stage.child_cells.columns, lead.columns, cells.columns);
    };
    return {of_child(0), of_child(1)};
}

SplitTree split_tree(BlockGrid const& cells, BlockGrid const& lead)
{
    return {.cells = cells,
            .lead = lead,
            .stages = stages_of(
                {.rows = lead.rows + cells.rows, .columns = lead.columns + cells.columns})};
}

SplitTree split_tree(Detector const& detector)
{
    auto const cells_of = [&](std::size_t which) {
        return static_cast<std::int64_t>(detector.axes[detector.transverse()[which]].cells);
    };
    BlockGrid const cells{.rows = cells_of(0), .columns = cells_of(1)};
    BlockGrid lead{.rows = 0, .columns = 0};
    if (detector.geometry == Geometry::cartesian)
        lead = {.rows = lead_of(cells.rows), .columns = lead_of(cells.columns)};
    return split_tree(cells, lead);
}

}  // namespace lowcal::graph
