#pragma once

#include <G4Navigator.hh>
#include <G4String.hh>
#include <G4TouchableHandle.hh>

class G4FastHit;
class G4FastTrack;

namespace lowcal::geant4 {

/// Gives deposits to the sensitive detector (a G4VFastSimSensitiveDetector) in which they lie.
///
/// As G4FastSimHitMaker does, which looks for the first deposit of its life where the track is:
/// that would go into another cell, and make hits depend on which thread made them. Of one thread.
class HitMaker {
public:
    /// `world`: the name of the parallel world that has the sensitive detector; empty: the world of
    /// masses.
    explicit HitMaker(G4String world);

    /// The geometry may have changed since the last hit.
    void begin_event() { located_ = false; }
    /// Whether a sensitive detector has taken it.
    bool make(G4FastHit const& hit, G4FastTrack const& track);

private:
    G4String world_;
    G4Navigator navigator_;
    G4TouchableHandle touchable_;
    bool located_ = false;
};

}  // namespace lowcal::geant4
