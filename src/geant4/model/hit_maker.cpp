#include "geant4/model/hit_maker.hpp"

#include <G4FastHit.hh>
#include <G4FastTrack.hh>
#include <G4LogicalVolume.hh>
#include <G4TouchableHistory.hh>
#include <G4TransportationManager.hh>
#include <G4VFastSimSensitiveDetector.hh>
#include <G4VPhysicalVolume.hh>
#include <G4VSensitiveDetector.hh>
#include <utility>

namespace lowcal::geant4 {

HitMaker::HitMaker(G4String world) : world_(std::move(world)), touchable_(new G4TouchableHistory())
{
}

bool HitMaker::make(G4FastHit const& hit, G4FastTrack const& track)
{
    if (!located_) {
        auto* const worlds = G4TransportationManager::GetTransportationManager();
        navigator_.SetWorldVolume(world_.empty()
                                      ? worlds->GetNavigatorForTracking()->GetWorldVolume()
                                      : worlds->GetParallelWorld(world_));
    }
    auto const place = track.GetInverseAffineTransformation()->TransformPoint(hit.GetPosition());
    navigator_.LocateGlobalPointAndUpdateTouchable(place, touchable_(), located_);
    located_ = true;
    auto* const volume = touchable_()->GetVolume();
    if (volume == nullptr) return false;
    auto* const sensitive = dynamic_cast<G4VFastSimSensitiveDetector*>(
        volume->GetLogicalVolume()->GetSensitiveDetector());
    return sensitive != nullptr && sensitive->Hit(&hit, &track, &touchable_);
}

}  // namespace lowcal::geant4
