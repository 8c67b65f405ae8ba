#pragma once

#include "graph/patterns/layer_shapes.hpp"
#include "graph/patterns/shower_development.hpp"
#include "graph/patterns/split_network.hpp"

#include <array>

namespace lowcal::graph {

/// The division of one shower's layers, from the first to the last. Used once.
class ShowerDivision {
public:
    ShowerDivision(SplitNetworkConfig const& config, SplitWeights const& network,
                   SplitNetwork::Shower const& shower, SplitRanges* ranges = nullptr);
    void run(std::span<float> cells);

private:
    /// What the blocks of all layers hold: [layers][rows][columns].
    struct Level {
        SplitWeights::BlockScales scales{};
        SplitRanges::Block* met = nullptr;
        BlockGrid grid{};
        std::vector<float> energy, hits, log_energy, log_hits;
    };
    struct Block {
        std::int64_t layer, row, column;
    };
    struct Numbers {
        float log_energy = 0, log_hits = 0;
    };

    SplitNetworkConfig const& config_;
    SplitWeights const& network_;
    SplitNetwork::Shower const& shower_;
    SplitRanges* ranges_;
    SplitRanges::Division* met_ = nullptr;  ///< of the division at hand
    std::vector<Level> levels_;
    std::vector<float> layer_hits_;
    std::vector<ShowerDevelopment> development_;  ///< of the layers
    ShapeMemory memory_{};
    float hits_beyond_ = 0;  ///< of the layer at hand: logarithm beyond the usual
    std::vector<float> features_, first_, trunk_, inner_, numbers_;

    std::size_t place(Level const& level, Block const& block) const;
    void put(Level& level, Block const& block, float energy, float hits);
    /// Of a block that may be outside its level.
    Numbers around(Level const& level, Block block) const;
    float log_energy(float energy) const;
    void draw_layer_hits(std::int64_t layer);
    /// What is usual of a layer's shapes.
    std::array<float, usual_shapes> usual(std::int64_t layer) const;
    void remember(std::int64_t layer);
    void divide_level(std::size_t stage, std::int64_t layer);
    void divide_block(std::size_t stage, Block const& block, int pass,
                      std::span<float const> uniform);
    /// Puts the mixture of energy where its numbers mean it to be: around `offset`, or at anchors.
    void anchor_components(float first, float second, float excess, float offset);
    /// What mixtures lean on.
    struct Odds {
        std::array<float, followed_odds> hits, energy;
    };
    /// Puts together the features of a block.
    Odds gather(std::size_t stage, Block const& block, int pass,
                SplitWeights::Division const& division);
    /// Hits of the first child; leaves the trunk for its energy.
    float draw_hits(SplitStage const& form, SplitWeights::Division const& division,
                    Block const& block, float hits, std::array<float, followed_odds> const& odds,
                    std::span<float const> uniform);
    float draw_energy(SplitWeights::Division const& division, float energy, float first,
                      float second, std::array<float, followed_odds> const& odds,
                      std::span<float const> uniform);
    void add_parents(Level const& level, Block const& block);
    /// The window of children `back` layers before (0: this one, those that the first pass made).
    void add_children(SplitStage const& stage, Level const& level, Block const& block, int back);
    void add_layer(std::int64_t layer, bool with_hits);
    void add_own(SplitWeights::Stage const& stage, BlockGrid const& parents, Block const& block,
                 float energy, float hits);
    /// Logarithms of the odds between a block's two children `back` layers before.
    Numbers odds_before(SplitStage const& stage, Level const& children, Block const& block,
                        int back) const;
};

}  // namespace lowcal::graph
