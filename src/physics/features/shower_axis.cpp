#include "physics/features/shower_axis.hpp"

#include "physics/features/hits.hpp"

namespace lowcal::physics {

ShowerAxis fitted_axis(ObservableSet const& set, std::span<float const> cells)
{
    double energy = 0, depth = 0, depth_squared = 0;
    std::array<double, 2> place{}, product{};
    for_each_hit(set, cells, [&](Column const& column, std::size_t layer, float hit) {
        auto const cell = static_cast<double>(hit);
        double const moment = cell * static_cast<double>(layer);
        energy += cell;
        depth += moment;
        depth_squared += moment * static_cast<double>(layer);
        for (std::size_t i = 0; i < 2; ++i) {
            place[i] += cell * column.place[i];
            product[i] += moment * column.place[i];
        }
    });
    ShowerAxis axis;
    if (!(energy > 0)) return axis;
    double const mean_depth = depth / energy;
    double const variance = depth_squared / energy - mean_depth * mean_depth;
    constexpr double least_variance = 1e-9;  // of a single layer, rounding leaves as much
    for (std::size_t i = 0; i < 2; ++i) {
        double const mean = place[i] / energy;
        if (variance > least_variance)
            axis.slope[i] = (product[i] / energy - mean_depth * mean) / variance;
        axis.start[i] = mean - axis.slope[i] * mean_depth;
    }
    return axis;
}

}  // namespace lowcal::physics
