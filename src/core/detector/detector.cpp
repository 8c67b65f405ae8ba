#include "core/detector/detector.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowcal {
namespace {

/// A millionth: sizes go through texts.
bool are_alike(double one, double other)
{
    return std::abs(one - other) <= 1e-6 * std::max(one, other);
}

/// Of detectors with as many layers.
std::string rings_difference(Detector const& one, Detector const& other)
{
    if (one.is_grid() != other.is_grid()) return "only one has layers that differ";
    for (std::size_t layer = 0; layer < one.layer_rings.size(); ++layer) {
        auto const& a = one.layer_rings[layer];
        auto const& b = other.layer_rings[layer];
        auto const name = one.axes[one.depth].name + " " + std::to_string(layer);
        if (a.rings() != b.rings() || a.angles != b.angles)
            return name + " has " + std::to_string(a.angles) + " x " + std::to_string(a.rings()) +
                   " cells, not " + std::to_string(b.angles) + " x " + std::to_string(b.rings());
        if (!std::equal(a.edges.begin(), a.edges.end(), b.edges.begin(), are_alike))
            return "rings of " + name + " have other edges";
    }
    return {};
}

}  // namespace

std::vector<EnergyBin> Detector::energy_bins() const
{
    std::vector<EnergyBin> bins;
    for (std::size_t i = 1; i < energy_edges.size(); ++i)
        bins.push_back({energy_edges[i - 1], energy_edges[i]});
    if (!bins.empty())
        bins.back().high =
            std::nextafter(bins.back().high, std::numeric_limits<double>::infinity());
    return bins;
}

bool Detector::is_complete() const
{
    return primary_energies != EnergyBin{} && !energy_edges.empty() && !hit_thresholds.empty();
}

std::array<std::size_t, 3> place_of(Detector const& detector, std::size_t cell)
{
    auto const& axes = detector.axes;
    if (detector.is_grid())
        return {cell / detector.stride(0), cell / axes[2].cells % axes[1].cells,
                cell % axes[2].cells};
    std::size_t layer = 0;
    for (; cell >= detector.layer_rings[layer].cells(); ++layer)
        cell -= detector.layer_rings[layer].cells();
    auto const rings = detector.layer_rings[layer].rings();
    return {layer, cell / rings, cell % rings};
}

std::string cells_text(Detector const& detector)
{
    auto const& [a, b, c] = detector.axes;
    auto const count = [](std::size_t cells) { return std::to_string(cells); };
    auto const names = " (" + a.name + ", " + b.name + ", " + c.name + ")";
    if (!detector.is_grid())
        return count(detector.cells()) + " cells in " + count(detector.layers()) +
               " layers that differ" + names;
    return count(a.cells) + " x " + count(b.cells) + " x " + count(c.cells) + " cells" + names;
}

bool same_cells(Detector const& one, Detector const& other)
{
    return cells_difference(one, other).empty();
}

std::string cells_difference(Detector const& one, Detector const& other)
{
    for (std::size_t i = 0; i < one.axes.size(); ++i) {
        auto const& a = one.axes[i];
        auto const& b = other.axes[i];
        if (a.name != b.name)
            return "axis " + std::to_string(i) + " is " + a.name + ", not " + b.name;
        if (a.cells != b.cells)
            return a.name + " has " + std::to_string(a.cells) + " cells, not " +
                   std::to_string(b.cells);
        if (!are_alike(a.size, b.size))
            return "cells of " + a.name + " measure " + std::to_string(a.size) + ", not " +
                   std::to_string(b.size);
        if (a.periodic != b.periodic) return "only one " + a.name + " is an angle";
    }
    if (one.geometry != other.geometry) return "only one is a cylinder";
    if (one.depth != other.depth)
        return "depth is " + one.axes[one.depth].name + ", not " + other.axes[other.depth].name;
    return rings_difference(one, other);
}

void require_one_grid(Detector const& detector, std::string const& problem)
{
    if (detector.is_grid()) return;
    throw InputError(problem, "its layers differ: " + cells_text(detector));
}

}  // namespace lowcal
