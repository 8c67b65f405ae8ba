#pragma once

#include "graph/patterns/split_form.hpp"

#include <span>

namespace lowcal::graph {

/// How far a shower has developed where a layer stands. A shower that begins late is narrow in
/// layers where others are wide by then, which the energies of the layers around do not say.
struct ShowerDevelopment {
    float before = 0;  ///< energy in front of the middle of the layer
    float behind = 0;
    float depth = 0;   ///< mean layer by energy, less the layer
    float length = 0;  ///< root mean square of the layers about their mean
};

/// Of a shower's layers, from their energies; all 0 where there is none. `result` has as many.
void find_development(std::span<float const> layers, std::span<ShowerDevelopment> result);

}  // namespace lowcal::graph
