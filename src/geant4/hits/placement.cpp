#include "geant4/hits/placement.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace lowcal::geant4 {
namespace {

constexpr double unit_tolerance = 1e-6;  ///< of lengths and right angles that people type

void require_perpendicular(Axes const& axes)
{
    auto const& [depth, transverse] = axes;
    for (auto const* axis : {&depth, &transverse[0], &transverse[1]})
        if (!(std::abs(length(*axis) - 1) < unit_tolerance))
            throw InputError("an axis of the window has another length than 1");
    for (auto const product :
         {dot(depth, transverse[0]), dot(depth, transverse[1]), dot(transverse[0], transverse[1])})
        if (!(std::abs(product) < unit_tolerance))
            throw InputError("the window's axes are not perpendicular to each other");
}

/// The size of an axis, without which its cells have no place.
void require_size(Axis const& axis)
{
    if (!axis.periodic && !(axis.size > 0))
        throw InputError("the cells of axis " + axis.name + " have no size",
                         "the detector does not say it", "describe it (docs/your_detector.md)");
}

void require_layer_depths(Detector const& detector, std::vector<double> const& depths)
{
    if (depths.size() != detector.layers())
        throw InputError(std::to_string(depths.size()) + " layer depths for " +
                         std::to_string(detector.layers()) + " layers");
    for (std::size_t i = 0; i < depths.size(); ++i)
        if (!std::isfinite(depths[i]) || depths[i] < 0 || (i > 0 && !(depths[i] > depths[i - 1])))
            throw InputError("layer depths do not ascend from the face",
                             "layer " + std::to_string(i));
}

std::vector<double> even_depths(Axis const& axis)
{
    std::vector<double> depths;
    depths.reserve(axis.cells);
    for (std::size_t i = 0; i < axis.cells; ++i)
        depths.push_back((static_cast<double>(i) + 0.5) * axis.size);
    return depths;
}

/// The vector that the least rotation from `from` to `to` makes of `vector`.
Vector turned(Vector const& vector, Vector const& from, Vector const& to)
{
    auto const axis = cross(from, to);
    auto const cosine = dot(from, to);
    if (cosine <= -1 + unit_tolerance) return -1.0 * vector;  // no least one; never let in
    return cosine * vector + cross(axis, vector) + dot(axis, vector) / (1 + cosine) * axis;
}

/// Where a particle stands within the readout, whose middles are multiples of `pitch`: from the
/// nearest one.
double within_cell(double place, double pitch)
{
    return place - pitch * std::round(place / pitch);
}

}  // namespace

Placement::Placement(Detector const& detector, Config config)
    : detector_(detector), config_(std::move(config))
{
    require_perpendicular(config_.axes);
    for (auto const i : detector_.transverse())
        if (detector_.is_grid()) require_size(detector_.axes[i]);
    if (config_.readout_cell &&
        (detector_.geometry != Geometry::cartesian || config_.depth_along != DepthAlong::normal))
        throw InputError("a cell of the readout is given",
                         "only cartesian windows along the normal lie on the readout's cells");
    if (config_.polar_axis && *config_.polar_axis >= detector_.axes.size())
        throw InputError("there is no axis " + std::to_string(*config_.polar_axis) +
                         " for theta to count from");
    if (config_.layer_depths.empty()) {
        require_size(detector_.axes[detector_.depth]);
        config_.layer_depths = even_depths(detector_.axes[detector_.depth]);
    }
    require_layer_depths(detector_, config_.layer_depths);
}

Placement::Window Placement::window(Particle const& particle) const
{
    Window window{.middle = particle.position, .axes = config_.axes};
    auto& [depth, transverse] = window.axes;
    window.middle = window.middle - particle.depth * depth;
    set_angles(window, particle.direction);
    if (config_.depth_along == DepthAlong::particle) {
        for (auto& axis : transverse) axis = turned(axis, depth, particle.direction);
        depth = particle.direction;
    }
    if (!config_.readout_cell) return window;
    auto const from_cell = window.middle - *config_.readout_cell;
    for (std::size_t i = 0; i < 2; ++i) {
        auto const& axis = detector_.axes[detector_.transverse()[i]];
        auto const edge = axis.cells % 2 == 1 ? 0.0 : 0.5 * axis.size;
        window.entry[i] = within_cell(dot(from_cell, transverse[i]) - edge, axis.size);
        window.middle = window.middle - window.entry[i] * transverse[i];
    }
    return window;
}

void Placement::set_angles(Window& window, Vector const& direction) const
{
    auto const& [depth, transverse] = config_.axes;
    auto const across = detector_.transverse();
    std::array<Vector, 3> axes{};
    axes[detector_.depth] = depth;
    for (std::size_t i = 0; i < 2; ++i) axes[across[i]] = transverse[i];
    auto const polar = config_.polar_axis.value_or(detector_.depth);
    auto const first = polar == detector_.depth ? across[0] : (polar + 1) % 3;
    auto const second = 3 - polar - first;
    window.theta = std::acos(std::clamp(dot(direction, axes[polar]), -1.0, 1.0));
    window.phi = std::atan2(dot(direction, axes[second]), dot(direction, axes[first]));
}

Vector Placement::place(Window const& window, std::size_t cell) const
{
    assert(cell < detector_.cells());
    auto const index = place_of(detector_, cell);
    auto const [a, b] = across(index);
    return window.middle + config_.layer_depths[index[detector_.depth]] * window.axes.depth +
           a * window.axes.transverse[0] + b * window.axes.transverse[1];
}

std::array<double, 2> Placement::across(std::array<std::size_t, 3> const& index) const
{
    auto const [first, second] = detector_.transverse();
    auto const& axes = detector_.axes;
    if (detector_.geometry == Geometry::cartesian) {
        auto const from_middle = [&](std::size_t axis) {
            auto const middle = 0.5 * (static_cast<double>(axes[axis].cells) - 1);
            return (static_cast<double>(index[axis]) - middle) * axes[axis].size;
        };
        return {from_middle(first), from_middle(second)};
    }
    auto const angle_axis = axes[first].periodic ? first : second;
    auto const ring = index[first + second - angle_axis];
    auto angles = axes[angle_axis].cells;
    auto radius = (static_cast<double>(ring) + 0.5) * axes[first + second - angle_axis].size;
    if (!detector_.is_grid()) {
        auto const& rings = detector_.layer_rings[index[detector_.depth]];
        angles = rings.angles;
        radius = 0.5 * (rings.edges[ring] + rings.edges[ring + 1]);
    }
    auto const turn = 2 * std::numbers::pi / static_cast<double>(angles);
    auto const angle = (static_cast<double>(index[angle_axis]) + 0.5) * turn;
    return {radius * std::cos(angle), radius * std::sin(angle)};
}

double Placement::small_angle() const
{
    if (config_.depth_along == DepthAlong::particle) return 0.5 * std::numbers::pi;
    auto smallest = std::numeric_limits<double>::infinity();
    for (auto const i : detector_.transverse())
        if (auto const& axis = detector_.axes[i]; !axis.periodic && axis.size > 0)
            smallest = std::min(smallest, axis.size);
    for (auto const& layer : detector_.layer_rings)
        for (std::size_t ring = 0; ring < layer.rings(); ++ring)
            smallest = std::min(smallest, layer.edges[ring + 1] - layer.edges[ring]);
    return std::atan2(smallest, length());
}

}  // namespace lowcal::geant4
