#pragma once

#include "geant4/hits/gate.hpp"
#include "geant4/hits/placement.hpp"
#include "geant4/hits/shower_buffer.hpp"
#include "geant4/model/hit_maker.hpp"
#include "geant4/model/kept_track.hpp"
#include "runtime/shower_generator.hpp"

#include <G4VFastSimulationModel.hh>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace lowcal::geant4 {

class Messenger;

/// Showers of a network instead of full simulation, for particles that enter a region of the world
/// of masses. Hits go to sensitive detectors that are G4VFastSimSensitiveDetectors, energy in
/// Geant4's units, place in the coordinates of the region's volume; none is made of the step
/// itself.
///
/// Each thread makes a model of its own (ConstructSDandField); all of them share one generator.
/// Showers of an event depend on its random numbers alone, of which two are drawn when its first
/// particle is taken: neither threads, the order of events nor `Timing` change a bit of them.
class FastSimulationModel : public G4VFastSimulationModel {
public:
    enum class Timing {
        per_particle,  ///< as soon as a particle is taken
        buffered  ///< of all particles of an event together, once nothing else is left to track
    };
    struct Config {
        Placement::Config placement{};
        std::optional<Gate::Config> gate{};  ///< none: what the network says of itself
        Timing timing = Timing::buffered;
        std::size_t most_buffered = 64;  ///< particles that wait at most: of memory
        G4String readout_world{};  ///< the parallel world of sensitive detectors; empty: masses
    };
    /// What a model has done so far.
    struct Counts {
        /// Tracks of particles that the gate takes, by what it said of them first. Those that it
        /// refuses are asked for at each of their steps in the region.
        std::array<std::uint64_t, answers> tracks{};
        std::uint64_t hits = 0;
        double energy = 0;       ///< GeV, in hits
        double lost_energy = 0;  ///< GeV, where no sensitive detector is
    };

    /// Throws InputError where placement or gate do not fit the network. Commands: /lowcal/`name`/.
    FastSimulationModel(G4String const& name, G4Region* region,
                        std::shared_ptr<runtime::ShowerGenerator const> generator, Config config);
    ~FastSimulationModel() override;

    G4bool IsApplicable(G4ParticleDefinition const& particle) override;
    G4bool ModelTrigger(G4FastTrack const& track) override;
    void DoIt(G4FastTrack const& track, G4FastStep& step) override;
    /// Geant4 calls it when nothing is left to track.
    void Flush() override;

    Gate const& gate() const { return gate_; }
    void set_gate(Gate::Config config);
    Timing timing() const { return timing_; }
    void set_timing(Timing timing) { timing_ = timing; }
    Counts const& counts() const { return counts_; }

private:
    void count(Answer answer, G4Track const& track);
    void begin_event();
    void make_hits();
    void warn_of_lost_energy();

    ShowerBuffer buffer_;
    Gate gate_;
    Timing timing_;
    std::size_t most_buffered_;
    HitMaker hit_maker_;
    Counts counts_;
    bool warned_ = false;
    Particle particle_;                  ///< that ModelTrigger has taken
    std::pair<int, int> asked_{-1, -1};  ///< event and track that were counted last
    std::pair<int, int> event_{-1, -1};  ///< run and event that the buffer is of
    std::vector<KeptTrack> tracks_;      ///< of the particles in the buffer
    std::unique_ptr<Messenger> messenger_;
};

}  // namespace lowcal::geant4
