#include "geant4/model/messenger.hpp"

#include "core/error.hpp"
#include "geant4/model/fast_simulation_model.hpp"

#include <G4SystemOfUnits.hh>
#include <G4Tokenizer.hh>
#include <G4UIcmdWithABool.hh>
#include <G4UIcmdWithADoubleAndUnit.hh>
#include <G4UIcmdWithoutParameter.hh>
#include <G4UIcommand.hh>
#include <G4UIdirectory.hh>
#include <G4UIparameter.hh>
#include <G4ios.hh>

namespace lowcal::geant4 {
namespace {

/// "/lowcal/NAME/LOW HIGH UNIT".
std::unique_ptr<G4UIcommand> energies_command(G4String const& path, G4UImessenger* messenger)
{
    auto command = std::make_unique<G4UIcommand>(path.c_str(), messenger);
    command->SetGuidance("Kinetic energies that get fast showers, both ends included.");
    for (auto const* name : {"lowest", "highest"})
        command->SetParameter(new G4UIparameter(name, 'd', false));
    auto* const unit = new G4UIparameter("unit", 's', true);
    unit->SetDefaultValue("GeV");
    unit->SetParameterCandidates(G4UIcommand::UnitsList("Energy"));
    command->SetParameter(unit);
    return command;
}

std::unique_ptr<G4UIcmdWithADoubleAndUnit> measure(G4String const& path, char const* unit,
                                                   char const* guidance, G4UImessenger* messenger)
{
    auto command = std::make_unique<G4UIcmdWithADoubleAndUnit>(path.c_str(), messenger);
    command->SetGuidance(guidance);
    command->SetDefaultUnit(unit);
    command->SetParameterName("value", false);
    return command;
}

}  // namespace

Messenger::Messenger(FastSimulationModel& model) : model_(model)
{
    auto const path = "/lowcal/" + model.GetName() + "/";
    folder_ = std::make_unique<G4UIdirectory>(path.c_str());
    folder_->SetGuidance("Fast showers of a network.");
    energies_ = energies_command(path + "energies", this);
    largest_angle_ = measure(path + "largestAngle", "rad",
                             "Largest angle to the face's normal that gets a fast shower.", this);
    side_margin_ = measure(path + "sideMargin", "mm",
                           "Least distance from each side that gets a fast shower.", this);
    buffered_ = std::make_unique<G4UIcmdWithABool>((path + "buffered").c_str(), this);
    buffered_->SetGuidance("Whether all showers of an event are made together.");
    buffered_->SetParameterName("value", false);
    print_ = std::make_unique<G4UIcmdWithoutParameter>((path + "print").c_str(), this);
    print_->SetGuidance("What this thread's model has done with its particles so far.");
}

Messenger::~Messenger() = default;

void Messenger::SetNewValue(G4UIcommand* command, G4String text)
{
    if (command == print_.get()) return print();
    if (command == buffered_.get())
        return model_.set_timing(G4UIcommand::ConvertToBool(text)
                                     ? FastSimulationModel::Timing::buffered
                                     : FastSimulationModel::Timing::per_particle);
    try {
        change_gate(command, text);
    } catch (InputError const& error) {
        G4ExceptionDescription said;
        said << error.what();
        command->CommandFailed(said);
    }
}

void Messenger::change_gate(G4UIcommand* command, G4String const& text)
{
    auto gate = model_.gate().config();
    if (command == energies_.get()) {
        G4Tokenizer next(text);
        gate.energies.low = G4UIcommand::ConvertToDouble(next());
        gate.energies.high = G4UIcommand::ConvertToDouble(next());
        auto const unit = G4UIcommand::ValueOf(next()) / CLHEP::GeV;
        gate.energies.low *= unit;
        gate.energies.high *= unit;
    }
    if (command == largest_angle_.get())
        gate.largest_angle = largest_angle_->GetNewDoubleValue(text) / CLHEP::rad;
    if (command == side_margin_.get())
        gate.side_margin = side_margin_->GetNewDoubleValue(text) / CLHEP::mm;
    model_.set_gate(gate);
}

void Messenger::print() const
{
    auto const& counts = model_.counts();
    if (counts.tracks == decltype(counts.tracks){}) return;  // the master thread's
    G4cout << model_.GetName() << ":";
    for (std::size_t i = 0; i < answers; ++i)
        G4cout << (i == 0 ? " " : ", ") << counts.tracks[i] << " "
               << name_of(static_cast<Answer>(i));
    G4cout << "; " << counts.hits << " hits of " << counts.energy << " GeV, " << counts.lost_energy
           << " GeV outside sensitive detectors" << G4endl;
}

}  // namespace lowcal::geant4
