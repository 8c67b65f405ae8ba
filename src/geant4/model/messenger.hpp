#pragma once

#include <G4UImessenger.hh>
#include <memory>

class G4UIcmdWithABool;
class G4UIcmdWithADoubleAndUnit;
class G4UIcmdWithoutParameter;
class G4UIcommand;
class G4UIdirectory;

namespace lowcal::geant4 {

class FastSimulationModel;

/// The commands of a model, in /lowcal/NAME/: energies, largestAngle, sideMargin, buffered, print.
class Messenger : public G4UImessenger {
public:
    explicit Messenger(FastSimulationModel& model);
    ~Messenger() override;
    Messenger(Messenger const&) = delete;
    Messenger& operator=(Messenger const&) = delete;

    void SetNewValue(G4UIcommand* command, G4String text) override;

private:
    void change_gate(G4UIcommand* command, G4String const& text);
    void print() const;

    FastSimulationModel& model_;
    std::unique_ptr<G4UIdirectory> folder_;
    std::unique_ptr<G4UIcommand> energies_;
    std::unique_ptr<G4UIcmdWithADoubleAndUnit> largest_angle_;
    std::unique_ptr<G4UIcmdWithADoubleAndUnit> side_margin_;
    std::unique_ptr<G4UIcmdWithABool> buffered_;
    std::unique_ptr<G4UIcmdWithoutParameter> print_;
};

}  // namespace lowcal::geant4
