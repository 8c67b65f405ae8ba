#pragma once

#include "physics/observable_set.hpp"

#include <cstddef>
#include <span>

namespace lowcal::physics {

/// Calls take(column, layer, energy) for each cell that is not zero, column by column.
template <class Take>
void for_each_energy(ObservableSet const& set, std::span<float const> cells, Take take)
{
    auto const& detector = set.detector();
    auto const stride = detector.is_grid() ? detector.stride(detector.depth) : 0;
    for (auto const& column : set.columns())
        for (std::size_t i = 0; i < column.layers; ++i)
            if (float const cell = cells[column.first_cell + i * stride]; cell != 0.0F)
                take(column, column.first_layer + i, cell);
}

/// The same for each cell above zero.
template <class Take>
void for_each_hit(ObservableSet const& set, std::span<float const> cells, Take take)
{
    for_each_energy(set, cells, [&](Column const& column, std::size_t layer, float cell) {
        if (cell > 0.0F) take(column, layer, cell);
    });
}

}  // namespace lowcal::physics
