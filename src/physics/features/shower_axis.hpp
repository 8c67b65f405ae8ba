#pragma once

#include "physics/observable_set.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace lowcal::physics {

/// A straight line through a detector's layers; as it stands made, the window's axis.
struct ShowerAxis {
    std::array<double, 2> start{};  ///< in layer 0, as `Column::place`
    std::array<double, 2> slope{};  ///< cells a layer

    /// Of a column's cell in a layer from the line, across, squared, in cells.
    double distance_squared(Column const& column, std::size_t layer) const
    {
        auto const depth = static_cast<double>(layer);
        double const a = column.place[0] - start[0] - slope[0] * depth;
        double const b = column.place[1] - start[1] - slope[1] * depth;
        return a * a + b * b;
    }
};

/// The line that fits a shower best, its cells weighted by their energy; one along depth where it
/// has energy in one layer only.
ShowerAxis fitted_axis(ObservableSet const& set, std::span<float const> cells);

}  // namespace lowcal::physics
