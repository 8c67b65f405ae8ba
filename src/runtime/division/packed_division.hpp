#pragma once

#include "runtime/division/packed_dense.hpp"

#include <array>

namespace lowcal::runtime {

/// Odds and own numbers of a block, padded to what the rounding kernel writes.
inline constexpr std::size_t own_numbers =
    static_cast<std::size_t>(graph::odds_features + graph::own_features);
inline constexpr std::size_t own_step = 32;
static_assert(own_numbers <= own_step);

/// Rows of a division's arrays, in numbers.
struct DivisionSteps {
    std::size_t features = 0;  ///< windows, then own numbers
    std::size_t trunk = 0, inner = 0, hits = 0, energy = 0;
};

/// One network of a stage. The first layer is taken apart: what all blocks of a layer share, and
/// what is learnt of places, begins the sums of the blocks' own features. `Number` is what layers
/// hand on: float or, in int8, std::uint8_t.
template <class Number>
class PackedDivision {
public:
    PackedDivision(graph::SplitNetworkConfig const& config,
                   graph::SplitNetworkConfig::Division const& form,
                   graph::SplitWeights::Division const& division);

    DivisionSteps const& steps() const { return steps_; }

    /// What the first layer's sums of a layer's blocks begin with: [showers][trunk] from features
    /// of the layer.
    void share(std::size_t showers, std::int64_t layer, float const* layer_features,
               float* result) const;
    /// [trunk], to be added for a place.
    float const* place(std::int64_t parent) const
    {
        return places_.data() + static_cast<std::size_t>(parent) * of_layers_.outputs;
    }
    std::size_t trunk() const { return of_layers_.outputs; }

    /// Puts own numbers [rows][own_step] behind the windows of the features.
    void add_own(std::size_t rows, float const* own, Number* features) const;
    /// [rows][features] with starts [rows][trunk] to [rows][steps().trunk], `scratch` the same.
    void make_trunk(std::size_t rows, Number const* features, float const* start, Number* scratch,
                    Number* trunk) const;
    void make_hits(std::size_t rows, Number const* trunk, float* numbers) const;
    /// `division` [rows][division_features] says how hits were divided; `start` and `inner` are
    /// scratch of [rows][steps().inner].
    void make_energies(std::size_t rows, Number const* trunk, float const* division, float* start,
                       Number* inner, float* numbers) const;

    std::size_t bytes() const;

private:
    using Dense = std::conditional_t<std::is_same_v<Number, float>, PackedDense, LevelDense>;
    DivisionSteps steps_;
    std::size_t windows_ = 0;  ///< how many of a block's features are windows
    Dense of_blocks_, second_, hits_, inner_, energy_;
    PackedDense of_layers_, of_hits_;
    std::vector<float> places_;       ///< [parents][trunk]
    std::vector<float> layer_start_;  ///< [layers][trunk, padded]
    // Only in int8: levels of own numbers, padded, and of what layers give.
    std::vector<float> own_inverse_, own_zero_;
    graph::NumberLevels of_first_, of_second_, of_inner_;
};

/// A whole network.
template <class Number>
struct PackedNetwork {
    PackedNetwork(graph::SplitNetworkConfig config, graph::SplitWeights const& weights);

    /// Usual odds between the children of a block.
    struct Usual {
        float energy = 0, hits = 0;
    };
    /// Of its children: graph::child_centres, and how many cells they have.
    struct Place {
        std::array<float, 4> centres{};
        std::array<float, 2> cells{};
    };
    struct Stage {
        std::vector<Usual> usual;                       ///< [layers][parents]
        std::vector<Place> places;                      ///< [parents]
        std::vector<PackedDivision<Number>> divisions;  ///< SplitNetworkConfig::divisions
    };
    graph::SplitNetworkConfig config;
    std::vector<float> anchors, usual_shapes, centres, root_layers;
    std::vector<graph::SplitWeights::BlockScales> blocks, inverse_blocks;
    PackedDense root_first, root_second, root;
    std::vector<Stage> stages;

    std::size_t bytes() const;
};

extern template class PackedDivision<float>;
extern template class PackedDivision<std::uint8_t>;
extern template struct PackedNetwork<float>;
extern template struct PackedNetwork<std::uint8_t>;

}  // namespace lowcal::runtime
