#pragma once

#include "core/detector/detector.hpp"
#include "data/showers.hpp"
#include "physics/features/cell_neighbours.hpp"
#include "validation/compare/energy_trend.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lowcal::validation {

/// How real showers are made worse on purpose: what a judge must find to be believed.
enum class Worsening {
    smeared,       ///< every cell times its own number, normal, of mean 1 and deviation 5 %
    moved,         ///< half a cell along the first transverse axis, by linear interpolation
    steadier_hits  ///< each shower's hits a fifth nearer to what is usual at its energy
};
inline constexpr std::array worsenings{Worsening::smeared, Worsening::moved,
                                       Worsening::steadier_hits};

struct WorseningName {
    char const* key;   ///< in JSON
    char const* name;  ///< in reports
};
WorseningName name_of(Worsening worsening);

/// Makes showers of a detector worse. What it does to shower i is a function of seed and i. Not
/// thread-safe.
class Worsener {
public:
    /// How many hits are usual at which energy is learnt from `reference`, some of its showers.
    Worsener(Detector detector, data::ShowerBlock const& reference, std::uint64_t seed);

    /// `cells` as the detector's axes say, GeV; `energy` of the primary, GeV. Cells under the
    /// detector's smallest energy become zero.
    void operator()(Worsening worsening, std::span<float> cells, float energy,
                    std::uint64_t shower);

private:
    Detector detector_;
    physics::CellNeighbours beside_;
    std::uint64_t seed_;
    EnergyTrend trend_;            ///< of log (hits + 1)
    EnergyTrend::Row usual_hits_;  ///< its coefficients
    std::vector<float> scratch_;
    std::vector<std::uint32_t> hits_;

    void smear(std::span<float> cells, std::uint64_t shower);
    void move(std::span<float> cells);
    void steady_hits(std::span<float> cells, float energy, std::uint64_t shower);
    void list_hits(std::span<float const> cells);
    void add_hits(std::span<float> cells, std::size_t count, std::size_t faint,
                  std::uint64_t shower);
};

}  // namespace lowcal::validation
