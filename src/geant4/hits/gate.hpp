#pragma once

#include "core/detector/energy_bin.hpp"
#include "geant4/hits/particle.hpp"
#include "geant4/hits/placement.hpp"
#include "runtime/shower_generator.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace lowcal::geant4 {

/// The volume that holds a calorimeter, as far as a gate asks about it.
class Envelope {
public:
    virtual ~Envelope() = default;
    /// From a place inside, along a direction, to the surface: mm.
    virtual double distance_to_exit(Vector const& from, Vector const& direction) const = 0;
};

/// Why a particle is left to full simulation.
enum class Answer {
    taken,
    out_of_range,  ///< its energy
    too_steep,     ///< its angle to the normal
    inside,       ///< too far behind the face: it was made in the calorimeter, or came in elsewhere
    at_the_side,  ///< its window reaches over a side of the volume
    leaves        ///< the volume is shorter than the window
};
inline constexpr std::size_t answers = 6;
/// "energy out of range"
std::string_view name_of(Answer answer);

/// Which particles get showers of a network; all others go to full simulation. Immutable.
class Gate {
public:
    struct Config {
        std::vector<int> pdg{};    ///< whom the network was made for
        EnergyBin energies{};      ///< kinetic, GeV, both ends included
        double largest_angle = 0;  ///< to the normal, rad
        double largest_depth =
            1;  ///< mm behind the face at which a particle still counts as entering
        double side_margin = 0;   ///< mm from the particle to each side, across the normal
        double least_length = 0;  ///< mm of the volume behind the face
    };

    /// What the network says of itself: its particle, its energies; small angles only where it
    /// knows no direction and showers do not turn with their particles; at least the window's
    /// length.
    static Config config_of(runtime::ShowerGenerator const& generator, Placement const& placement);

    /// Throws InputError where no particle or no energy can pass, or a number is no length or
    /// angle.
    Gate(Config config, Axes const& axes);

    bool takes(int pdg) const;
    /// Of a particle that it takes. Sets its `depth`.
    Answer operator()(Particle& particle, Envelope const& envelope) const;

    Config const& config() const { return config_; }

private:
    Config config_;
    Axes axes_;
};

}  // namespace lowcal::geant4
