#pragma once

#include "graph/patterns/split_weights.hpp"

namespace lowcal::graph {

/// The least and the largest of numbers, and 0.
struct NumberRange {
    float least = 0, largest = 0;

    void widen(float number);
    NumberLevels levels() const;
};

/// Ranges of what a float32 network's divisions meet, and the levels that follow.
struct SplitRanges {
    struct Division {
        std::vector<NumberRange> features;  ///< odds and own ones
        NumberRange of_first, of_second, of_inner;
    };
    struct Block {
        NumberRange energy, hits;  ///< logarithms
    };
    explicit SplitRanges(SplitNetworkConfig const& config);

    std::vector<Block> blocks;                       ///< whole layers first, cells last
    std::vector<std::vector<Division>> divisions{};  ///< of each stage
};

/// The network whose divisions multiply levels; `config.int8` is that of its node.
struct Int8Split {
    SplitNetworkConfig config;
    SplitWeights weights;
};
Int8Split int8_split(SplitNetworkConfig config, SplitWeights weights, SplitRanges const& ranges);

}  // namespace lowcal::graph
