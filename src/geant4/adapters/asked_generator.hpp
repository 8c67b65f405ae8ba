#pragma once

#include "runtime/shower_generator.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace lowcal::geant4 {

/// A number that a simulation has in the vectors for its network.
struct AskedNumber {
    enum class Meaning { energy, theta, phi };
    Meaning meaning = Meaning::energy;
    std::size_t vector = 0;    ///< which of the vectors
    std::size_t from_end = 1;  ///< its place there, counted from the end: 1 is the last
    double unit = 1;           ///< GeV or rad that a number of 1 stands for
};

/// How long a vector is.
struct AskedVector {
    std::size_t conditions = 0;  ///< numbers at its end that are no latent ones
    bool latent = false;         ///< any number of latent ones stands before them
};

/// The cells that a simulation expects, the last axis fastest.
enum class CellOrder {
    radius_angle_depth,  ///< of a cylinder
    depth_across         ///< of a cartesian grid; the axes beside depth in the network's order
};

enum class CellUnit { mev, of_primary_energy };

/// What a simulation hands to its network, and what it takes from it.
struct AskedLayout {
    std::vector<AskedVector> vectors;
    std::vector<AskedNumber> numbers;  ///< of which one is the energy
    CellOrder order = CellOrder::depth_across;
    CellUnit unit = CellUnit::mev;
    bool angles_from_minus_pi = false;  ///< of a cylinder; else they begin at 0
};

/// Makes one shower at a time for simulations that have an interface of their own to networks:
/// reads energy and angles where their vectors have them, generates, and hands out the cells in the
/// order and unit that they expect. Latent numbers are LowCal's own, whatever the vectors have: a
/// pure function of the seed. Not thread-safe; the generator may be everybody's.
class AskedGenerator {
public:
    /// `pdg`: of the primaries, for networks that ask for it. Throws InputError where the network
    /// needs a condition that the layout does not have, or its cells cannot come in that order.
    AskedGenerator(std::shared_ptr<runtime::ShowerGenerator const> generator, AskedLayout layout,
                   int pdg = 0);

    /// The cells of a shower, until the next call. `expected`: how many the simulation takes.
    /// Throws InputError where it takes another number, a vector has another size, or the energy is
    /// none.
    std::span<double const> operator()(std::vector<std::vector<float>> const& vectors,
                                       std::size_t expected, std::uint64_t seed);

private:
    void require_conditions() const;
    void require_sizes(std::vector<std::vector<float>> const& vectors, std::size_t expected) const;
    float* value_of(AskedNumber::Meaning meaning);

    std::shared_ptr<runtime::ShowerGenerator const> generator_;
    AskedLayout layout_;
    std::vector<std::size_t> order_;  ///< [handed out] of the network's cells
    float energy_ = 0;                ///< GeV
    float theta_ = 0;                 ///< rad
    float phi_ = 0;                   ///< rad
    float pdg_ = 0;
    std::vector<float> made_;    ///< GeV
    std::vector<double> cells_;  ///< as the simulation takes them
};

/// Two numbers of 32 bits, drawn from a simulation's own engine, are a shower's seed: its event
/// comes again when the engine's state does.
template <class Engine>
std::uint64_t seed_of(Engine& engine)
{
    auto const high = static_cast<std::uint64_t>(static_cast<std::uint32_t>(engine()));
    return high << 32U | static_cast<std::uint32_t>(engine());
}

}  // namespace lowcal::geant4
