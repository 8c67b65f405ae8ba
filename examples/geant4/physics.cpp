#include "physics.hpp"

#include <G4ComptonScattering.hh>
#include <G4CoulombScattering.hh>
#include <G4Electron.hh>
#include <G4EmParameters.hh>
#include <G4Gamma.hh>
#include <G4GammaConversion.hh>
#include <G4PEEffectFluoModel.hh>
#include <G4PhotoElectricEffect.hh>
#include <G4PhysicsListHelper.hh>
#include <G4Positron.hh>
#include <G4Proton.hh>
#include <G4SystemOfUnits.hh>
#include <G4UrbanMscModel.hh>
#include <G4WentzelVIModel.hh>
#include <G4eBremsstrahlung.hh>
#include <G4eBremsstrahlungRelModel.hh>
#include <G4eCoulombScatteringModel.hh>
#include <G4eIonisation.hh>
#include <G4eMultipleScattering.hh>
#include <G4eplusAnnihilation.hh>

namespace {

void scatter(G4ParticleDefinition* particle)
{
    auto const limit = G4EmParameters::Instance()->MscEnergyLimit();
    auto* const low = new G4UrbanMscModel;
    auto* const high = new G4WentzelVIModel;
    low->SetHighEnergyLimit(limit);
    high->SetLowEnergyLimit(limit);
    auto* const multiple = new G4eMultipleScattering;
    multiple->SetEmModel(low);
    multiple->SetEmModel(high);
    auto* const model = new G4eCoulombScatteringModel;
    model->SetLowEnergyLimit(limit);
    model->SetActivationLowEnergyLimit(limit);
    model->SetRecoilThreshold(1 * GeV);  // nuclei that recoil are not tracked
    auto* const single = new G4CoulombScattering;
    single->SetEmModel(model);
    single->SetMinKinEnergy(limit);
    G4PhysicsListHelper::GetPhysicsListHelper()->RegisterProcess(multiple, particle);
    G4PhysicsListHelper::GetPhysicsListHelper()->RegisterProcess(single, particle);
}

/// By the relativistic model at all energies: the usual one below 1 GeV reads data files.
G4VProcess* radiate()
{
    auto* const process = new G4eBremsstrahlung;
    process->SetEmModel(new G4eBremsstrahlungRelModel);
    process->SetEmModel(new G4eBremsstrahlungRelModel);
    return process;
}

}  // namespace

void Electromagnetic::ConstructParticle()
{
    G4Gamma::Gamma();
    G4Electron::Electron();
    G4Positron::Positron();
    G4Proton::Proton();  // whose production cut Geant4 asks for
}

void Electromagnetic::ConstructProcess()
{
    G4EmParameters::Instance()->SetVerbose(0);
    auto* const helper = G4PhysicsListHelper::GetPhysicsListHelper();
    auto* const photo_effect = new G4PhotoElectricEffect;
    photo_effect->SetEmModel(new G4PEEffectFluoModel);
    helper->RegisterProcess(photo_effect, G4Gamma::Gamma());
    helper->RegisterProcess(new G4ComptonScattering, G4Gamma::Gamma());
    helper->RegisterProcess(new G4GammaConversion, G4Gamma::Gamma());
    for (auto* const particle : {static_cast<G4ParticleDefinition*>(G4Electron::Electron()),
                                 static_cast<G4ParticleDefinition*>(G4Positron::Positron())}) {
        scatter(particle);
        helper->RegisterProcess(new G4eIonisation, particle);
        helper->RegisterProcess(radiate(), particle);
    }
    helper->RegisterProcess(new G4eplusAnnihilation, G4Positron::Positron());
}
