#pragma once

#include "core/detector/detector.hpp"

namespace lowcal {

/// The detector of the networks and reference showers that come with LowCal: the electromagnetic
/// calorimeter of CLIC as the 3DGAN sees it (Carminati et al., J. Phys. Conf. Ser. 1525 (2020)
/// 012064), 25 x 25 x 25 cells, [x][y][z], z along the beam, electrons of 2 to 500 GeV.
Detector const& clic_detector();

/// The same calorimeter in a wider window, 51 x 51 x 25 cells, for tilted showers: the 3DGAN's
/// variable-angle data.
Detector const& wide_clic_detector();

/// The CaloChallenge's data sets 2 and 3 (Krause et al., arXiv:2410.21611): [layer][angle][radius],
/// 45 layers of 16 x 9 and 50 x 18 cells, electrons of 1 GeV to 1 TeV.
Detector const& calochallenge_2();
Detector const& calochallenge_3();

}  // namespace lowcal
