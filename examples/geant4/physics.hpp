#pragma once

#include <G4VPhysicsConstructor.hh>

/// Electromagnetic showers by models that need no data files, near those that LowCal's reference
/// showers were made with. Programs that have Geant4's data take a reference list (FTFP_BERT)
/// instead.
class Electromagnetic : public G4VPhysicsConstructor {
public:
    Electromagnetic() : G4VPhysicsConstructor("electromagnetic") {}
    void ConstructParticle() override;
    void ConstructProcess() override;
};
