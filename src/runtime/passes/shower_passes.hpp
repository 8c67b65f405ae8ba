#pragma once

#include "graph/patterns/layer_shapes.hpp"
#include "graph/patterns/shower_development.hpp"
#include "runtime/kernels/pass_kernel.hpp"
#include "runtime/passes/packed_passes.hpp"

#include <array>
#include <span>
#include <vector>

namespace lowcal::runtime {

/// Draws the cells of one shower after the other (graph/passes/pass_network.hpp). Allocates nothing
/// but where it is made. Not thread-safe: one for each thread.
class ShowerPasses {
public:
    explicit ShowerPasses(PackedPasses const& network);

    /// As graph::PassNetwork::Shower; cells [layers][rows][columns].
    struct Shower {
        float const *layers = nullptr, *primary = nullptr, *entry = nullptr, *uniform = nullptr;
        float* cells = nullptr;
    };
    void operator()(Shower const& shower);

    /// Memory that one needs, about.
    static std::size_t bytes(graph::PassConfig const& config);

private:
    using Shapes = std::array<float, graph::shape_numbers>;
    /// A layer as far as it is drawn.
    struct Layer {
        float energy = 0, hits = 0, hits_beyond = 0;
        float log_energy = 0;  ///< of it and the unit
        float change = 0;      ///< PassConfig::change
        float left = 0, hits_left = 0;
        float log_left = 0;  ///< of what is left and the unit
        Shapes beyond{};
        std::size_t first_hit = 0, last_hit = 0;  ///< among Hits::by_layer
    };
    /// Hits of the layers at hand, in the order in which they were drawn.
    struct Hits {
        std::vector<std::int32_t> layer, ordinal;
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
        std::vector<std::int32_t> cell, layer, found;
        std::vector<float> usual, change, uniform, shift, first, second, left;
    };
    /// Of the hits of the pass at hand, and of those of them that are faint or bright.
    struct Energies {
        std::vector<float> features, followed, inner, numbers, within, logarithms, energy;
        std::vector<std::int32_t> chosen;  ///< a group of classes, then which of `Bright`, or -1
        std::vector<std::int32_t> rows, groups, classes;
        std::vector<float> uniform, source, excess, arguments, logarithms_of_windows;
        std::vector<float> first, second, most;
    };

    PackedPasses const& network_;
    graph::PassConfig const& config_;
    Shower shower_{};
    std::vector<Layer> layers_;
    std::vector<graph::ShowerDevelopment> development_;
    float total_ = 0, log_total_ = 0;
    Shapes usual_beyond_{};
    float weight_beyond_ = 0;
    std::vector<std::uint8_t> hit_;  ///< [planes]
    std::vector<float> scaled_;      ///< [planes] scaled logarithms of energies
    std::array<std::vector<float>, graph::cell_passes.size()> positions_;
    std::vector<float> features_, base_, left_, context_, inner_;
    std::vector<float> context_padded_;  ///< hidden numbers that one layer gives
    Hits hits_;
    Bright bright_, moved_;
    std::vector<std::int32_t> moved_hits_;
    std::size_t hits_count_ = 0, bright_count_ = 0;
    std::size_t whole_ = 0;  ///< the cell that put_whole found
    Possible possible_;
    Energies energies_;
    std::vector<float> shape_cells_, shape_centres_;

    float log_energy(float energy) const;
    std::array<float, graph::usual_shapes> usual(std::size_t layer) const;
    float* add_shower(std::size_t layer, float* to) const;
    void begin();
    void draw_layer_hits();
    void draw_step(graph::LayerStep const& step);
    /// What of the layers' networks holds for all passes.
    void begin_layers(graph::LayerStep const& step);
    void finish_layer(std::size_t layer, std::int64_t group);
    void find_context(graph::LayerStep const& step);
    void draw_pass(graph::LayerStep const& step, std::size_t pass);
    std::size_t find_possible(graph::LayerStep const& step, std::size_t number, std::size_t pass,
                              std::size_t count);
    std::size_t find_hits(graph::LayerStep const& step, std::size_t pass);
    void draw_energies(graph::LayerStep const& step, std::size_t pass, std::size_t count);
    void gather(graph::LayerStep const& step, std::size_t pass, std::size_t count);
    void draw_faint(std::int64_t group, std::size_t count);
    std::size_t gather_bright(graph::LayerStep const& step, std::size_t pass, std::size_t count);
    void find_excess(PackedPasses::Phase const& phase, std::size_t count);
    void draw_bright(graph::LayerStep const& step, std::size_t pass, std::size_t count);
    void put(std::size_t pass, std::size_t count);
    void put_cell(std::size_t layer, std::size_t ordinal, float energy, float scaled);
    void sort_hits(graph::LayerStep const& step);
    std::span<std::int32_t const> hits_of(std::size_t layer) const;
    void keep_energy(std::size_t layer);
    void put_again(std::size_t layer, std::span<std::int32_t const> hits);
    void put_whole(std::size_t layer);
    std::int32_t volume_of(std::size_t ordinal) const;
};

}  // namespace lowcal::runtime
