#pragma once

#include "geant4/hits/particle.hpp"
#include "geant4/hits/placement.hpp"
#include "runtime/shower_generator.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace lowcal::geant4 {

/// Takes the energy of showers.
class DepositSink {
public:
    virtual ~DepositSink() = default;
    /// `shower`: which of the particles that were added since the last `flush`; energy in GeV.
    virtual void deposit(std::size_t shower, Vector const& place, double energy) = 0;
};

/// Collects the particles of an event and makes their showers together.
///
/// Number n of an event, counted from 0, gets shower n of the production whose seed is the event's:
/// the same bits whether particles come one by one or together, on whichever thread. Of one thread;
/// the generator may be everybody's.
class ShowerBuffer {
public:
    /// Cells under `smallest_deposit`, GeV, deposit nothing. Throws InputError where the network's
    /// cells are not those that the placement knows.
    ShowerBuffer(std::shared_ptr<runtime::ShowerGenerator const> generator, Placement placement,
                 double smallest_deposit);

    /// Showers are numbered from 0 again. Particles of an event that was given up go with it.
    void begin_event(std::uint64_t seed);
    void add(Particle const& particle);
    std::size_t size() const { return particles_.size(); }
    bool empty() const { return particles_.empty(); }
    /// Makes a shower of each particle and forgets them, also where it throws: InputError of a
    /// network that makes impossible cells.
    void flush(DepositSink& sink);

    Placement const& placement() const { return placement_; }

private:
    void make_showers(std::uint64_t first, std::vector<Placement::Window> const& windows);
    void deposit(std::vector<Placement::Window> const& windows, DepositSink& sink) const;

    std::shared_ptr<runtime::ShowerGenerator const> generator_;
    Placement placement_;
    double smallest_deposit_;
    std::uint64_t seed_ = 0;
    std::uint64_t next_ = 0;  ///< the event's next shower
    std::vector<Particle> particles_;
    std::vector<float> cells_;
};

}  // namespace lowcal::geant4
