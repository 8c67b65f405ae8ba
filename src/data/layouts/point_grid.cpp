#include "data/layouts/point_grid.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace lowcal::data {
namespace {

constexpr double full_turn = 2 * std::numbers::pi;
constexpr double layer_margin = 0.1;

/// Place of an interval of equal ones that begin at 0; none outside of them.
std::optional<std::size_t> interval(double place, std::size_t count)
{
    if (!(place >= 0) || !(place < static_cast<double>(count))) return std::nullopt;
    return static_cast<std::size_t>(place);
}

/// Place of an interval between ascending edges.
std::optional<std::size_t> interval(double place, std::vector<double> const& edges)
{
    auto const above = std::ranges::upper_bound(edges, place);
    if (above == edges.begin() || above == edges.end()) return std::nullopt;
    return static_cast<std::size_t>(above - edges.begin()) - 1;
}

/// Place of an angle among `count` equal ones that make `all`; none beyond them, but for a
/// rounding.
std::optional<std::size_t> sector_of(double angle, double all, std::size_t count)
{
    constexpr double rounding = 1e-9;
    if (!(angle <= all * (1 + rounding))) return std::nullopt;
    auto const place = static_cast<std::size_t>(angle / all * static_cast<double>(count));
    return std::min(place, count - 1);
}

std::size_t angle_axis(Detector const& detector)
{
    auto const [a, b] = detector.transverse();
    return detector.axes[a].periodic ? a : b;
}

std::size_t radius_axis(Detector const& detector)
{
    auto const [a, b] = detector.transverse();
    return detector.axes[a].periodic ? b : a;
}

double angle_size(Axis const& axis)
{
    return axis.size > 0 ? axis.size : full_turn / static_cast<double>(axis.cells);
}

double middle(Axis const& axis)
{
    return 0.5 * static_cast<double>(axis.cells);
}

}  // namespace

PointGrid::PointGrid(Detector const& detector, std::string const& problem) : detector_(detector)
{
    for (auto const axis : detector.transverse())
        if (auto const& [name, cells, size, periodic] = detector.axes[axis];
            detector.is_grid() && !periodic && !(size > 0))
            throw InputError(problem, "the size of its cells along " + name + " is not known",
                             "a detector's JSON says it as size_mm");
    std::size_t cells = 0;
    for (auto const& layer : detector.layer_rings) {
        first_cells_.push_back(cells);
        cells += layer.cells();
    }
    for (std::size_t cell = 0; cell < detector.cells(); ++cell) centres_.push_back(centre_of(cell));
}

std::optional<std::size_t> PointGrid::find(ShowerPoint const& point) const
{
    auto const layer = interval(point.layer + layer_margin, detector_.layers());
    if (!layer) return std::nullopt;
    return detector_.geometry == Geometry::cartesian ? find_in_box(point, *layer)
                                                     : find_in_cylinder(point, *layer);
}

std::optional<std::size_t> PointGrid::find_in_box(ShowerPoint const& point, std::size_t layer) const
{
    auto const [a, b] = detector_.transverse();
    auto const& axes = detector_.axes;
    auto const row = interval(point.x / axes[a].size + middle(axes[a]), axes[a].cells);
    auto const column = interval(point.y / axes[b].size + middle(axes[b]), axes[b].cells);
    if (!row || !column) return std::nullopt;
    return layer * detector_.stride(detector_.depth) + *row * detector_.stride(a) +
           *column * detector_.stride(b);
}

std::optional<std::size_t> PointGrid::find_in_cylinder(ShowerPoint const& point,
                                                       std::size_t layer) const
{
    double const radius = std::hypot(point.x, point.y);
    double const turned = std::atan2(point.y, point.x);
    double const angle = turned < 0 ? turned + full_turn : turned;
    if (!detector_.is_grid()) {
        auto const& rings = detector_.layer_rings[layer];
        auto const ring = interval(radius, rings.edges);
        if (!ring) return std::nullopt;
        auto const sector = sector_of(angle, full_turn, rings.angles);
        return first_cells_[layer] + *sector * rings.rings() + *ring;
    }
    auto const across = angle_axis(detector_);
    auto const outwards = radius_axis(detector_);
    auto const& angles = detector_.axes[across];
    auto const all = angle_size(angles) * static_cast<double>(angles.cells);
    auto const sector = sector_of(angle, all, angles.cells);
    auto const& rings = detector_.axes[outwards];
    auto const ring = interval(radius / rings.size, rings.cells);
    if (!sector || !ring) return std::nullopt;
    return layer * detector_.stride(detector_.depth) + *sector * detector_.stride(across) +
           *ring * detector_.stride(outwards);
}

ShowerPoint PointGrid::centre_of(std::size_t cell) const
{
    auto const place = place_of(detector_, cell);
    auto const number = [&](std::size_t axis) { return static_cast<double>(place[axis]) + 0.5; };
    auto const layer = static_cast<double>(place[detector_.depth]);
    auto const& axes = detector_.axes;
    if (detector_.geometry == Geometry::cartesian) {
        auto const [a, b] = detector_.transverse();
        return {(number(a) - middle(axes[a])) * axes[a].size,
                (number(b) - middle(axes[b])) * axes[b].size, layer};
    }
    auto const across = angle_axis(detector_);
    auto const outwards = radius_axis(detector_);
    double step = angle_size(axes[across]);
    double radius = number(outwards) * axes[outwards].size;
    if (!detector_.is_grid()) {
        auto const& rings = detector_.layer_rings[place[detector_.depth]];
        step = full_turn / static_cast<double>(rings.angles);
        radius = 0.5 * (rings.edges[place[outwards]] + rings.edges[place[outwards] + 1]);
    }
    double const angle = number(across) * step;
    return {radius * std::cos(angle), radius * std::sin(angle), layer};
}

}  // namespace lowcal::data
