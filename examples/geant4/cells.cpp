#include "cells.hpp"

#include "calorimeter.hpp"

#include <G4FastHit.hh>
#include <G4FastTrack.hh>
#include <G4Step.hh>
#include <G4SystemOfUnits.hh>
#include <G4TouchableHistory.hh>
#include <cmath>

namespace {

constexpr double cell_size = 5.1 * mm;
constexpr long cells_across = 1000;  // more than there are

}  // namespace

void Cells::add(G4ThreeVector const& place, int layer, double energy)
{
    auto const x = std::lround(place.x() / cell_size) + cells_across / 2;
    auto const y = std::lround(place.y() / cell_size) + cells_across / 2;
    energies_[(layer * cells_across + x) * cells_across + y] += energy / GeV;
}

G4bool Cells::ProcessHits(G4Step* step, G4TouchableHistory*)
{
    auto const energy = step->GetTotalEnergyDeposit();
    if (energy <= 0) return false;
    auto const& before = *step->GetPreStepPoint();
    add(0.5 * (before.GetPosition() + step->GetPostStepPoint()->GetPosition()),
        before.GetTouchable()->GetCopyNumber(), energy);
    return true;
}

G4bool Cells::ProcessHits(G4FastHit const* hit, G4FastTrack const* track,
                          G4TouchableHistory* touchable)
{
    add(track->GetInverseAffineTransformation()->TransformPoint(hit->GetPosition()),
        touchable->GetCopyNumber(), hit->GetEnergy());
    return true;
}

std::vector<double> Cells::layer_energies() const
{
    std::vector<double> layers(static_cast<std::size_t>(Calorimeter::layers()));
    for (auto const& [cell, energy] : energies_)
        layers[static_cast<std::size_t>(cell / cells_across / cells_across)] += energy;
    return layers;
}

double Cells::checksum() const
{
    double sum = 0;
    for (auto const& [cell, energy] : energies_)
        sum += energy * std::cos(static_cast<double>(cell));
    return sum;
}
