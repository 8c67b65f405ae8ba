#pragma once

#include "core/detector/detector.hpp"
#include "graph/model/graph.hpp"

namespace lowcal::graph {

/// The sizes behind the showers, without axes of one.
Shape sizes_of(Shape const& shape);

/// Whether [N, ...] are the detector's cells in memory order: its axes, some or all of which may be
/// joined with the next, with axes of one among them.
bool holds_cells(Shape const& shape, Detector const& detector);

}  // namespace lowcal::graph
