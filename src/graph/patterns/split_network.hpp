#pragma once

#include "graph/model/graph.hpp"
#include "graph/patterns/split_tree.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace lowcal::graph {

/// Components of the mixtures that divisions are drawn from.
inline constexpr std::int64_t hit_components = 3;
/// Of energy: those of the odds between two children, and for either child, where it is a single
/// hit, some whose places are energies of a cell: what spectra have at certain energies stays
/// sharp.
inline constexpr std::int64_t odds_components = 5;
inline constexpr std::int64_t anchored_components = 3;
inline constexpr std::int64_t energy_components = odds_components + 2 * anchored_components;
/// By how much a network can move an anchor, in logarithms of energy, with each of its numbers.
inline constexpr float anchor_step = 0.5F;
/// Added to energies beyond the least, in units of the least: logarithms stay finite.
inline constexpr float excess_offset = 0.01F;
/// In the place of the logarithm of the weight of a component that cannot be.
inline constexpr float impossible = -1e4F;
/// Logarithms of odds that a mixture's means may follow: the usual ones, and those of layers
/// before.
inline constexpr std::int64_t followed_odds = 3;
/// Learnt numbers of each block, and of each layer.
inline constexpr std::int64_t place_numbers = 8;
inline constexpr std::int64_t layer_numbers = 16;
inline constexpr std::int64_t root_width = 64;  ///< of the network of a layer's hits
/// What the network of energies is told of how hits were divided.
inline constexpr std::int64_t division_features = 6;
inline constexpr float split_slope = 0.1F;  ///< of LeakyReLU
/// What is remembered of a finished layer (LayerShape), of which the first few beyond what is usual
/// for its energy, a linear function of regressors.
inline constexpr std::int64_t shape_numbers = 6;
inline constexpr std::int64_t usual_shapes = 4;
inline constexpr std::int64_t shape_regressors = 5;
/// By how much a layer counts less for those behind it with each layer between.
inline constexpr std::array memory_decays{0.75F, 1.0F};
inline constexpr std::int64_t memory_numbers =
    shape_numbers * static_cast<std::int64_t>(memory_decays.size());
inline constexpr float shape_scale = 4.0F;      ///< of what is remembered: to be of order one
inline constexpr float regressor_scale = 0.1F;  ///< of squares among the regressors
inline constexpr float nearest = 0.01F;         ///< squared cells, added to squared distances

/// What one network that divides layers is, beside its weights.
struct SplitNetworkConfig {
    SplitTree tree{};
    std::int64_t layers = 0;
    std::int64_t primary = 0;  ///< numbers that describe the primary
    bool round_rows = false;   ///< the last row is a neighbour of the first: an angle
    bool round_columns = false;
    std::int64_t trunk = 0;  ///< widths
    std::int64_t energy = 0;
    float unit = 1;   ///< of energy: logarithms begin here
    float least = 0;  ///< energy of a cell that is not empty

    /// Features of a block in the first or second pass.
    std::int64_t features(int pass) const;
    std::int64_t layer_features() const;
    std::int64_t weight_count() const;
    /// Uniform numbers of a shower: two for the hits of each layer, four for each block of it.
    std::int64_t uniform_count() const { return layers * layer_uniforms(); }
    std::int64_t layer_uniforms() const;
};

/// As attributes of a SplitTree node, and back. Throws InputError naming the node where they make
/// no sense, or more blocks or weights than a network may have.
std::map<std::string, Attribute> attributes_of(SplitNetworkConfig const& config);
SplitNetworkConfig split_config(Node const& node);

/// Places of the children of all blocks of a stage: [parents][2 children][row, column], in cells
/// from the shower's axis; of a cylinder (one axis round) in its rings.
std::vector<float> child_centres(SplitNetworkConfig const& config, SplitStage const& stage);
/// The same of all cells, with the lead: [rows][columns][row, column].
std::vector<float> cell_centres(SplitNetworkConfig const& config);

/// Divides the layers of showers into cells (training/fine/fine_networks.hpp says how it is
/// trained): a plain implementation, the meaning of the operator SplitTree.
///
/// The order of the weights: anchors; usual shapes, [layers][regressors][usual shapes]; of the
/// layers' hits: layer numbers, three dense layers; of
/// each stage: usual odds of hits and energy, [layers][parents]; of each pass of it: places, layer
/// numbers, and the dense layers first, second, hits, inner, energy. Dense layers are [out][in],
/// then biases.
class SplitNetwork {
public:
    /// `weights`: config.weight_count() of them, copied.
    SplitNetwork(SplitNetworkConfig config, std::span<float const> weights);

    /// One shower: energies of its layers, description of the primary, where it entered (in cells
    /// from the middle), uniform numbers in (0, 1).
    struct Shower {
        std::span<float const> layers, primary, entry, uniform;
    };
    /// Into [layers][rows][columns].
    void divide(Shower const& shower, std::span<float> cells) const;

    struct Dense {
        std::int64_t inputs = 0, outputs = 0;
        std::vector<float> weights;  ///< [in][out]
        std::vector<float> bias;
        /// LeakyReLU behind it where wanted.
        void operator()(std::span<float const> in, std::span<float> out, bool leaky) const;
    };
    struct Division {
        std::vector<float> places, layers;
        Dense first, second, hits, inner, energy;
    };
    struct Stage {
        std::vector<float> usual_hits, usual_energy;
        std::vector<float> centres;
        std::vector<Division> passes;
    };

private:
    friend class ShowerDivision;

    SplitNetworkConfig config_;
    std::vector<float> anchors_;  ///< logarithms of energies beyond the least
    std::vector<float> usual_shapes_;
    std::vector<float> cell_centres_;
    std::vector<float> root_layers_;
    Dense root_first_, root_second_, root_;
    std::vector<Stage> stages_;
};

}  // namespace lowcal::graph
