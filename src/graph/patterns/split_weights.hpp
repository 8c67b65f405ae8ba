#pragma once

#include "graph/patterns/split_config.hpp"

#include <array>
#include <span>
#include <vector>

namespace lowcal::graph {

constexpr float highest_level = 255;

/// What the levels 0 to `highest_level` of a number stand for: scale x (level - zero). Scale 0: it
/// has none.
struct NumberLevels {
    float scale = 0;
    float zero = 0;

    /// The nearest level, less the zero: a whole number.
    float operator()(float x) const;
};

/// The numbers of a network that divides layers, in the order in which a SplitTree node's constants
/// hold them (`numbers`, and of an int8 network `levels`):
///
/// anchors; usual shapes, [layers][regressors][usual shapes]; of an int8 network the scales of
/// blocks' energies and hits, [stages + 1][2]; of the layers' hits: layer numbers, three dense
/// layers; of each stage: usual odds of hits and energy, [layers][parents]; of each pass of it:
/// places, layer numbers, of an int8 network the levels of features and of what the layers first,
/// second and inner give, and the dense layers first, second, hits, inner, energy; then, where
/// single hits have a network of their own, the same of that without what is of energy.
///
/// Dense layers are [out][in], then biases. In int8 networks those of divisions are taken apart:
/// a scale for each output; weights of the inputs that stay as they are; biases; and in the other
/// constant the levels of the weights of all inputs that have levels themselves, in units of the
/// input's scale.
struct SplitWeights {
    struct Dense {
        std::int64_t inputs = 0, outputs = 0;
        std::vector<float> weights;  ///< [in][out], of inputs with levels for a step of one
        std::vector<float> bias;
        std::vector<NumberLevels> levels;  ///< of inputs; empty in float32
        std::vector<float> scales;         ///< of outputs' weights; empty in float32

        /// LeakyReLU behind it where wanted.
        void operator()(std::span<float const> in, std::span<float> out, bool leaky) const;
    };
    struct Division {
        std::vector<float> places, layers;
        std::vector<NumberLevels> features;  ///< odds and own ones
        NumberLevels of_first, of_second, of_inner;
        Dense first, second, hits, inner, energy;
    };
    struct Stage {
        std::vector<float> usual_hits, usual_energy;
        std::vector<float> centres;       ///< child_centres
        std::vector<Division> divisions;  ///< of SplitNetworkConfig::divisions
    };
    /// Of blocks of one size: how far their logarithms' levels are apart; 0 in float32.
    struct BlockScales {
        float energy = 0, hits = 0;
    };

    SplitWeights() = default;
    /// Copies them. Throws InputError where they are not as many as split_counts says, or a number
    /// is not finite.
    SplitWeights(SplitNetworkConfig const& config, std::span<float const> numbers,
                 std::span<std::int8_t const> levels = {});

    std::vector<float> anchors;  ///< logarithms of energies beyond the least
    std::vector<float> usual_shapes;
    std::vector<float> centres;  ///< cell_centres
    std::vector<float> root_layers;
    std::vector<BlockScales> blocks;  ///< whole layers first, cells last
    Dense root_first, root_second, root;
    std::vector<Stage> stages;

    /// As a node's constants hold them.
    struct Stored {
        std::vector<float> numbers;
        std::vector<std::int8_t> levels;
    };
    Stored stored(SplitNetworkConfig const& config) const;
};

/// Sizes of a node's constants.
struct SplitCounts {
    std::int64_t numbers = 0;
    std::int64_t levels = 0;
};
SplitCounts split_counts(SplitNetworkConfig const& config);

/// Places of the children of all blocks of a stage: [parents][2 children][row, column], in cells
/// from the shower's axis; of a cylinder (one axis round) in its rings.
std::vector<float> child_centres(SplitNetworkConfig const& config, SplitStage const& stage);
/// The same of all cells, with the lead: [rows][columns][row, column].
std::vector<float> cell_centres(SplitNetworkConfig const& config);

/// Where a block's features stand, in their order: windows of the blocks around from 0 on, then the
/// layer's, odds and own ones, and in the second pass what the first one made.
struct FeaturePlaces {
    std::int64_t layer = 0, own = 0, known = 0, end = 0;
};
FeaturePlaces feature_places(SplitNetworkConfig const& config, int pass);

/// Levels of all inputs of a division's first layer, from those of its features and of the blocks
/// around; none of what it is told of the layer, and of what is learnt.
std::vector<NumberLevels> levels_of_features(SplitNetworkConfig const& config,
                                             std::vector<NumberLevels> const& features,
                                             SplitWeights::BlockScales const& parents,
                                             SplitWeights::BlockScales const& children, int pass);

}  // namespace lowcal::graph
