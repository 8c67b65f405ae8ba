#include "geant4/model/fast_simulation_model.hpp"

#include "core/error.hpp"
#include "geant4/adapters/asked_generator.hpp"
#include "geant4/model/messenger.hpp"
#include "geant4/model/units.hpp"

#include <G4Event.hh>
#include <G4EventManager.hh>
#include <G4Exception.hh>
#include <G4FastHit.hh>
#include <G4FastStep.hh>
#include <G4ParticleDefinition.hh>
#include <G4Run.hh>
#include <G4RunManager.hh>
#include <G4VSolid.hh>
#include <Randomize.hh>

namespace lowcal::geant4 {
namespace {

class SolidEnvelope : public Envelope {
public:
    explicit SolidEnvelope(G4VSolid const& solid) : solid_(solid) {}
    double distance_to_exit(Vector const& from, Vector const& along) const override
    {
        return solid_.DistanceToOut(of_mm(from), direction(along)) / CLHEP::mm;
    }

private:
    G4VSolid const& solid_;
};

class Hits : public DepositSink {
public:
    Hits(HitMaker& maker, std::vector<KeptTrack> const& tracks, FastSimulationModel::Counts& counts)
        : maker_(maker), tracks_(tracks), counts_(counts)
    {
    }
    void deposit(std::size_t shower, Vector const& place, double energy) override
    {
        auto const taken =
            maker_.make(G4FastHit(of_mm(place), energy * CLHEP::GeV), tracks_[shower].fast());
        if (taken) ++counts_.hits;
        (taken ? counts_.energy : counts_.lost_energy) += energy;
    }

private:
    HitMaker& maker_;
    std::vector<KeptTrack> const& tracks_;
    FastSimulationModel::Counts& counts_;
};

Particle particle_of(G4FastTrack const& track)
{
    auto const& primary = *track.GetPrimaryTrack();
    return {.pdg = primary.GetParticleDefinition()->GetPDGEncoding(),
            .energy = primary.GetKineticEnergy() / CLHEP::GeV,
            .position = in_mm(track.GetPrimaryTrackLocalPosition()),
            .direction = direction(track.GetPrimaryTrackLocalDirection())};
}

int event_number()
{
    return G4EventManager::GetEventManager()->GetConstCurrentEvent()->GetEventID();
}

std::uint64_t draw_seed()
{
    auto engine = [] { return static_cast<unsigned int>(*G4Random::getTheEngine()); };
    return seed_of(engine);
}

}  // namespace

FastSimulationModel::FastSimulationModel(G4String const& name, G4Region* region,
                                         std::shared_ptr<runtime::ShowerGenerator const> generator,
                                         Config config)
    : G4VFastSimulationModel(name, region),
      buffer_(generator, Placement(generator->detector(), config.placement),
              generator->detector().smallest_cell),
      gate_(config.gate ? *config.gate : Gate::config_of(*generator, buffer_.placement()),
            config.placement.axes),
      timing_(config.timing),
      most_buffered_(config.most_buffered),
      hit_maker_(config.readout_world),
      messenger_(std::make_unique<Messenger>(*this))
{
}

FastSimulationModel::~FastSimulationModel() = default;

void FastSimulationModel::set_gate(Gate::Config config)
{
    gate_ = Gate(std::move(config), buffer_.placement().config().axes);
}

G4bool FastSimulationModel::IsApplicable(G4ParticleDefinition const& particle)
{
    return gate_.takes(particle.GetPDGEncoding());
}

G4bool FastSimulationModel::ModelTrigger(G4FastTrack const& track)
{
    particle_ = particle_of(track);
    auto const answer = gate_(particle_, SolidEnvelope(*track.GetEnvelopeSolid()));
    count(answer, *track.GetPrimaryTrack());
    return answer == Answer::taken;
}

void FastSimulationModel::count(Answer answer, G4Track const& track)
{
    std::pair const asked{event_number(), track.GetTrackID()};
    if (asked == asked_) return;
    asked_ = asked;
    ++counts_.tracks[static_cast<std::size_t>(answer)];
}

void FastSimulationModel::DoIt(G4FastTrack const& track, G4FastStep& step)
{
    begin_event();
    asked_ = {-1, -1};  // the next track may have the same numbers, in another run
    step.KillPrimaryTrack();
    step.ProposePrimaryTrackPathLength(0);
    step.ProposeTotalEnergyDeposited(0);  // hits have it
    buffer_.add(particle_);
    tracks_.emplace_back(track);
    if (timing_ == Timing::per_particle || buffer_.size() >= most_buffered_) make_hits();
}

void FastSimulationModel::Flush()
{
    make_hits();
}

void FastSimulationModel::begin_event()
{
    std::pair const event{G4RunManager::GetRunManager()->GetCurrentRun()->GetRunID(),
                          event_number()};
    if (event == event_) return;
    event_ = event;
    tracks_.clear();
    buffer_.begin_event(draw_seed());
    hit_maker_.begin_event();
}

void FastSimulationModel::make_hits()
{
    if (buffer_.empty()) return;
    Hits hits(hit_maker_, tracks_, counts_);
    try {
        buffer_.flush(hits);
    } catch (InputError const& error) {
        G4Exception("lowcal::geant4::FastSimulationModel", "LowCal001", EventMustBeAborted,
                    error.what());
    }
    tracks_.clear();
    warn_of_lost_energy();
}

void FastSimulationModel::warn_of_lost_energy()
{
    if (warned_ || counts_.lost_energy <= counts_.energy) return;
    warned_ = true;
    G4ExceptionDescription said;
    said << GetName()
         << ": most of the showers' energy lies where no G4VFastSimSensitiveDetector is"
         << " (network, axes, readout_cell and layer_depths do not fit the volume, or the sensitive"
         << " detector is in a parallel world, readout_world)";
    G4Exception("lowcal::geant4::FastSimulationModel", "LowCal002", JustWarning, said);
}

}  // namespace lowcal::geant4
