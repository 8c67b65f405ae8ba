#pragma once

#include <G4Run.hh>
#include <G4UserEventAction.hh>
#include <G4UserRunAction.hh>
#include <G4VUserActionInitialization.hh>
#include <G4VUserPrimaryGeneratorAction.hh>
#include <memory>
#include <string>
#include <utility>
#include <vector>

class G4ParticleGun;

/// What is told of a run beside its means.
struct RunOutput {
    bool each_event = false;
    std::string profiles;  ///< file; empty: none
};

/// What one event was.
struct EventRecord {
    int event = 0;
    double cpu_seconds = 0;      ///< of the thread that simulated it
    double primary_energy = 0;   ///< GeV, of all its primaries
    std::vector<double> layers;  ///< GeV in the silicon of each
    std::size_t cells = 0;       ///< with energy
    double checksum = 0;         ///< equal where all cells are

    double energy() const;  ///< GeV, in silicon
};

/// A thread's events, then all threads'.
class Run : public G4Run {
public:
    void RecordEvent(G4Event const* event) override;
    void Merge(G4Run const* other) override;

    /// Time per event, sampling fraction, profile; each event if it is wanted. The profile is
    /// appended to the file `profiles`, too, if it has a name.
    void print(RunOutput const& output);

private:
    std::vector<EventRecord> events_;
};

/// Measures each event's time.
class EventClock : public G4UserEventAction {
public:
    void BeginOfEventAction(G4Event const*) override;
    /// CPU seconds since the event began.
    double seconds() const;

private:
    double began_ = 0;
};

class RunAction : public G4UserRunAction {
public:
    explicit RunAction(RunOutput output) : output_(std::move(output)) {}
    G4Run* GenerateRun() override { return new Run; }
    void EndOfRunAction(G4Run const* run) override;

private:
    RunOutput output_;
};

/// Particles along z, each at its own point of the central cell.
class Primaries : public G4VUserPrimaryGeneratorAction {
public:
    Primaries();
    ~Primaries() override;
    void GeneratePrimaries(G4Event* event) override;

private:
    std::unique_ptr<G4ParticleGun> gun_;
};

/// Each thread's actions.
class Actions : public G4VUserActionInitialization {
public:
    explicit Actions(RunOutput output) : output_(std::move(output)) {}
    void Build() const override;
    void BuildForMaster() const override;

private:
    RunOutput output_;
};
