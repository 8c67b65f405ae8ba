#pragma once

#include "graph/model/graph.hpp"
#include "training/study/networks.hpp"

namespace lowcal::training {

/// The inverse of `to_graph`: a generator with the weights and normalisation of an exported
/// network. Throws InputError naming the constant that is missing, foreign or of another shape, or
/// the architecture if it is not one that the trainer makes.
Generator generator_from(graph::Graph const& graph);

}  // namespace lowcal::training
