#pragma once

#include "graph/passes/pass_weights.hpp"

#include <span>
#include <vector>

namespace lowcal::graph {

/// Draws the cells of showers in passes over the volume (training/passes/pass_networks.hpp says how
/// it is trained): a plain implementation, the meaning of the operator CellPasses.
class PassNetwork {
public:
    PassNetwork(PassConfig const& config, PassWeights weights)
        : config_(config), weights_(std::move(weights))
    {
    }

    /// One shower: energies of its layers, description of the primary, where it entered (in cells
    /// from the middle), uniform numbers in (0, 1).
    struct Shower {
        std::span<float const> layers, primary, entry, uniform;
    };
    /// Negative logarithms, in nats, of how likely what was drawn is, as a training counts it.
    struct Surprise {
        double hits = 0, energies = 0;
        std::vector<float> layer_hits{};  ///< how many each layer was to have
    };
    /// What is wanted beside the cells.
    struct Wanted {
        Surprise* surprise = nullptr;
        bool sums =
            true;  ///< layers keep their energies; without, the surprise is that of training
    };
    /// Into [layers][rows][columns].
    void draw(Shower const& shower, std::span<float> cells, Wanted const& wanted) const;
    void draw(Shower const& shower, std::span<float> cells) const { draw(shower, cells, {}); }

private:
    PassConfig config_;
    PassWeights weights_;
};

}  // namespace lowcal::graph
