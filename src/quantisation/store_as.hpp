#pragma once

#include "graph/model/fresh_names.hpp"

#include <string>

namespace lowcal::quantisation {

/// Stores a float32 constant in 16 bits, with a Cast to float32 behind the nodes that are there:
/// returns the value that holds it now, named afresh. Rounds to nearest, ties to even. Nodes that
/// read the constant are not touched. Throws InputError where a value is not finite or float16
/// cannot hold it.
std::string store_as(graph::Graph& network, std::string const& constant, graph::ElementType type,
                     graph::FreshNames& fresh);

/// The same network, its float32 weights stored in 16 bits: constants with more than one element
/// along two dimensions or more. Vectors (biases, statistics of batch normalisation) stay in
/// float32: they are few. Throws InputError if `type` is no 16-bit type.
graph::Graph with_stored_weights(graph::Graph network, graph::ElementType type);

/// Weights that are stored in 16 bits behind a Cast, or as levels, become float32: what is
/// quantised. A network whose activations are levels stays as it is.
graph::Graph with_float32_weights(graph::Graph network);

}  // namespace lowcal::quantisation
