#pragma once

#include "graph/patterns/layer_shapes.hpp"
#include "graph/patterns/shower_development.hpp"
#include "runtime/kernels/pass_kernel.hpp"
#include "runtime/passes/packed_passes.hpp"

#include <array>
#include <span>
#include <vector>

namespace lowcal::runtime {

/// Draws the cells of showers, some of them at once (graph/passes/pass_network.hpp). Allocates
/// nothing but where it is made. Not thread-safe: one for each thread.
class ShowerPasses {
public:
    /// Showers are drawn so many at once where there are that many.
    static constexpr std::size_t most_together = 8;

    /// Of at most `showers` at a time.
    ShowerPasses(PackedPasses const& network, std::size_t showers);

    /// As graph::PassNetwork::Shower, of `count` showers; cells [count][layers][rows][columns].
    struct Showers {
        std::size_t count = 0;
        float const *layers = nullptr, *primary = nullptr, *entry = nullptr, *uniform = nullptr;
        std::size_t uniform_step = 0;  ///< from shower to shower
        float* cells = nullptr;
    };
    void operator()(Showers const& showers);

    /// Memory that one needs, about.
    static std::size_t bytes(graph::PassConfig const& config, std::size_t showers);

private:
    using Shapes = std::array<float, graph::shape_numbers>;
    struct Shower {
        float total = 0, log_total = 0;  ///< its energy
        Shapes usual_beyond{};
        float weight_beyond = 0;
    };
    /// A layer of a shower as far as it is drawn. `layers_` has those of the first shower, then
    /// those of the next.
    struct Layer {
        std::int64_t layer = 0;
        std::size_t shower = 0;
        std::size_t plane = 0;  ///< where it begins in the volumes, with margins
        float energy = 0, hits = 0, hits_beyond = 0;
        float log_energy = 0;  ///< of it and the unit
        float change = 0;      ///< PassConfig::change
        float left = 0, hits_left = 0;
        float log_left = 0;  ///< of what is left and the unit
        float hits_of_pass = 0;
        Shapes beyond{};
        std::size_t first_hit = 0, last_hit = 0;  ///< among Hits::by_layer
    };
    /// Hits of the layers at hand, in the order in which they were drawn.
    struct Hits {
        std::vector<std::int32_t> layer, ordinal;  ///< number in `layers_`, cell
        std::vector<float> energy;
        std::vector<std::int32_t> bright;    ///< which of `Bright`, or -1
        std::vector<std::int32_t> by_layer;  ///< their numbers, sorted
    };
    struct Bright {
        std::vector<float> mean, width, below, log_odds, spread, energy;
        BrightHits at(std::size_t first);
        void resize(std::size_t count);
    };
    /// Cells that may become hits in the pass at hand, and those that do.
    struct Possible {
        std::vector<std::int32_t> cell, layer, number,
            found;  ///< layers by number in `slots_`, too
        std::vector<float> usual, change, most, uniform, shift, first, second, odds, score, bound;
        std::vector<float> chances, uniforms, shifts, left;  ///< of those found; log odds first
    };
    /// A layer that has hits in the pass at hand.
    struct LayerOfPass {
        std::size_t number = 0;                     ///< in `slots_`
        float threshold = 0;                        ///< of bounds, over which cells were looked at
        float exceeded = 0;                         ///< exceeded_score of the first rows
        std::size_t first = 0, last = 0;            ///< its rows of `Possible`
        std::size_t first_more = 0, last_more = 0;  ///< further ones
    };
    /// Of all cells of a pass: [slots][cells, padded]; then of one layer.
    struct AllCells {
        std::vector<float> usual, bound;
        std::vector<float> scores;
        std::vector<std::int32_t> rows, listed;
    };
    /// Of the hits of the pass at hand, and of those of them that are faint or bright.
    struct Energies {
        std::vector<float> features, followed, inner, numbers, within, logarithms, energy;
        std::vector<std::int32_t> chosen;  ///< a group of classes, then which of `Bright`, or -1
        std::vector<std::int32_t> rows, groups, classes;
        std::vector<float> uniform, source, excess, arguments, logarithms_of_windows;
        std::vector<float> first, second, most, offset, wider;
    };

    PackedPasses const& network_;
    graph::PassConfig const& config_;
    Showers drawn_{};
    std::vector<Shower> showers_;
    std::vector<Layer> layers_;
    std::vector<graph::ShowerDevelopment> development_;  ///< of `layers_`
    std::vector<std::size_t> slots_;  ///< numbers in `layers_` of those at hand: that have hits
    std::vector<std::uint8_t> hit_;   ///< [showers][planes]
    std::vector<float> scaled_;       ///< [showers][planes] scaled logarithms of energies
    /// [passes][showers][position_numbers][cells, padded]
    std::array<std::vector<float>, graph::cell_passes.size()> positions_;
    std::vector<float> features_, left_, told_, inner_, root_numbers_, root_hits_;
    std::vector<float> context_base_, context_, count_base_, counts_;
    std::vector<float> context_padded_;  ///< hidden numbers that one layer gives
    Hits hits_;
    Bright bright_, moved_;
    std::vector<std::int32_t> moved_hits_;
    std::size_t hits_count_ = 0, bright_count_ = 0;
    std::size_t whole_ = 0;  ///< the cell that put_whole found
    Possible possible_;
    AllCells all_cells_;
    std::vector<LayerOfPass> layers_of_pass_;
    Energies energies_;
    std::vector<float> shape_cells_, shape_centres_;

    std::size_t layer_count() const { return static_cast<std::size_t>(config_.layers); }
    float log_energy(float energy) const;
    std::array<float, graph::usual_shapes> usual(Layer const& layer) const;
    float const* entry_of(Layer const& layer) const { return drawn_.entry + 2 * layer.shower; }
    /// Uniform numbers of the cells of a shower.
    float const* uniform_of(std::size_t shower) const;
    /// One of the same shower; nullptr where it has no such layer.
    Layer const* layer_at(Layer const& from, std::int64_t layer) const;
    float* add_shower(std::size_t slot, float* to) const;
    void resize_layers(std::size_t showers, std::size_t slots);
    void resize_pass(std::size_t rows);
    void begin(std::size_t shower);
    void draw_layer_hits();
    void set_hits(Layer& layer, float drawn) const;
    /// Of the showers [first, last).
    void draw_step(graph::LayerStep const& step, std::size_t first, std::size_t last);
    /// What of the layers' networks holds for all passes.
    void begin_layers(graph::LayerStep const& step);
    void finish_layer(Layer& layer, std::int64_t group);
    void find_left();
    void draw_counts(std::size_t pass);
    void find_context();
    using LayerNetwork = PackedPasses::LayerNetwork;
    void begin_network(LayerNetwork const& network, std::vector<float>& base);
    void run_network(LayerNetwork const& network, std::vector<float> const& left,
                     std::vector<float> const& base, std::vector<float>& result);
    void draw_pass(graph::LayerStep const& step, std::size_t pass);
    std::size_t find_hits(graph::LayerStep const& step, std::size_t pass);
    void bound_cells(std::size_t number, std::size_t pass);
    float likely_threshold(std::size_t number, std::size_t pass);
    LargestNumbers bounds_of(std::size_t number, std::size_t pass);
    std::size_t append_possible(std::size_t number, std::size_t pass, float above, float up_to,
                                std::size_t row);
    void score_possible(graph::LayerStep const& step, std::size_t pass, std::size_t first,
                        std::size_t last);
    void find_first_numbers(graph::LayerStep const& step, std::size_t pass, std::size_t first,
                            std::size_t last);
    float exceeded_score(LayerOfPass const& layer, LargestNumbers const& scores) const;
    LargestNumbers gather_scores(LayerOfPass const& layer);
    std::size_t choose_hits(LayerOfPass const& layer, std::size_t found);
    void draw_energies(graph::LayerStep const& step, std::size_t pass, std::size_t count);
    void gather(graph::LayerStep const& step, std::size_t pass, std::size_t count);
    void draw_faint(std::int64_t group, std::size_t count);
    std::size_t gather_bright(graph::LayerStep const& step, std::size_t pass, std::size_t count);
    void find_excess(PackedPasses::Phase const& phase, std::size_t count);
    void find_places(graph::LayerStep const& step, std::size_t pass, std::size_t count);
    void draw_bright(graph::LayerStep const& step, std::size_t pass, std::size_t count);
    void put(std::size_t pass, std::size_t count);
    void put_cell(Layer const& layer, std::size_t ordinal, float energy, float scaled);
    void sort_hits();
    std::span<std::int32_t const> hits_of(Layer const& layer) const;
    void keep_energy(Layer const& layer);
    void put_again(Layer const& layer, std::span<std::int32_t const> hits);
    void put_whole(Layer const& layer);
};

}  // namespace lowcal::runtime
