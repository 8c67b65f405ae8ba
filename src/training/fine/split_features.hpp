#pragma once

#include "training/fine/split_levels.hpp"
#include "training/lean/energy_head.hpp"

namespace lowcal::training {

/// In what units showers are of order one, found from the showers themselves. In MeV of the
/// geometry's unit, as all energies here.
struct SplitUnits {
    double energy = 1;  ///< logarithms begin here
    double least = 0;   ///< of a cell that is not empty
};

/// Logarithms begin at this share of the median hit cell's energy.
inline constexpr double unit_share = 0.15;

/// What networks are told of whole layers, from the showers' and before any of them is divided.
struct LayerFacts {
    torch::Tensor energy;         ///< [N, layers]
    torch::Tensor hits;           ///< [N, layers]; of layers that are not made yet zeros
    torch::Tensor entry;          ///< [N, 2], where the primary entered, in cells from the middle
    torch::Tensor primary;        ///< [N, 3 + conditions], training::describe
    torch::Tensor hits_beyond{};  ///< [N, layers], beyond the usual (layer_memory.hpp)
    torch::Tensor memory{};       ///< [N, layers, memory_numbers] of the layers before each
    bool development = false;     ///< layers are told of their shower's
};

/// How energies are given: logarithms that are 0 of empty blocks.
torch::Tensor logarithm(torch::Tensor const& energy, SplitUnits const& units);

/// [N, layers, features] of layers: energies of five layers, the own in the middle; hits, also
/// beyond the usual; primary, entry, total energy; memory; where wanted, how far their shower has
/// developed (graph::ShowerDevelopment).
torch::Tensor layer_features(LayerFacts const& facts, SplitUnits const& units);

/// Of the blocks of a stage, [layers, rows, columns]: logarithm of the odds between the sums over
/// many showers of both children.
struct UsualOdds {
    torch::Tensor hits, energy;
};

/// What there is around the blocks that are divided. Tensors of `around`; of `children` the layers
/// are the shower's, three empty ones before the first.
struct SplitSurroundings {
    torch::Tensor parents;   ///< this level, the layers at hand
    torch::Tensor children;  ///< the next level: of the three layers before each, and ...
    torch::Tensor known{};   ///< ... of this one what the first pass made; second pass only
    torch::Tensor layers;    ///< layer_features of all layers
    torch::Tensor entry;     ///< [N, 2] as LayerFacts
    /// Of the block index' layers, in `parents` (and `known`): 0, or where they hold all layers,
    /// the layer's number. The children's are three more.
    bool one_layer = false;
    UsualOdds usual{};  ///< of the stage
};

/// Blocks with a margin, which goes round where the detector does: [N, layers + before, rows + 6,
/// columns + 6, 2], logarithms of energies and hits.
torch::Tensor around(SplitLevel const& level, SplitUnits const& units,
                     ShowerGeometry const& geometry, std::int64_t before = 0);
/// The same with zeros for the children of blocks that the second pass divides.
torch::Tensor around_known(SplitLevel const& children, graph::SplitStage const& stage,
                           SplitUnits const& units, ShowerGeometry const& geometry);

/// What the mixtures of a division lean on: logarithms of odds, [M, 3] each.
struct DivisionOdds {
    torch::Tensor hits;    ///< usual ones of hits; those of hits and of energy one layer before
    torch::Tensor energy;  ///< usual ones of energy; those one and two layers before
};

/// What a batch of blocks looks like.
struct BlockViews {
    torch::Tensor features;  ///< [M, features]
    DivisionOdds odds;
};

/// How one stage's blocks look to its networks.
class SplitFeatures {
public:
    SplitFeatures(graph::SplitTree const& tree, std::size_t stage, ShowerGeometry const& geometry);

    /// The blocks around (5 x 5), children of the three layers before around the block's, the
    /// layers, odds, the block itself and its place; in the second pass what its neighbours became.
    BlockViews operator()(SplitSurroundings const& at, BlockIndex const& blocks,
                          torch::Tensor const& energy, torch::Tensor const& hits,
                          SplitUnits const& units, int pass) const;

private:
    graph::SplitStage stage_;
    ShowerGeometry const& geometry_;
    torch::Tensor centres_;  ///< [parents, 2 children, 2], cells from the middle of the layer

    torch::Tensor window(torch::Tensor const& blocks, torch::Tensor const& first,
                         bool of_children) const;
};

}  // namespace lowcal::training
