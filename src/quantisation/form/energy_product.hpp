#pragma once

#include "graph/model/graph.hpp"

#include <map>
#include <optional>
#include <string>

namespace lowcal::quantisation {

/// Where noise, or its direction, is multiplied by the energy.
struct EnergyProduct {
    std::string energy;                   ///< value [N, 1] in the network's unit
    double unit = 1.0;                    ///< of it, over GeV: what GeV are multiplied by
    graph::Node const* latent = nullptr;  ///< the product
    std::string noise;                    ///< its other factor
};

/// The product of the energy (as it is or times a single number, and read by nothing else) and
/// noise, whichever stands first, through which alone noise reaches the output: then all
/// activations behind it grow with the energy. Nothing where there is none. The network must
/// outlive it.
std::optional<EnergyProduct> find_energy_product(graph::Graph const& network,
                                                 std::map<std::string, graph::Shape> const& shapes);

}  // namespace lowcal::quantisation
