#pragma once

#include "graph/patterns/layer_shapes.hpp"
#include "graph/patterns/shower_development.hpp"
#include "runtime/division/row_division.hpp"

namespace lowcal::runtime {

/// Divides the layers of a batch of showers into cells, all showers at a time: graph::SplitNetwork
/// for many. A shower's cells are the same bits in any batch. Used by one thread at a time.
/// `Number`: float, or in int8 std::uint8_t.
template <class Number>
class BatchDivision {
public:
    BatchDivision(PackedNetwork<Number> const& network, std::size_t showers);

    /// Cells of a shower whose energies, primary or entry are not all finite are NaN. Allocates
    /// nothing.
    void run(DividedBatch const& batch);

    /// Memory of one, about.
    static std::size_t bytes(graph::SplitNetworkConfig const& config, std::size_t showers);

private:
    /// Over the cells of a layer.
    struct LayerSums {
        float hits = 0, energy = 0, squares = 0, by_energy = 0, by_hits = 0;
        std::array<float, 2> centre{};
    };

    PackedNetwork<Number> const& network_;
    graph::SplitNetworkConfig const& config_;
    std::size_t showers_;
    DividedBatch batch_{};
    std::vector<BlockLevel<Number>> levels_;
    RowDivision<Number> rows_;
    std::vector<Block> parents_, children_;
    /// Parents by which network divides them, behind these those that have one child, of the first
    /// and of the second pass.
    std::vector<Block> sorted_;
    static constexpr std::size_t most_kinds = 6;
    std::vector<std::uint8_t> kinds_;  ///< of parents
    std::array<std::size_t, most_kinds + 1> first_of_kind_{};
    std::vector<float> first_hits_, first_energy_;       ///< of the sorted
    std::vector<float> log_layers_, log_total_;          ///< [showers][layers], [showers]
    std::vector<graph::ShowerDevelopment> development_;  ///< [showers][layers], where it is told
    std::vector<float> log_before_, log_behind_;         ///< of its energies
    std::vector<float> log_hits_, log_hits_before_;      ///< of layers; [remembered][showers]
    std::vector<float> hits_beyond_;
    std::vector<graph::ShapeMemory> memory_;
    std::vector<bool> broken_;  ///< showers of which a number is not finite: so are their cells
    std::vector<float> layer_features_, shared_, root_first_, root_second_, root_numbers_;
    std::vector<float> uniform_, drawn_;  ///< of layers' hits
    std::vector<float> arguments_, logarithms_, more_logarithms_;
    std::vector<LayerSums> sums_;
    std::array<std::vector<float>, 5> shape_logarithms_;

    void begin();
    void draw_layer_hits(std::int64_t layer);
    void find_developments();
    /// Behind the features of the layer; returns where the next ones go.
    float* add_development(std::size_t shower, std::int64_t layer, float* to) const;
    void gather_layer_features(std::int64_t layer, bool with_hits);
    void divide(std::size_t stage, std::int64_t layer);
    void sort_parents(typename RowDivision<Number>::Pass const& at);
    /// Those of the sorted from `begin` to `end`, all by one network.
    void divide_some(typename RowDivision<Number>::Pass const& at, std::size_t begin,
                     std::size_t end);
    void pass_on(std::size_t stage, std::int64_t layer, std::size_t kind);
    void put_children(std::size_t stage, std::int64_t layer, std::size_t begin, std::size_t end);
    /// Puts a block into its level.
    void put(std::size_t level, std::int64_t layer, Block const& block);
    void spoil_broken();
    void finish(std::int64_t layer);
    void remember(std::int64_t layer);
    std::array<float, graph::usual_shapes> usual(std::size_t shower, std::int64_t layer) const;
    float log_layer(std::size_t shower, std::int64_t layer) const;
};
extern template class BatchDivision<float>;
extern template class BatchDivision<std::uint8_t>;

}  // namespace lowcal::runtime
