#pragma once

#include "graph/patterns/split_network.hpp"

#include <cstddef>
#include <vector>

namespace lowcal::runtime {

/// A dense layer as the kernel wants it.
struct PackedDense {
    std::size_t inputs = 0, outputs = 0;
    std::vector<float> weights, bias;

    PackedDense() = default;
    /// Of inputs [first, last) and then [next, end) of a layer.
    struct Range {
        std::int64_t first, last;
    };
    PackedDense(graph::SplitWeights::Dense const& dense, std::vector<Range> const& ranges);

    /// What sums begin with: `start` [rows][outputs], else `bias` (padded), else the layer's own.
    struct Start {
        float const* start = nullptr;
        float const* bias = nullptr;
    };
    /// [rows][inputs] to [rows][outputs], LeakyReLU behind it where wanted.
    void operator()(std::size_t rows, float const* source, float* result, bool leaky,
                    Start start) const;
    void operator()(std::size_t rows, float const* source, float* result, bool leaky) const
    {
        (*this)(rows, source, result, leaky, {});
    }
    std::size_t bytes() const { return (weights.size() + bias.size()) * sizeof(float); }
};

/// One pass of a stage. The first layer is taken apart: what all blocks of a layer share, and what
/// is learnt of places, begins the sums of the blocks' own features.
struct PackedDivision {
    PackedDivision(graph::SplitNetworkConfig const& config,
                   graph::SplitWeights::Division const& division, int pass);

    PackedDense of_blocks, of_layers;
    std::vector<float> places;  ///< [parents][trunk], added to the first layer's sums
    /// [layers][trunk, padded]: its bias and what is learnt of layers.
    std::vector<float> layer_start;
    PackedDense second, hits, inner, of_hits, energy;

    std::size_t bytes() const;
};

/// Features of a block that are its own: all but its layer's and what is learnt.
std::size_t block_features(int pass);

struct PackedNetwork {
    PackedNetwork(graph::SplitNetworkConfig config, graph::SplitWeights const& weights);

    struct Stage {
        std::vector<float> usual_hits, usual_energy;  ///< [layers][parents]
        std::vector<float> centres;                   ///< graph::child_centres
        std::vector<PackedDivision> passes;
    };
    graph::SplitNetworkConfig config;
    std::vector<float> anchors, usual_shapes, centres, root_layers;
    PackedDense root_first, root_second, root;
    std::vector<Stage> stages;

    std::size_t bytes() const;
};

}  // namespace lowcal::runtime
