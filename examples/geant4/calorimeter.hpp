#pragma once

#include <G4VUserDetectorConstruction.hh>
#include <lowcal/runtime.hpp>
#include <memory>
#include <vector>

class G4LogicalVolume;
class G4Region;

/// The calorimeter that LowCal's own networks are made for: tungsten and silicon, 25 layers. Its
/// front side is at z = 0 of the world.
class Calorimeter : public G4VUserDetectorConstruction {
public:
    explicit Calorimeter(std::shared_ptr<lowcal::runtime::ShowerGenerator const> generator);

    G4VPhysicalVolume* Construct() override;
    /// Of each thread: its sensitive detector and its fast simulation.
    void ConstructSDandField() override;

    static int layers();

private:
    void place_layers(G4LogicalVolume* envelope);

    std::shared_ptr<lowcal::runtime::ShowerGenerator const> generator_;
    G4LogicalVolume* silicon_ = nullptr;
    G4Region* region_ = nullptr;
    std::vector<double> layer_depths_;  ///< of the silicon's middle behind the front side, mm
    double length_ = 0;                 ///< mm
};
