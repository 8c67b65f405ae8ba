#pragma once

#include "geant4/hits/vector.hpp"

#include <G4SystemOfUnits.hh>
#include <G4ThreeVector.hh>

namespace lowcal::geant4 {

inline Vector in_mm(G4ThreeVector const& place)
{
    return {place.x() / CLHEP::mm, place.y() / CLHEP::mm, place.z() / CLHEP::mm};
}
inline Vector direction(G4ThreeVector const& vector)
{
    return {vector.x(), vector.y(), vector.z()};
}
inline G4ThreeVector direction(Vector const& vector)
{
    return {vector.x, vector.y, vector.z};
}
inline G4ThreeVector of_mm(Vector const& place)
{
    return CLHEP::mm * direction(place);
}

}  // namespace lowcal::geant4
