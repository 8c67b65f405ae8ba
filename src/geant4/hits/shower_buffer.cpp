#include "geant4/hits/shower_buffer.hpp"

#include "core/error.hpp"

#include <map>
#include <string>
#include <utility>

namespace lowcal::geant4 {
namespace {

/// The conditions that a network needs, [showers][width] each.
class NeededConditions {
public:
    NeededConditions(std::vector<std::string> const& names, std::vector<Particle> const& particles,
                     std::vector<Placement::Window> const& windows)
    {
        for (auto const& name : names) {
            auto const& info = *find_condition(name);
            auto& values = values_[name];
            for (std::size_t i = 0; i < particles.size(); ++i)
                append(values, info, particles[i], windows[i]);
            view_.*info.values = values;
        }
    }
    Conditions const& view() const { return view_; }

private:
    static void append(std::vector<float>& values, ConditionInfo const& info,
                       Particle const& particle, Placement::Window const& window)
    {
        auto const add = [&](double value) { values.push_back(static_cast<float>(value)); };
        if (info.values == &Conditions::pdg) add(particle.pdg);
        if (info.values == &Conditions::theta) add(window.theta);
        if (info.values == &Conditions::phi) add(window.phi);
        if (info.values == &Conditions::entry)
            for (auto const coordinate : window.entry) add(coordinate);
    }

    std::map<std::string, std::vector<float>> values_;
    Conditions view_;
};

/// Forgets the particles however a flush ends.
class Emptied {
public:
    explicit Emptied(std::vector<Particle>& particles) : particles_(particles) {}
    ~Emptied() { particles_.clear(); }
    Emptied(Emptied const&) = delete;
    Emptied& operator=(Emptied const&) = delete;

private:
    std::vector<Particle>& particles_;
};

}  // namespace

ShowerBuffer::ShowerBuffer(std::shared_ptr<runtime::ShowerGenerator const> generator,
                           Placement placement, double smallest_deposit)
    : generator_(std::move(generator)),
      placement_(std::move(placement)),
      smallest_deposit_(smallest_deposit)
{
    auto const difference = cells_difference(generator_->detector(), placement_.detector());
    if (!difference.empty())
        throw InputError("the network's cells do not fit the placement", difference);
    if (!(smallest_deposit_ >= 0)) throw InputError("the smallest deposit is not a number from 0");
}

void ShowerBuffer::begin_event(std::uint64_t seed)
{
    seed_ = seed;
    next_ = 0;
    particles_.clear();
}

void ShowerBuffer::add(Particle const& particle)
{
    particles_.push_back(particle);
}

void ShowerBuffer::flush(DepositSink& sink)
{
    if (empty()) return;
    Emptied const emptied(particles_);
    std::vector<Placement::Window> windows;
    windows.reserve(size());
    for (auto const& particle : particles_) windows.push_back(placement_.window(particle));
    auto const first = std::exchange(next_, next_ + size());
    make_showers(first, windows);
    deposit(windows, sink);
}

void ShowerBuffer::make_showers(std::uint64_t first, std::vector<Placement::Window> const& windows)
{
    std::vector<float> energies;
    energies.reserve(size());
    for (auto const& particle : particles_) energies.push_back(static_cast<float>(particle.energy));
    NeededConditions const conditions(generator_->needed_conditions(), particles_, windows);
    cells_.resize(size() * placement_.detector().cells());
    generator_->generate(
        {.seed = seed_, .first = first, .energies = energies, .conditions = conditions.view()},
        cells_);
}

void ShowerBuffer::deposit(std::vector<Placement::Window> const& windows, DepositSink& sink) const
{
    auto const cells = placement_.detector().cells();
    for (std::size_t shower = 0; shower < windows.size(); ++shower)
        for (std::size_t cell = 0; cell < cells; ++cell) {
            auto const energy = static_cast<double>(cells_[shower * cells + cell]);
            if (energy > 0 && energy >= smallest_deposit_)
                sink.deposit(shower, placement_.place(windows[shower], cell), energy);
        }
}

}  // namespace lowcal::geant4
