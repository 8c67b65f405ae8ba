#pragma once

#include "graph/model/graph.hpp"
#include "graph/patterns/split_form.hpp"
#include "graph/patterns/split_tree.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace lowcal::graph {

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

/// The numbers of a network, as a SplitTree node's constant holds them: anchors; usual shapes,
/// [layers][regressors][usual shapes]; of the layers' hits: layer numbers, three dense layers; of
/// each stage: usual odds of hits and energy, [layers][parents]; of each pass of it: places, layer
/// numbers, and the dense layers first, second, hits, inner, energy. Dense layers are [out][in],
/// then biases.
struct SplitWeights {
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
        std::vector<float> centres;  ///< child_centres
        std::vector<Division> passes;
    };

    /// `numbers`: config.weight_count() of them, copied.
    SplitWeights(SplitNetworkConfig const& config, std::span<float const> numbers);

    std::vector<float> anchors;  ///< logarithms of energies beyond the least
    std::vector<float> usual_shapes;
    std::vector<float> centres;  ///< cell_centres
    std::vector<float> root_layers;
    Dense root_first, root_second, root;
    std::vector<Stage> stages;
};

/// Divides the layers of showers into cells (training/fine/fine_networks.hpp says how it is
/// trained): a plain implementation, the meaning of the operator SplitTree.
class SplitNetwork {
public:
    SplitNetwork(SplitNetworkConfig config, std::span<float const> weights)
        : config_(std::move(config)), weights_(config_, weights)
    {
    }

    /// One shower: energies of its layers, description of the primary, where it entered (in cells
    /// from the middle), uniform numbers in (0, 1).
    struct Shower {
        std::span<float const> layers, primary, entry, uniform;
    };
    /// Into [layers][rows][columns].
    void divide(Shower const& shower, std::span<float> cells) const;

private:
    SplitNetworkConfig config_;
    SplitWeights weights_;
};

}  // namespace lowcal::graph
