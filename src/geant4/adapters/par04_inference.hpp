#pragma once

#include "geant4/adapters/asked_generator.hpp"

#include <memory>
#include <numbers>
#include <utility>
#include <vector>

namespace lowcal::geant4 {

/// A LowCal network as an inference of Geant4's example Par04: `Interface` is its
/// Par04InferenceInterface, `Engine` a callable that draws 32 random bits of the simulation.
///
/// Its vector is latent numbers, which are not needed, and four more: energy and polar angle as
/// parts of the largest ones, and which of two geometries, which the network is made for. Its cells
/// are parts of the primary's energy, radius by radius, angle by angle, depth fastest; it
/// multiplies them by the energy in MeV itself. One object for each thread.
template <class Interface, class Engine>
class Par04Inference : public Interface {
public:
    struct Config {
        double largest_energy = 1024;                   ///< GeV; Par04's fMaxEnergy
        double largest_angle = 0.5 * std::numbers::pi;  ///< rad; Par04's fMaxAngle
        int pdg = 0;  ///< of the primaries, for networks that ask for it
    };
    /// Throws InputError where the network's cells are no cylinder's, or it needs a condition
    /// other than theta and pdg.
    explicit Par04Inference(std::shared_ptr<runtime::ShowerGenerator const> generator,
                            Config const& config = {}, Engine engine = {})
        : ask_(std::move(generator), layout(config), config.pdg),
          vectors_(1),
          engine_(std::move(engine))
    {
    }

    /// Throws InputError where the sizes are not the network's.
    void RunInference(std::vector<float> vector, std::vector<double>& energies, int size) override
    {
        vectors_[0] = std::move(vector);
        auto const expected = size < 0 ? std::size_t{0} : static_cast<std::size_t>(size);
        auto const cells = ask_(vectors_, expected, seed_of(engine_));
        energies.assign(cells.begin(), cells.end());
    }

private:
    static AskedLayout layout(Config const& config)
    {
        using Meaning = AskedNumber::Meaning;
        return {
            .vectors = {{.conditions = 4, .latent = true}},
            .numbers = {{.meaning = Meaning::energy, .from_end = 4, .unit = config.largest_energy},
                        {.meaning = Meaning::theta, .from_end = 3, .unit = config.largest_angle}},
            .order = CellOrder::radius_angle_depth,
            .unit = CellUnit::of_primary_energy,
            .angles_from_minus_pi = true};
    }

    AskedGenerator ask_;
    std::vector<std::vector<float>> vectors_;
    Engine engine_;
};

}  // namespace lowcal::geant4
