#pragma once

#include "quantisation/plan/int8_plan.hpp"

#include <set>

namespace lowcal::quantisation {

/// Nodes that read nothing but numbers of the network's inputs, moved at most, and that no int8
/// layer follows: noise that is added behind the last layer. They need no levels, even where int8
/// layers read levels of the same numbers.
std::set<graph::Node const*> exact_readers(graph::Graph const& canonical, Int8Plan const& plan);

}  // namespace lowcal::quantisation
