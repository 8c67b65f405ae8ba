#pragma once

#include "graph/patterns/split_ranges.hpp"
#include "graph/patterns/split_weights.hpp"

#include <span>

namespace lowcal::graph {

/// Divides the layers of showers into cells (training/fine/fine_networks.hpp says how it is
/// trained): a plain implementation, the meaning of the operator SplitTree. Of int8 networks it
/// rounds to levels where these do, and sums in float32.
class SplitNetwork {
public:
    SplitNetwork(SplitNetworkConfig config, SplitWeights weights)
        : config_(std::move(config)), weights_(std::move(weights))
    {
    }

    /// One shower: energies of its layers, description of the primary, where it entered (in cells
    /// from the middle), uniform numbers in (0, 1).
    struct Shower {
        std::span<float const> layers, primary, entry, uniform;
    };
    /// Into [layers][rows][columns]; widens `ranges`, where they are given, by what it met.
    void divide(Shower const& shower, std::span<float> cells, SplitRanges* ranges = nullptr) const;

private:
    SplitNetworkConfig config_;
    SplitWeights weights_;
};

}  // namespace lowcal::graph
