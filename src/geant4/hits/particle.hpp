#pragma once

#include "geant4/hits/vector.hpp"

namespace lowcal::geant4 {

/// A particle at a calorimeter, in the coordinates of the volume that holds it.
struct Particle {
    int pdg = 0;
    double energy = 0;   ///< kinetic, GeV
    Vector position{};   ///< mm
    Vector direction{};  ///< of length 1
    double depth = 0;    ///< mm behind the face, along its normal
};

}  // namespace lowcal::geant4
