#pragma once

#include "core/detector/energy_bin.hpp"
#include "data/layouts/layout.hpp"
#include "data/reading/cell_check.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace lowcal::data {

/// What a reader met so far. A range that is read twice counts twice.
struct ReadReport {
    std::string file;               ///< for the warnings' text
    Layout layout = Layout::clic;   ///< tells which unit was assumed
    bool is_being_written = false;  ///< by another program, when it was opened
    std::size_t showers = 0;        ///< showers handed out
    std::size_t zeroed_cells =
        0;  ///< cells of these showers under the detector's smallest, set to zero
    NegativeCells negative_cells_are = NegativeCells::error;
    std::size_t negative_cells = 0;  ///< of these showers; set to zero or kept
    std::size_t showers_with_negative_cells = 0;
    double negative_energy = 0;            ///< GeV, of these cells as they stood in the file
    LeftOut left_out{};                    ///< of these showers, and of those that were skipped
    std::size_t skipped_showers = 0;       ///< dropped for cells that are an error
    std::size_t first_skipped_shower = 0;  ///< index of the first of them
    EnergyBin primary_energies{};          ///< GeV, of the detector; empty where not known
    std::size_t energies_below_range = 0;  ///< primary energies under these
    std::size_t energies_above_range = 0;  ///< primary energies over these
    double primary_energy_sum = 0;         ///< GeV
    double cell_energy_sum = 0;            ///< GeV

    /// Visible energy over primary energy, of all showers together; 0 without showers.
    double sampling_fraction() const;
    /// Why the file's unit is doubtful; empty where nothing points to that.
    std::string unit_suspicion() const;
    /// One sentence each; empty where there is nothing to say. Zeroed cells are no warning.
    std::vector<std::string> warnings() const;
};

}  // namespace lowcal::data
