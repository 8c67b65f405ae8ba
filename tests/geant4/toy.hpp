#pragma once

#include "core/detector/detector.hpp"
#include "graph/model/graph.hpp"

namespace lowcal::geant4::test {

/// 3 x 3 cells of 4 x 6 mm in 2 layers of 10 mm, [u][v][depth].
Detector toy_grid();

/// [layer][angle][radius]: 2 layers of 10 mm, 4 angles, 3 rings of 5 mm.
Detector toy_cylinder();

/// Two layers that differ: 2 rings of 1 angle, up to 2 and 10 mm; 1 ring of 4 angles, up to 8 mm.
Detector toy_rings();

/// For the grid. Cells of a shower, in this order: its energy, and a thousandth of its noise added;
/// theta; phi + 4; the PDG code; both coordinates of entry + 10; then zeros.
graph::Graph telling_network();

}  // namespace lowcal::geant4::test
