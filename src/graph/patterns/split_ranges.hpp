#pragma once

#include "graph/patterns/split_weights.hpp"

#include <span>
#include <vector>

namespace lowcal::graph {

/// The least and the largest of numbers, and 0.
struct NumberRange {
    float least = 0, largest = 0;

    void widen(float number);
    NumberLevels levels() const;
};

/// Means of a dense layer's inputs.
class InputMeans {
public:
    void add(std::span<float const> inputs);
    float operator[](std::size_t input) const;  ///< 0 of a layer that has not run
    std::size_t count() const { return count_; }

private:
    std::vector<double> sums_{};
    std::size_t count_ = 0;
};

/// Ranges and means of what a float32 network's divisions meet, and the levels that follow.
struct SplitRanges {
    struct Division {
        std::vector<NumberRange> features;  ///< odds and own ones
        NumberRange of_first, of_second, of_inner;
        struct Means {
            InputMeans first, second, hits, inner, energy;
        } means{};  ///< of the inputs of SplitWeights::Division's layers
    };
    struct Block {
        NumberRange energy, hits;  ///< logarithms
    };
    explicit SplitRanges(SplitNetworkConfig const& config);
    /// Gives divisions that met nothing the ranges of the nearest stage's that did, of single hits
    /// if they are. Returns how many met nothing; throws InputError if none met anything.
    std::size_t complete(SplitNetworkConfig const& config);

    std::vector<Block> blocks;                       ///< whole layers first, cells last
    std::vector<std::vector<Division>> divisions{};  ///< of each stage
};

/// The network whose divisions multiply levels; `config.int8` is that of its node. What rounding
/// the weights does to the mean of each output is in its bias.
struct Int8Split {
    SplitNetworkConfig config;
    SplitWeights weights;
};
Int8Split int8_split(SplitNetworkConfig config, SplitWeights weights, SplitRanges const& ranges);

}  // namespace lowcal::graph
