#pragma once

#include "core/calorimeter.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace lowcal::data {

/// Some showers in memory.
struct ShowerBlock {
    std::vector<float> cells;           ///< [count][x][y][z], GeV, all >= 0
    std::vector<float> primary_energy;  ///< [count], GeV
    std::vector<float>
        monte_carlo_seconds;  ///< [count] CPU seconds of the Monte Carlo; may be empty

    /// [count][2], where the primary entered, in mm from the centre of the central cell, x and y;
    /// may be empty.
    std::vector<float> entry_point;

    std::vector<float> latent;  ///< [count][latent size], what a network made them of; may be empty

    std::size_t count() const { return primary_energy.size(); }
    std::span<float const> shower(std::size_t index) const
    {
        return std::span(cells).subspan(index * Window::cells, Window::cells);
    }
};

}  // namespace lowcal::data
