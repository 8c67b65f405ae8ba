#pragma once

#include "graph/model/graph.hpp"
#include "training/lean/shower_geometry.hpp"

namespace lowcal::training {

/// Writes into a network's metadata whose showers it makes: detector and, if it is one, particle.
void describe_showers(ShowerGeometry const& geometry, graph::Graph& network);

}  // namespace lowcal::training
