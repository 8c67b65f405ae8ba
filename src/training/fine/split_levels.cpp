#include "training/fine/split_levels.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

using graph::SplitStage;

/// How many of a block's cells are within the layer, along one axis: [M].
torch::Tensor extent(torch::Tensor const& block, std::int64_t size, std::int64_t lead,
                     std::int64_t cells)
{
    return ((block + 1) * size).clamp(lead, lead + cells) -
           (block * size).clamp(lead, lead + cells);
}

}  // namespace

torch::Tensor merged(torch::Tensor const& children, SplitStage const& stage)
{
    std::int64_t const axis = stage.by_rows() ? 2 : 3;
    auto padded = children;
    if (children.size(axis) % 2 != 0) {
        std::vector<std::int64_t> const ends = stage.by_rows()
                                                   ? std::vector<std::int64_t>{0, 0, 0, 1}
                                                   : std::vector<std::int64_t>{0, 1};
        padded = torch::constant_pad_nd(children, ends);
    }
    return padded.unflatten(axis, {padded.size(axis) / 2, 2}).sum(axis + 1);
}

std::vector<SplitLevel> split_levels(torch::Tensor const& images, graph::SplitTree const& tree)
{
    std::vector<SplitLevel> levels(tree.stages.size() + 1);
    auto const cells = torch::constant_pad_nd(images, {tree.lead.columns, 0, tree.lead.rows, 0});
    levels.back() = {.energy = cells, .hits = (cells > 0).to(cells.scalar_type())};
    for (std::size_t s = tree.stages.size(); s-- > 0;)
        levels[s] = {.energy = merged(levels[s + 1].energy, tree.stages[s]),
                     .hits = merged(levels[s + 1].hits, tree.stages[s])};
    return levels;
}

ChildPlaces children_of(SplitStage const& stage, BlockIndex const& blocks)
{
    bool const by_rows = stage.by_rows();
    auto const row = by_rows ? blocks.row * 2 : blocks.row;
    auto const column = by_rows ? blocks.column : blocks.column * 2;
    return {.row = row,
            .column = column,
            .other_row = by_rows ? row + 1 : row,
            .other_column = by_rows ? column : column + 1};
}

torch::Tensor block_values(torch::Tensor const& level, BlockIndex const& blocks)
{
    return level.index({blocks.shower, blocks.layer, blocks.row, blocks.column});
}

BlockIndex divided_blocks(torch::Tensor const& hits, SplitStage const& stage,
                          graph::SplitNetworkConfig::Division const& division, bool apart)
{
    auto mask = torch::zeros({stage.parents.rows, stage.parents.columns}, torch::kBool);
    auto fields = mask.accessor<bool, 2>();
    for (std::int64_t i = 0; i < stage.parents.rows; ++i)
        for (std::int64_t j = 0; j < stage.parents.columns; ++j)
            fields[i][j] = stage.divides(i, j) && stage.pass_of(i, j) == division.pass;
    auto wanted = (hits > 0) & mask.to(hits.device());
    if (apart) wanted = wanted & (division.of_single ? hits == 1 : hits != 1);
    auto const found = wanted.nonzero().t().contiguous();
    return {.shower = found[0], .layer = found[1], .row = found[2], .column = found[3]};
}

HitBounds hit_bounds(graph::SplitTree const& tree, SplitStage const& stage,
                     BlockIndex const& blocks, torch::Tensor const& hits)
{
    auto const size_of = [&](std::int64_t child) {
        auto const row = stage.by_rows() ? blocks.row * 2 + child : blocks.row;
        auto const column = stage.by_rows() ? blocks.column : blocks.column * 2 + child;
        return extent(row, stage.child_cells.rows, tree.lead.rows, tree.cells.rows) *
               extent(column, stage.child_cells.columns, tree.lead.columns, tree.cells.columns);
    };
    return {.least = (hits - size_of(1)).clamp_min(0), .most = torch::minimum(hits, size_of(0))};
}

}  // namespace lowcal::training
