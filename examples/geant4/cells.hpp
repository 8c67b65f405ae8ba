#pragma once

#include <G4VFastSimSensitiveDetector.hh>
#include <G4VSensitiveDetector.hh>
#include <unordered_map>
#include <vector>

/// Adds up the energy in each cell of silicon: of steps in full simulation, of deposits in fast
/// one.
class Cells : public G4VSensitiveDetector, public G4VFastSimSensitiveDetector {
public:
    explicit Cells(G4String const& name) : G4VSensitiveDetector(name) {}

    void Initialize(G4HCofThisEvent*) override { energies_.clear(); }

    /// GeV, of this event.
    std::vector<double> layer_energies() const;
    /// Cells with energy.
    std::size_t hits() const { return energies_.size(); }
    /// Equal where all cells are.
    double checksum() const;

private:
    G4bool ProcessHits(G4Step* step, G4TouchableHistory*) override;
    G4bool ProcessHits(G4FastHit const* hit, G4FastTrack const* track,
                       G4TouchableHistory* touchable) override;
    void add(G4ThreeVector const& place, int layer, double energy);

    std::unordered_map<long, double> energies_;  ///< GeV, by cell
};
