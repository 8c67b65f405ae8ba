#pragma once

#include <G4FastTrack.hh>
#include <G4Track.hh>
#include <memory>

namespace lowcal::geant4 {

/// A track that outlives its tracking, for hits that are made later. Made while it is tracked.
class KeptTrack {
public:
    explicit KeptTrack(G4FastTrack const& track)
        : track_(std::make_unique<G4Track>(*track.GetPrimaryTrack())),
          fast_(track.GetEnvelope(), true)
    {
        fast_.SetCurrentTrack(*track_);
    }
    G4FastTrack const& fast() const { return fast_; }

private:
    std::unique_ptr<G4Track> track_;
    G4FastTrack fast_;
};

}  // namespace lowcal::geant4
