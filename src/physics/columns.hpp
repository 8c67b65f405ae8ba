#pragma once

#include "core/detector/detector.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace lowcal::physics {

/// The cells behind one another along depth. Where the layers differ, each cell is a column.
struct Column {
    std::size_t first_cell = 0;         ///< in memory; the others follow by the depth's stride
    std::size_t first_layer = 0;        ///< of its first cell
    std::size_t layers = 0;             ///< that it goes through
    std::array<std::size_t, 2> bins{};  ///< its cell along each transverse axis

    /// Of its centre from the window's axis, in cells: of a Cartesian detector along both
    /// transverse axes, of a cylinder in x = r cos(angle) and y = r sin(angle), in radial cells.
    /// Where the layers differ, in mm.
    std::array<double, 2> place{};
    double radius = 0;          ///< distance of the centre from the axis, in the same unit
    double radius_squared = 0;  ///< its square
    std::size_t core = 0;       ///< the smallest core that holds it; their number where none does
};

/// Columns about the axis whose share of the energy is an observable.
struct Core {
    std::string key;
    std::string name;
};

/// All columns, the first transverse axis slowest.
///
/// The axis of a Cartesian window is the middle of its cells, (cells - 1) / 2: a cell's centre
/// where their number is odd, an edge where it is even. Rings of a cylinder have the radius (i +
/// 1/2) cells; its angles are counted from the first cell's edge. Where the layers differ, a ring
/// has the radius of its own middle in mm, and a whole ring (one angle) stands on the axis.
std::vector<Column> columns_of(Detector const& detector);

/// Cores that are smaller than the window. Cartesian: the columns at most k (odd numbers of cells)
/// or k + 1/2 (even) from the axis along each transverse axis, k = 0, 1, 2. Cylinder: the innermost
/// 1, 2, 3 rings (where the layers differ, of each layer).
std::vector<Core> cores_of(Detector const& detector);

/// What the two transverse directions of `Column::place` are called: the axes' names, x and y of a
/// cylinder.
std::array<std::string, 2> directions_of(Detector const& detector);

}  // namespace lowcal::physics
