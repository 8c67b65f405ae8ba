#pragma once

#include "core/detector/detector.hpp"
#include "geant4/hits/particle.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::geant4 {

/// Where a window's axes point, in the coordinates of the volume: directions of length 1,
/// perpendicular to each other.
struct Axes {
    Vector depth{0, 0, 1};  ///< into the calorimeter
    /// In memory order; of a cylinder, of angle 0 and of a right angle.
    std::array<Vector, 2> transverse{{{1, 0, 0}, {0, 1, 0}}};
};

/// What a shower's depth runs along.
enum class DepthAlong {
    normal,   ///< of the face, whatever the particle's direction: cells that are the readout's
    particle  ///< its direction: the axes are turned with it, by the least rotation
};

/// Puts the cells of a detector's showers into the volume of a calorimeter. Immutable; any number
/// of threads.
class Placement {
public:
    struct Config {
        Axes axes{};
        DepthAlong depth_along = DepthAlong::normal;
        /// The centre of any cell of the readout, if its cells are those of the window (cartesian
        /// ones, depth along the normal): the middle of the window falls on the middle of the cell
        /// that the particle enters, or on the nearest edge where the window has an even number.
        /// None: it falls on the particle.
        std::optional<Vector> readout_cell{};
        /// mm from the face to what is read out of each layer. Empty: the middle of layers that
        /// are as thick as the axis says.
        std::vector<double> layer_depths{};
        /// The axis that the condition `theta` counts from, 0 to 2 as of the detector; none: depth.
        /// `phi` counts about it from the next axis, which of depth is the first transverse one.
        std::optional<std::size_t> polar_axis{};
    };

    /// Throws InputError where axes are not perpendicular, an axis has no size, or the
    /// configuration does not fit the detector.
    Placement(Detector const& detector, Config config);

    /// One particle's window.
    struct Window {
        Vector middle{};  ///< of its front side: mm
        Axes axes{};
        std::array<double, 2> entry{};  ///< of the particle from the middle, mm: the condition
        double theta = 0;               ///< conditions, rad
        double phi = 0;
    };
    Window window(Particle const& particle) const;

    /// Where a cell's energy goes.
    Vector place(Window const& window, std::size_t cell) const;

    Detector const& detector() const { return detector_; }
    Config const& config() const { return config_; }
    /// From the face to the last layer's readout, mm.
    double length() const { return config_.layer_depths.back(); }
    /// The largest angle to the normal, rad, at which a shower that does not turn with its particle
    /// is less than a cell off at the last layer: what a network can be asked for that knows no
    /// direction. A right angle where showers turn.
    double small_angle() const;

private:
    /// From the window's middle along its transverse axes, mm.
    std::array<double, 2> across(std::array<std::size_t, 3> const& index) const;
    void set_angles(Window& window, Vector const& direction) const;

    Detector detector_;
    Config config_;
};

}  // namespace lowcal::geant4
