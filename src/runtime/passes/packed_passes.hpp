#pragma once

#include "graph/passes/pass_weights.hpp"
#include "runtime/division/packed_dense.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace lowcal::runtime {

/// Planes of cells with a margin of one, and as many empty planes before and behind the layers as a
/// window reaches.
struct PassVolume {
    std::size_t columns = 0;  ///< with margins: from row to row
    std::size_t plane = 0;
    std::size_t planes = 0;
    std::size_t before = 0;  ///< empty planes

    explicit PassVolume(graph::PassConfig const& config);
    std::size_t cells() const { return planes * plane; }
    /// The first cell of a layer's margin.
    std::size_t at(std::int64_t layer) const
    {
        return (static_cast<std::size_t>(layer) + before) * plane;
    }
};

/// A network that draws cells in passes as its kernels want it.
struct PackedPasses {
    /// The cells of one pass, in any layer.
    struct Cells {
        std::size_t first = 0, count = 0;      ///< in the order of graph::pass_cells
        std::vector<std::int32_t> volume{};    ///< where each is in a plane, with its margins
        std::vector<float> rows{}, columns{};  ///< their middles, padded
        std::vector<float> places{};           ///< [count][width]
    };
    /// One pass of one group.
    struct Phase {
        std::uint32_t seen = 0;
        std::vector<float> window{};  ///< [window_cells][2][width]
        PackedDense second{}, hit{}, energy{};
        PackedDense bright_first{}, bright_second{}, bright{};
        std::vector<float> bright_window{};
    };
    struct Classes {
        PackedDense groups{};
        std::vector<float> weights{}, bias{};  ///< of graph::group_classes each
    };
    PackedPasses(graph::PassConfig const& config, graph::PassWeights const& weights);

    graph::PassConfig config;
    graph::PassWeights weights;  ///< of what is used as it is
    PassVolume volume;
    std::size_t width;  ///< hidden numbers, padded
    std::vector<graph::LayerStep> steps;
    std::array<Cells, graph::cell_passes.size()> passes;
    std::vector<std::int32_t> volume_places;  ///< of all of them, in the order of drawing
    std::vector<Phase> phases;
    std::array<Classes, static_cast<std::size_t>(graph::group_count)> classes;
    std::vector<float> odds;        ///< [layers][cells], in the order of drawing; padded behind
    std::vector<float> log_shares;  ///< the same: usual shares of what is left, logarithms
    std::vector<float> shares;      ///< [planes]: usual shares
    std::vector<float> log_edges;
    std::vector<float> gains;  ///< [layers][position_numbers][width]
    PackedDense root_first, root_second, root;
    /// One of the networks of layers: what holds for all passes, what is left, and behind these.
    struct LayerNetwork {
        PackedDense layer_first{}, left_first{}, second{}, last{};
        std::vector<float> bias{};  ///< [layers][context]: what layers' own numbers give
        std::size_t bytes() const;
    };
    LayerNetwork context, count;
    /// [cells of a plane] where else each stands, where rows or columns go round.
    std::vector<std::vector<std::int32_t>> copies;

    Phase const& phase(std::int64_t group, std::size_t pass) const
    {
        return phases[static_cast<std::size_t>(group * graph::pass_count) + pass];
    }
    /// Memory that it holds.
    std::size_t bytes() const;

private:
    void pack_cells();
    void pack_tables();
    LayerNetwork pack_layers(graph::PassWeights::Dense const& first,
                             graph::PassWeights::Dense const& second,
                             graph::PassWeights::Dense const& last, std::int64_t left) const;
};

}  // namespace lowcal::runtime
