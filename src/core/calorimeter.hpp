#pragma once

#include "core/energy_bin.hpp"

#include <array>
#include <cstddef>

namespace lowcal {

/// The window of calorimeter cells that every network and every file of ours describes:
/// 25 x 25 x 25 cells, [x][y][z] in memory, z along the beam; cell energies float32 in GeV.
struct Window {
    static constexpr std::size_t x = 25;
    static constexpr std::size_t y = 25;
    static constexpr std::size_t z = 25;
    static constexpr std::size_t cells = x * y * z;
};

/// Cells below this energy are set to zero when files are read, and counted. GeV.
inline constexpr float smallest_cell_energy = 1e-6F;

/// Range of primary energies that the networks are made for, GeV.
inline constexpr float lowest_primary_energy = 2.0F;
inline constexpr float highest_primary_energy = 500.0F;

/// The six bins in which physics is reported; the last one includes 500 GeV itself.
inline constexpr std::array<EnergyBin, 6> energy_bins{
    {{2, 50}, {50, 100}, {100, 200}, {200, 300}, {300, 400}, {400, 500.001}}};

/// Low energies are reported on their own as well: what one int8 scale would lose first.
inline constexpr EnergyBin low_energy_bin{2, 10};

}  // namespace lowcal
