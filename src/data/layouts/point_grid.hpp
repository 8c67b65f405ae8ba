#pragma once

#include "core/detector/detector.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::data {

/// A place in a shower: mm from its axis in two directions, and the layer's number in depth.
struct ShowerPoint {
    double x = 0;
    double y = 0;
    double layer = 0;
};

/// Finds a detector's cells by place, and places by cell. x and y run along the transverse axes of
/// a Cartesian detector, in memory order, from the middle of its window; in a cylinder the angle
/// counts from x towards y. A value.
class PointGrid {
public:
    /// Throws InputError, which begins with `problem`, where the size of the cells is not known.
    PointGrid(Detector const& detector, std::string const& problem);

    /// The cell that holds a point; none where it lies outside of all. A layer takes the points
    /// from a tenth under its number on, as the package showerdata counts them.
    std::optional<std::size_t> find(ShowerPoint const& point) const;
    /// The centre of a cell; of a whole ring a place on it.
    ShowerPoint centre(std::size_t cell) const { return centres_[cell]; }

private:
    Detector detector_;
    std::vector<ShowerPoint> centres_;        ///< [cells]
    std::vector<std::size_t> first_cells_{};  ///< [layers] of layers that differ

    std::optional<std::size_t> find_in_box(ShowerPoint const& point, std::size_t layer) const;
    std::optional<std::size_t> find_in_cylinder(ShowerPoint const& point, std::size_t layer) const;
    ShowerPoint centre_of(std::size_t cell) const;
};

}  // namespace lowcal::data
