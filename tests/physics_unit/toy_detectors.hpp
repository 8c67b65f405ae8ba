#pragma once

#include "core/detector/detector.hpp"
#include "data/showers.hpp"
#include "physics/shower_table.hpp"

#include <array>
#include <numbers>
#include <vector>

namespace lowcal::physics {

/// A Cartesian detector of 10 x 12 x 8 cells, (a, depth, b): even axes, depth in the middle.
inline Detector toy_box()
{
    return {.name = "toy box",
            .geometry = Geometry::cartesian,
            .axes = {Axis{.name = "a", .cells = 10, .size = 5},
                     Axis{.name = "deep", .cells = 12, .size = 10},
                     Axis{.name = "b", .cells = 8, .size = 5}},
            .depth = 1,
            .primary_energies = {1, 100},
            .energy_edges = {1, 10, 100},
            .hit_thresholds = {0, 0.5e-3},
            .smallest_cell = 2e-5};
}

/// A cylinder of 3 layers, 4 angles and 5 rings: (layer, angle, radius).
inline Detector toy_cylinder()
{
    return {
        .name = "toy cylinder",
        .geometry = Geometry::cylindrical,
        .axes = {Axis{.name = "layer", .cells = 3, .size = 10},
                 Axis{.name = "angle", .cells = 4, .size = std::numbers::pi / 2, .periodic = true},
                 Axis{.name = "radius", .cells = 5, .size = 5}},
        .depth = 0,
        .primary_energies = {1, 1000},
        .energy_edges = {1, 10, 100, 1000},
        .hit_thresholds = {0.5e-3}};
}

/// A cell in memory order of the axes, GeV.
struct ToyCell {
    std::array<std::size_t, 3> place;
    float energy;
};

/// Appends one shower, empty but for some cells.
inline void append_toy(Detector const& detector, data::ShowerBlock& block, float primary_energy,
                       std::vector<ToyCell> const& cells)
{
    auto const first = block.cells.size();
    block.cells.resize(first + detector.cells(), 0.0F);
    for (auto const& cell : cells) {
        std::size_t index = first;
        for (std::size_t axis = 0; axis < 3; ++axis)
            index += cell.place[axis] * detector.stride(axis);
        block.cells[index] += cell.energy;
    }
    block.primary_energy.push_back(primary_energy);
}

inline ShowerTable toy_table(Detector const& detector, float primary_energy,
                             std::vector<ToyCell> const& cells)
{
    data::ShowerBlock block;
    append_toy(detector, block, primary_energy, cells);
    ShowerTable table(detector);
    table.add(block);
    return table;
}

}  // namespace lowcal::physics
