#pragma once

#include "core/detector/energy_bin.hpp"

#include <array>
#include <cassert>
#include <cstddef>
#include <string>
#include <vector>

namespace lowcal {

/// A direction in which a detector's cells are counted.
struct Axis {
    std::string name;       ///< "x", "layer", "angle"
    std::size_t cells = 0;  ///< at least 1
    double size = 0;        ///< of one cell (mean where they differ): mm, of a periodic axis rad
    bool periodic = false;  ///< the last cell is a neighbour of the first: an angle

    bool operator==(Axis const&) const = default;
};

/// What the two axes beside depth are.
enum class Geometry {
    cartesian,   ///< two lengths
    cylindrical  ///< angle and radius about the primary's direction
};

/// The cells of one layer of a cylinder whose layers differ: rings, each cut into equal angles.
struct LayerRings {
    std::vector<double> edges{};  ///< mm, ascending, of the rings; empty: the layer has no cells
    std::size_t angles = 0;       ///< of each ring; 0 where there are no rings

    std::size_t rings() const { return edges.empty() ? 0 : edges.size() - 1; }
    std::size_t cells() const { return rings() * angles; }

    bool operator==(LayerRings const&) const = default;
};

/// A calorimeter as a generator sees it: the cells of its window, and the numbers by which its
/// showers are judged and reported. A plain value; `require_sound` says whether it makes sense.
///
/// Mostly its cells are one grid. The layers of a cylinder may differ instead (CaloChallenge, data
/// set 1): its axes are depth, angle and radius then, with the most cells that a layer has along
/// each, and in memory the cells that exist follow each other, layer by layer, radius fastest.
struct Detector {
    std::string name;
    Geometry geometry = Geometry::cartesian;
    std::array<Axis, 3> axes{};  ///< in memory order, the last one fastest
    std::size_t depth = 2;       ///< which of the axes runs along the shower
    /// [layers] where they differ; empty where all cells are one grid.
    std::vector<LayerRings> layer_rings{};

    // What follows is empty where it is not known yet: `completed` (data/derived_detector.hpp)
    // derives it from showers.
    EnergyBin primary_energies{};          ///< GeV, both ends included: what networks are made for
    std::vector<double> energy_edges{};    ///< GeV, ascending, of the bins of reports
    EnergyBin low_energies{};              ///< GeV: reported on their own, too
    std::vector<double> hit_thresholds{};  ///< GeV, ascending; a hit is a cell above one
    double smallest_cell = 0;              ///< GeV: cells under it are set to zero

    /// Whether every layer has the same cells: only then axes and strides say where they are.
    bool is_grid() const { return layer_rings.empty(); }
    std::size_t cells() const
    {
        if (is_grid()) return axes[0].cells * axes[1].cells * axes[2].cells;
        std::size_t sum = 0;
        for (auto const& layer : layer_rings) sum += layer.cells();
        return sum;
    }
    std::size_t layers() const { return axes[depth].cells; }
    /// The two axes beside depth, in memory order. Of a cylinder: one periodic, one a radius.
    std::array<std::size_t, 2> transverse() const
    {
        return {depth == 0 ? 1U : 0U, depth == 2 ? 1U : 2U};
    }
    /// How far apart in memory neighbours along an axis of a grid are, in cells.
    std::size_t stride(std::size_t axis) const
    {
        assert(is_grid());
        std::size_t cells_behind = 1;
        for (std::size_t i = axis + 1; i < axes.size(); ++i) cells_behind *= axes[i].cells;
        return cells_behind;
    }
    /// The bins of reports, from the edges; the last one includes its upper edge.
    std::vector<EnergyBin> energy_bins() const;
    /// Whether nothing is left to be derived from showers.
    bool is_complete() const;

    bool operator==(Detector const&) const = default;
};

/// A detector has at most this many cells.
inline constexpr std::size_t most_cells = std::size_t{1} << 22;
/// Of layers that differ. As text they fit into an attribute of a file.
inline constexpr std::size_t most_unlike_layers = 512;
inline constexpr std::size_t most_ring_edges = 2048;  ///< of all layers together

/// Where a cell stands along each axis; in layers that differ, counted in its own layer.
std::array<std::size_t, 3> place_of(Detector const& detector, std::size_t cell);

/// "25 x 25 x 25 cells (x, y, z)", "368 cells in 24 layers that differ (layer, angle, radius)"
std::string cells_text(Detector const& detector);

/// Whether showers of one can be compared with, or made for, the other: the same cells of the same
/// kind, whatever the detectors are called and how they are reported.
bool same_cells(Detector const& one, Detector const& other);

/// Why their cells differ: "x has 25 cells, not 10"; empty where they do not.
std::string cells_difference(Detector const& one, Detector const& other);

/// Throws InputError "`problem` (its layers differ)" where a detector's cells are not one grid.
void require_one_grid(Detector const& detector, std::string const& problem);

/// Throws InputError, which begins with `label`, where a detector makes no sense: no cells, or too
/// many, an axis without name or of negative size, edges that do not ascend, no such depth, a
/// cylinder without angle or radius, layers that do not fit the axes.
void require_sound(Detector const& detector, std::string const& label);

}  // namespace lowcal
