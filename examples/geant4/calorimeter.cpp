#include "calorimeter.hpp"

#include "cells.hpp"

#include <G4Box.hh>
#include <G4LogicalVolume.hh>
#include <G4NistManager.hh>
#include <G4PVPlacement.hh>
#include <G4Region.hh>
#include <G4SDManager.hh>
#include <G4SystemOfUnits.hh>
#include <lowcal/geant4.hpp>

namespace {

constexpr int thin_layers = 17;
constexpr int thick_layers = 8;
constexpr double thin_absorber = 2.4 * mm;
constexpr double thick_absorber = 4.8 * mm;
constexpr double half_width = 300 * mm;

struct Slab {
    char const* material;
    double thickness;
};
/// Of a layer, behind its absorber.
constexpr Slab slabs[] = {{"G4_AIR", 0.25 * mm},
                          {"G4_Si", 0.5 * mm},
                          {"G4_POLYCARBONATE", 0.8 * mm},
                          {"G4_AIR", 0.25 * mm}};

G4LogicalVolume* box(char const* name, char const* material, double length)
{
    auto* const solid = new G4Box(name, half_width, half_width, 0.5 * length);
    return new G4LogicalVolume(solid, G4NistManager::Instance()->FindOrBuildMaterial(material),
                               name);
}

double layer_length(double absorber)
{
    for (auto const& slab : slabs) absorber += slab.thickness;
    return absorber;
}

}  // namespace

Calorimeter::Calorimeter(std::shared_ptr<lowcal::runtime::ShowerGenerator const> generator)
    : generator_(std::move(generator)),
      length_(thin_layers * layer_length(thin_absorber) +
              thick_layers * layer_length(thick_absorber))
{
}

int Calorimeter::layers()
{
    return thin_layers + thick_layers;
}

G4VPhysicalVolume* Calorimeter::Construct()
{
    auto* const solid = new G4Box("world", 2 * half_width, 2 * half_width, 2 * length_);
    auto* const world = new G4LogicalVolume(
        solid, G4NistManager::Instance()->FindOrBuildMaterial("G4_Galactic"), "world");
    auto* const envelope = box("calorimeter", "G4_AIR", length_);
    new G4PVPlacement(nullptr, {0, 0, 0.5 * length_}, envelope, "calorimeter", world, false, 0);
    place_layers(envelope);
    region_ = new G4Region("calorimeter");
    region_->AddRootLogicalVolume(envelope);
    return new G4PVPlacement(nullptr, {}, world, "world", nullptr, false, 0);
}

void Calorimeter::place_layers(G4LogicalVolume* envelope)
{
    auto* const thin = box("thin absorber", "G4_W", thin_absorber);
    auto* const thick = box("thick absorber", "G4_W", thick_absorber);
    G4LogicalVolume* behind[4];
    for (int i = 0; i < 4; ++i) behind[i] = box("slab", slabs[i].material, slabs[i].thickness);
    silicon_ = behind[1];
    double front = 0;
    auto const place = [&](G4LogicalVolume* volume, double thickness, int layer) {
        G4ThreeVector const middle{0, 0, front + 0.5 * thickness - 0.5 * length_};
        new G4PVPlacement(nullptr, middle, volume, volume->GetName(), envelope, false, layer);
        if (volume == silicon_) layer_depths_.push_back((front + 0.5 * thickness) / mm);
        front += thickness;
    };
    for (int layer = 0; layer < layers(); ++layer) {
        bool const is_thin = layer < thin_layers;
        place(is_thin ? thin : thick, is_thin ? thin_absorber : thick_absorber, layer);
        for (int i = 0; i < 4; ++i) place(behind[i], slabs[i].thickness, layer);
    }
}

void Calorimeter::ConstructSDandField()
{
    auto* const cells = new Cells("cells");
    G4SDManager::GetSDMpointer()->AddNewDetector(cells);
    SetSensitiveDetector(silicon_, cells);
    // Of cells of 5.1 mm, one has its middle on the axis of the world.
    new lowcal::geant4::FastSimulationModel(
        "fast", region_, generator_,
        {.placement = {.readout_cell = lowcal::geant4::Vector{}, .layer_depths = layer_depths_}});
}
