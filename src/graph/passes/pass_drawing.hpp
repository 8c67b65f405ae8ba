#pragma once

#include "graph/passes/pass_network.hpp"
#include "graph/patterns/layer_shapes.hpp"
#include "graph/patterns/shower_development.hpp"

#include <array>
#include <vector>

namespace lowcal::graph {

/// The drawing of one shower's cells. Used once.
class PassDrawing {
public:
    PassDrawing(PassConfig const& config, PassWeights const& network,
                PassNetwork::Shower const& shower, PassNetwork::Wanted const& wanted);
    void run(std::span<float> cells);

private:
    /// A layer's hits and energy, as far as they are drawn.
    struct Layer {
        float energy = 0, hits = 0, hits_beyond = 0;
        float left = 0, hits_left = 0;
        std::array<float, shape_numbers> beyond{};  ///< shapes beyond the usual, once it is made
        std::vector<float> first;                   ///< of its network, what holds for all passes
    };
    struct Cell {
        std::int64_t layer, row, column;
    };
    /// What can still be moved: a hit from a mixture's component.
    struct BrightHit {
        std::size_t cell;
        float mean, width;
        float below;     ///< how likely the component gives less than a bright hit
        float log_odds;  ///< of the uniform number that it was drawn by
        float spread;
    };

    PassConfig const& config_;
    PassWeights const& network_;
    PassNetwork::Shower const& shower_;
    PassNetwork::Wanted const& wanted_;
    std::vector<Layer> layers_;
    std::vector<ShowerDevelopment> development_;
    std::vector<float> cells_;       ///< energies
    std::vector<float> logarithms_;  ///< of energies and the unit
    float total_ = 0;
    std::array<float, shape_numbers> usual_beyond_{};  ///< mean over the layers of the first group
    float weight_beyond_ = 0;
    std::vector<float> features_, hidden_, second_, numbers_, inner_, inner_second_;
    std::vector<BrightHit> bright_;  ///< of the layer at hand

    /// One pass of a group.
    struct Phase {
        std::int64_t group, pass;
        std::array<bool, window_cells> seen;
        PassWeights::Phase const* weights;
    };
    /// A bright hit's energy, and how it changes.
    struct Moved {
        float energy, slope;
    };

    std::size_t at(Cell const& cell) const;
    std::span<float const> cells_of(std::int64_t layer) const;
    float log_energy(float energy) const;
    std::array<float, usual_shapes> usual(std::int64_t layer) const;
    /// Begins the features with what is the shower's.
    void add_shower(std::int64_t layer);
    void draw_layer_hits(std::int64_t layer);
    /// Beyond usual of a layer that is made; zeros of one that is not there.
    std::array<float, shape_numbers> shapes_of(std::int64_t layer) const;
    void draw_layer(std::int64_t layer, std::int64_t group);
    /// What a layer's networks are told of what is left of it.
    std::vector<float> left_features(Layer const& layer) const;
    void add_learnt(std::int64_t layer, std::vector<float>& features) const;
    /// How many hits a pass gives to a layer.
    float draw_count(std::int64_t layer, std::int64_t pass);
    /// What a layer's network gives where a pass has so many hits: hidden numbers, then
    /// odds_numbers.
    std::vector<float> context(std::int64_t layer, float hits);
    void draw_pass(std::int64_t layer, std::int64_t group, std::int64_t number);
    /// Cells around, -1 where there is none.
    std::array<std::int64_t, window_cells> window(Cell const& cell, std::int64_t group) const;
    /// The hidden numbers of a cell.
    void find_hidden(Cell const& cell, Phase const& phase, std::span<float const> context);
    float const* centre_of(Cell const& cell) const;
    /// A cell of a pass. Of its log odds and those of its uniform number, the difference is its
    /// score: the hits are those with the highest.
    struct Possible {
        Cell cell{};
        float uniform = 0;
        float shift = 0;  ///< the next uniform number
        float odds = 0, score = 0;
    };
    /// `context` as of `context`.
    std::vector<Possible> all_of_pass(std::int64_t layer, Phase const& phase,
                                      std::span<float const> context);
    float log_odds(Cell const& cell, Phase const& phase, std::span<float const> context);
    /// So many, those with the highest scores; their odds are then those by which their uniform
    /// numbers were small enough.
    static std::vector<Possible> highest(std::vector<Possible> all, float hits);
    void add_surprise(std::span<Possible const> all, std::span<Possible const> hits);
    /// Of the hit whose hidden numbers were found last.
    float draw_energy(Cell const& cell, Phase const& phase, float uniform);
    std::array<float, followed_cells> followed(Cell const& cell, Phase const& phase) const;
    /// By how much a layer has more energy than the two nearest, logarithms.
    std::array<float, 2> beyond_nearest(std::int64_t layer, std::int64_t group) const;
    /// What a bright hit's place adds to means, and the logarithm of what it scales the mixture by.
    std::array<float, 2> of_place(Cell const& cell, Phase const& phase,
                                  std::array<float, followed_cells> const& near,
                                  std::array<float, window_cells> const& excess) const;
    /// Of a group of classes.
    float draw_faint(PassWeights::Dense const& classes, std::size_t group, float uniform);
    float draw_bright(Cell const& cell, Phase const& phase,
                      std::array<float, followed_cells> const& near, float uniform);
    /// Moves bright hits so that the layer has its energy.
    void keep_energy(std::int64_t layer);
    /// `tilt` is added to the logarithm of the odds of the uniform number.
    Moved energy_of(BrightHit const& hit, float tilt) const;
    /// All of a layer's energy into one cell: where none became a hit.
    void put_whole(std::int64_t layer);
    void put(std::size_t cell, float energy);
};

}  // namespace lowcal::graph
