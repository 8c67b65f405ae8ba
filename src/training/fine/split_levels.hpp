#pragma once

#include "graph/patterns/split_config.hpp"

#include <torch/types.h>

#include <vector>

namespace lowcal::training {

/// What the blocks of layers hold, on the way from whole layers to cells.
struct SplitLevel {
    torch::Tensor energy;  ///< [N, layers, rows, columns]
    torch::Tensor hits;    ///< the same: cells with energy, as floating-point numbers
};

/// All levels of images [N, layers, rows, columns]: whole layers first, cells last (with the tree's
/// lead); one more than the stages.
std::vector<SplitLevel> split_levels(torch::Tensor const& images, graph::SplitTree const& tree);
/// Sums of pairs of blocks along the stage's axis: the level above.
torch::Tensor merged(torch::Tensor const& children, graph::SplitStage const& stage);

/// Which blocks a batch of divisions is of: [M] each, integers.
struct BlockIndex {
    torch::Tensor shower, layer, row, column;

    std::int64_t count() const { return shower.size(0); }
};

/// Where their children are: [M] each.
struct ChildPlaces {
    torch::Tensor row, column, other_row, other_column;
};
ChildPlaces children_of(graph::SplitStage const& stage, BlockIndex const& blocks);

/// What a level [N, layers, rows, columns] holds there: [M].
torch::Tensor block_values(torch::Tensor const& level, BlockIndex const& blocks);

/// Those blocks of a level, [N, layers, rows, columns] of hits, that are divided by a network of
/// the stage; `apart`: single hits have networks of their own.
BlockIndex divided_blocks(torch::Tensor const& hits, graph::SplitStage const& stage,
                          graph::SplitNetworkConfig::Division const& division, bool apart);

/// Hits that the first child may have: no more than either child has cells. [M]
struct HitBounds {
    torch::Tensor least, most;
};
HitBounds hit_bounds(graph::SplitTree const& tree, graph::SplitStage const& stage,
                     BlockIndex const& blocks, torch::Tensor const& hits);

}  // namespace lowcal::training
