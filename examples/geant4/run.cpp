#include "run.hpp"

#include "cells.hpp"
#include "profile.hpp"

#include <G4Event.hh>
#include <G4EventManager.hh>
#include <G4ParticleGun.hh>
#include <G4PrimaryParticle.hh>
#include <G4SDManager.hh>
#include <G4SystemOfUnits.hh>
#include <Randomize.hh>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <numeric>

namespace {

constexpr double cell_size = 5.1 * mm;

double thread_seconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Cells const& cells()
{
    return dynamic_cast<Cells&>(*G4SDManager::GetSDMpointer()->FindSensitiveDetector("cells"));
}

double energy_of_primaries(G4Event const& event)
{
    double sum = 0;
    for (int i = 0; i < event.GetNumberOfPrimaryVertex(); ++i)
        for (auto const* primary = event.GetPrimaryVertex(i)->GetPrimary(); primary != nullptr;
             primary = primary->GetNext())
            sum += primary->GetKineticEnergy() / GeV;
    return sum;
}

void print_spread(char const* name, std::vector<double> const& values, double factor,
                  char const* unit)
{
    auto const count = static_cast<double>(values.size());
    auto const mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0;
    for (auto const value : values) squares += (value - mean) * (value - mean);
    auto const spread = std::sqrt(squares / std::max(1.0, count - 1));
    std::printf("%-20s %10.4g +- %-8.2g spread %10.4g %s\n", name, factor * mean,
                factor * spread / std::sqrt(count), factor * spread, unit);
}

/// `title` of the data set that is appended to the file.
void append(Profile const& profile, std::string const& path, std::string const& title)
{
    auto* const file = std::fopen(path.c_str(), "a");
    if (file == nullptr) {
        std::fprintf(stderr, "full_and_fast: %s cannot be written\n", path.c_str());
        return;
    }
    profile.write(file, title.c_str());
    std::fclose(file);
}

}  // namespace

double EventRecord::energy() const
{
    return std::accumulate(layers.begin(), layers.end(), 0.0);
}

void EventClock::BeginOfEventAction(G4Event const*)
{
    began_ = thread_seconds();
}

double EventClock::seconds() const
{
    return thread_seconds() - began_;
}

void Run::RecordEvent(G4Event const* event)
{
    auto const& clock =
        dynamic_cast<EventClock const&>(*G4EventManager::GetEventManager()->GetUserEventAction());
    events_.push_back({event->GetEventID(), clock.seconds(), energy_of_primaries(*event),
                       cells().layer_energies(), cells().hits(), cells().checksum()});
    G4Run::RecordEvent(event);
}

void Run::Merge(G4Run const* other)
{
    auto const& more = dynamic_cast<Run const&>(*other).events_;
    events_.insert(events_.end(), more.begin(), more.end());
    G4Run::Merge(other);
}

void Run::print(RunOutput const& output)
{
    if (events_.empty()) return;
    std::sort(events_.begin(), events_.end(),
              [](auto const& a, auto const& b) { return a.event < b.event; });
    std::vector<double> seconds, fractions, cells;
    Profile profile;
    for (auto const& event : events_) {
        if (output.each_event)
            std::printf("event %4d %6zu cells %12.9f GeV checksum %.12g\n", event.event,
                        event.cells, event.energy(), event.checksum);
        seconds.push_back(event.cpu_seconds);
        fractions.push_back(event.energy() / event.primary_energy);
        cells.push_back(static_cast<double>(event.cells));
        profile.add(event.layers);
    }
    print_spread("time of an event", seconds, 1e3, "ms of CPU");
    print_spread("sampling fraction", fractions, 100, "%");
    print_spread("cells with energy", cells, 1, "");
    std::printf("profile, %% of the energy in each layer:");
    for (auto const layer : profile.percent()) std::printf(" %.2f", layer);
    std::printf("\n");
    std::fflush(stdout);
    if (!output.profiles.empty())
        append(profile, output.profiles,
               "run " + std::to_string(GetRunID()) + ", " + std::to_string(events_.size()) +
                   " events: layer, % of the energy, error");
}

void RunAction::EndOfRunAction(G4Run const* run)
{
    if (!IsMaster()) return;
    std::printf("\nrun %d, %d events\n", run->GetRunID(), run->GetNumberOfEvent());
    const_cast<Run&>(dynamic_cast<Run const&>(*run)).print(output_);
}

Primaries::Primaries() : gun_(std::make_unique<G4ParticleGun>(1))
{
    gun_->SetParticleMomentumDirection({0, 0, 1});
}

Primaries::~Primaries() = default;

void Primaries::GeneratePrimaries(G4Event* event)
{
    auto const particles = gun_->GetNumberOfParticles();
    gun_->SetNumberOfParticles(1);  // in a vertex
    for (int i = 0; i < particles; ++i) {
        auto const x = (G4UniformRand() - 0.5) * cell_size;
        auto const y = (G4UniformRand() - 0.5) * cell_size;
        gun_->SetParticlePosition({x, y, -1 * mm});
        gun_->GeneratePrimaryVertex(event);
    }
    gun_->SetNumberOfParticles(particles);
}

void Actions::Build() const
{
    SetUserAction(new Primaries);
    SetUserAction(new RunAction(output_));
    SetUserAction(new EventClock);
}

void Actions::BuildForMaster() const
{
    SetUserAction(new RunAction(output_));
}
