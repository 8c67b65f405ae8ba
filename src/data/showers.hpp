#pragma once

#include "core/detector/conditions.hpp"

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace lowcal::data {

/// Numbers of a kind that only some files have: `width` of them for each shower.
struct ShowerColumn {
    std::size_t width = 1;
    std::vector<float> values{};  ///< [count][width]
};

/// Some showers in memory. What is not known of all of them is empty.
struct ShowerBlock {
    std::vector<float> cells;           ///< [count][axes of the detector], GeV, all >= 0
    std::vector<float> primary_energy;  ///< [count], GeV
    std::vector<float> pdg_code;        ///< [count], of the primary; 0: unknown
    std::vector<float> theta;           ///< [count], of the primary's direction, rad
    std::vector<float> phi;             ///< [count], the same

    std::vector<float> monte_carlo_seconds;  ///< [count], CPU seconds of the Monte Carlo

    /// [count][2], where the primary entered, in mm from the centre of the central cell, x and y.
    std::vector<float> entry_point;

    std::vector<float> latent;  ///< [count][latent size], what a network made them of

    std::map<std::string, ShowerColumn> more;  ///< other data sets of the file, by name

    std::size_t count() const { return primary_energy.size(); }
    std::size_t cells_per_shower() const { return count() == 0 ? 0 : cells.size() / count(); }
    std::span<float const> shower(std::size_t index) const
    {
        return std::span(cells).subspan(index * cells_per_shower(), cells_per_shower());
    }
};

/// The numbers of a condition.
std::vector<float>& condition_of(ShowerBlock& block, ConditionInfo const& condition);

/// Energies and conditions of showers `first` to `first + count` of a block.
ShowerBlock without_cells(ShowerBlock const& block, std::size_t first, std::size_t count);
/// Appends the energies and conditions of `more`; what only one of them knows is dropped.
void append_without_cells(ShowerBlock& block, ShowerBlock const& more);

/// What a block knows of its showers' conditions.
inline Conditions conditions_of(ShowerBlock const& block)
{
    return {
        .pdg = block.pdg_code, .theta = block.theta, .phi = block.phi, .entry = block.entry_point};
}

}  // namespace lowcal::data
