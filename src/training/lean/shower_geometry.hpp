#pragma once

#include "core/detector/detector.hpp"

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace lowcal::training {

/// A condition as networks see it, of order one: (value - mean) / spread.
struct LearntCondition {
    std::string name;  ///< "theta"
    double mean = 0;
    double spread = 1;
    double least = 0;  ///< in training
    double most = 0;   ///< the same; not known of older trainings: `least`

    bool operator==(LearntCondition const&) const = default;
};

/// What a network of ours knows of the showers that it is made for: their cells, as images of
/// layers [rows][columns], and in which units numbers are of order one. A plain value.
struct ShowerGeometry {
    Detector detector;
    std::vector<LearntCondition> conditions{};  ///< beside the energy
    int pdg = 0;                                ///< of all primaries; 0: of several, or not known
    /// Primary energies (GeV) and cells (MeV) are divided by these before a network sees them: both
    /// are one for the shipped detector, for which its constants were found.
    double energy_unit = 1.0;
    double cell_unit = 1.0;
    std::int64_t unit_layer = 9;     ///< with which others are compared: hardly ever empty
    std::int64_t certain_layer = 0;  ///< which has energy in every shower

    std::int64_t layers() const { return size(detector.depth); }
    std::int64_t rows() const { return size(detector.transverse()[0]); }
    std::int64_t columns() const { return size(detector.transverse()[1]); }
    std::int64_t cells() const { return layers() * rows() * columns(); }
    std::int64_t condition_count() const { return static_cast<std::int64_t>(conditions.size()); }

    /// Whether the first or the second of the two axes beside depth is an angle.
    bool goes_round(std::size_t transverse) const
    {
        return detector.axes[detector.transverse()[transverse]].periodic;
    }

    /// Whether showers may be mirrored and turned: two equal axes, and nothing that tilts them.
    bool is_square() const;
    /// Convolutions see images smaller by this along both axes.
    std::int64_t enlargement() const;
    std::int64_t coarse_rows() const { return (rows() + enlargement() - 1) / enlargement(); }
    std::int64_t coarse_columns() const { return (columns() + enlargement() - 1) / enlargement(); }

    /// Dimensions of [N, axes in memory] that make [N, layers, rows, columns], and back.
    std::array<std::int64_t, 4> to_images() const;
    std::array<std::int64_t, 4> to_memory() const;

    /// Squared distance of each cell from the shower's axis, in cells: [rows, columns]. Of a
    /// cylinder, whose innermost ring has none, in radii.
    torch::Tensor squared_distance() const;
    /// Of [..., rows, columns], the cells that are nearest the axis: 9 x 9 of them, fewer where
    /// there are fewer; of a cylinder all angles of the 5 inner rings.
    torch::Tensor near_axis(torch::Tensor const& cells) const;
    /// Sum over the cells within `half` cells of the central one, of [..., rows, columns]; of a
    /// cylinder over the half + 1 inner rings.
    torch::Tensor core(torch::Tensor const& cells, std::int64_t half) const;

    bool operator==(ShowerGeometry const&) const = default;

private:
    std::int64_t size(std::size_t axis) const
    {
        return static_cast<std::int64_t>(detector.axes[axis].cells);
    }
    struct Part {
        std::int64_t first, last;
    };
    /// Of the axis beside depth: within `half` of its middle, or of a radius' beginning; all of an
    /// angle.
    Part part(std::size_t transverse, std::int64_t half) const;
};

/// Mean over the eight symmetries of the square of images [..., x, x].
torch::Tensor symmetrised(torch::Tensor const& images);

/// That of the shipped detector.
ShowerGeometry clic_geometry();

}  // namespace lowcal::training
