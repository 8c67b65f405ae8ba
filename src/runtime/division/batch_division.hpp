#pragma once

#include "runtime/division/block_levels.hpp"
#include "runtime/division/packed_division.hpp"

#include <array>

namespace lowcal::runtime {

/// Divides the layers of a batch of showers into cells, all showers at a time: graph::SplitNetwork
/// for many. A shower's cells are the same bits in any batch. Used by one thread at a time.
class BatchDivision {
public:
    BatchDivision(PackedNetwork const& network, std::size_t showers);

    /// As graph::SplitNetwork::Shower, one shower behind the other.
    struct Batch {
        float const *layers = nullptr, *primary = nullptr, *entry = nullptr, *uniform = nullptr;
        float* cells = nullptr;
    };
    /// Allocates nothing.
    void run(Batch const& batch);

    /// Memory of one.
    static std::size_t bytes(graph::SplitNetworkConfig const& config, std::size_t showers);

private:
    /// Sums over the layers made so far, of each decay: of shapes by weight, and of weights.
    struct Memory {
        std::array<float, graph::shape_numbers> shapes{};
        float weight = 0;
    };
    /// Over the cells of a layer.
    struct LayerSums {
        float hits = 0, energy = 0, squares = 0, by_energy = 0, by_hits = 0;
        std::array<float, 2> centre{};
    };
    using Memories = std::array<Memory, graph::memory_decays.size()>;

    /// Of blocks that are divided together.
    struct Rows {
        std::vector<float> features, start, first, trunk, numbers;
        std::vector<float> hit_odds, energy_odds, uniform, energy_uniform;
        std::vector<float> hits, energy, cells_of_first, cells_of_second, drawn;
        std::array<std::vector<float>, 3> arguments, logarithms;
        /// Of those with two children that have hits.
        std::vector<std::size_t> both;
        std::vector<float> both_trunk, both_odds, both_uniform, both_energy, both_first,
            both_second;
        std::vector<float> division, inner;
    };

    PackedNetwork const& network_;
    graph::SplitNetworkConfig const& config_;
    std::size_t showers_;
    Batch batch_;
    std::vector<BlockLevel> levels_;
    std::vector<Block> parents_, children_, divided_;
    std::vector<float> first_hits_, first_energy_;  ///< of the divided
    std::int64_t first_uniform_ = 0;                ///< of the stage, in a shower's
    std::vector<float> log_layers_, log_total_;
    std::vector<float> hits_, hits_before_;  ///< logarithms of layers', [remembered][showers]
    std::vector<float> hits_beyond_;
    std::vector<Memories> memory_;
    std::vector<float> layer_features_, shared_;  ///< [showers][...]
    std::vector<float> logarithms_, arguments_;
    std::vector<float> log_hits_;
    std::vector<LayerSums> sums_;
    std::array<std::vector<float>, 5> shape_logarithms_;
    Rows rows_;

    void begin();
    void draw_layer_hits(std::int64_t layer);
    void gather_layer_features(std::int64_t layer, bool with_hits);
    void divide(std::size_t stage, std::int64_t layer);
    void pass_on(std::size_t stage, std::int64_t layer, int pass);
    void divide_rows(std::size_t stage, std::int64_t layer, int pass, std::size_t first,
                     std::size_t count);
    void gather_row(std::size_t stage, std::int64_t layer, int pass, Block const& block,
                    std::size_t row);
    void complete_features(int pass, std::size_t count);
    void divide_energies(PackedDivision const& division, std::size_t first);
    void put_children(std::size_t stage, std::int64_t layer);
    void finish(std::int64_t layer);
    void remember(std::int64_t layer);
    std::array<float, graph::usual_shapes> usual(std::size_t shower, std::int64_t layer) const;
    float const* take_logarithms(std::size_t count, float unit, float offset);
};

}  // namespace lowcal::runtime
