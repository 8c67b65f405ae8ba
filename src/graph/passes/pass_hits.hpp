#pragma once

#include "graph/passes/pass_config.hpp"

namespace lowcal::graph {

/// How many hits a pass gives to a layer: a normal distribution, rounded.
struct PassHits {
    float mean = 0, width = 0;
    float least = 0, most = 0;  ///< what passes behind it have no room for, and it has room for

    /// From two of the count_numbers, where so many of the layer's hits are left.
    PassHits(PassConfig const& config, std::int64_t pass, float const* numbers, float left);

    float draw(float uniform) const;
    double log_probability(float hits) const;

private:
    double up_to(float hits) const;  ///< how likely there are no more
};

}  // namespace lowcal::graph
