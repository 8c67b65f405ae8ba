#include "physics/columns.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace lowcal::physics {
namespace {

constexpr std::size_t most_cores = 3;

/// Cells of an axis within k, or k + 1/2, of its middle.
std::size_t central_cells(Axis const& axis, std::size_t k)
{
    return 2 * k + (axis.cells % 2 == 1 ? 1 : 2);
}

/// Distance of a cell from the middle of an axis, in cells.
double offset(Axis const& axis, std::size_t cell)
{
    return static_cast<double>(cell) - 0.5 * (static_cast<double>(axis.cells) - 1);
}

/// The transverse axes of a detector.
struct Transverse {
    explicit Transverse(Detector const& detector)
        : axes{&detector.axes[detector.transverse()[0]], &detector.axes[detector.transverse()[1]]},
          radius(axes[0]->periodic ? 1 : 0)
    {
    }
    std::array<Axis const*, 2> axes;
    std::size_t radius;  ///< of a cylinder: which of the two
};

std::size_t cores_in(Detector const& detector)
{
    Transverse const across(detector);
    auto const& [a, b] = across.axes;
    std::size_t cores = 0;
    while (cores < most_cores) {
        if (detector.geometry == Geometry::cylindrical) {
            if (cores + 1 >= across.axes[across.radius]->cells) break;
        } else {
            auto const [m, n] = std::pair(central_cells(*a, cores), central_cells(*b, cores));
            if (m > a->cells || n > b->cells || m * n >= a->cells * b->cells) break;
        }
        ++cores;
    }
    return cores;
}

void place_cartesian(Transverse const& across, std::size_t cores, Column& column)
{
    column.core = cores;
    for (std::size_t i = 0; i < 2; ++i) column.place[i] = offset(*across.axes[i], column.bins[i]);
    auto const within = [&](std::size_t k) {
        for (std::size_t i = 0; i < 2; ++i)
            if (2 * std::abs(column.place[i]) + 1 >
                static_cast<double>(central_cells(*across.axes[i], k)))
                return false;
        return true;
    };
    for (std::size_t k = cores; k-- > 0;)
        if (within(k)) column.core = k;
    column.radius_squared = column.place[0] * column.place[0] + column.place[1] * column.place[1];
    column.radius = std::sqrt(column.radius_squared);
}

void place_cylindrical(Transverse const& across, std::size_t cores, Column& column)
{
    auto const& angle = *across.axes[1 - across.radius];
    double const step =
        angle.size > 0 ? angle.size : 2 * std::numbers::pi / static_cast<double>(angle.cells);
    double const phi = (static_cast<double>(column.bins[1 - across.radius]) + 0.5) * step;
    auto const ring = column.bins[across.radius];
    column.radius = static_cast<double>(ring) + 0.5;
    column.radius_squared = column.radius * column.radius;
    column.place = {column.radius * std::cos(phi), column.radius * std::sin(phi)};
    column.core = std::min(ring, cores);
}

/// A cell of a layer that has cells of its own.
Column place_in_layer(LayerRings const& layer, std::size_t angle, std::size_t ring,
                      std::size_t cores)
{
    Column column;
    column.bins = {angle, ring};
    column.layers = 1;
    column.radius = 0.5 * (layer.edges[ring] + layer.edges[ring + 1]);
    column.radius_squared = column.radius * column.radius;
    if (layer.angles > 1) {
        double const phi = (static_cast<double>(angle) + 0.5) * 2 * std::numbers::pi /
                           static_cast<double>(layer.angles);
        column.place = {column.radius * std::cos(phi), column.radius * std::sin(phi)};
    }
    column.core = std::min(ring, cores);
    return column;
}

std::vector<Column> cells_of_layers(Detector const& detector, std::size_t cores)
{
    std::vector<Column> columns;
    for (std::size_t i = 0; i < detector.layers(); ++i) {
        auto const& layer = detector.layer_rings[i];
        for (std::size_t angle = 0; angle < layer.angles; ++angle)
            for (std::size_t ring = 0; ring < layer.rings(); ++ring) {
                auto column = place_in_layer(layer, angle, ring, cores);
                column.first_cell = columns.size();
                column.first_layer = i;
                columns.push_back(column);
            }
    }
    return columns;
}

std::string columns_text(std::size_t m, std::size_t n)
{
    if (m * n == 1) return "energy in the central column";
    return "energy in " + std::to_string(m) + " x " + std::to_string(n) + " columns";
}

}  // namespace

std::vector<Column> columns_of(Detector const& detector)
{
    Transverse const across(detector);
    auto const axes = detector.transverse();
    auto const cores = cores_in(detector);
    if (!detector.is_grid()) return cells_of_layers(detector, cores);
    std::vector<Column> columns;
    for (std::size_t i = 0; i < across.axes[0]->cells; ++i)
        for (std::size_t j = 0; j < across.axes[1]->cells; ++j) {
            Column column;
            column.bins = {i, j};
            column.layers = detector.layers();
            column.first_cell = i * detector.stride(axes[0]) + j * detector.stride(axes[1]);
            if (detector.geometry == Geometry::cylindrical)
                place_cylindrical(across, cores, column);
            else
                place_cartesian(across, cores, column);
            columns.push_back(column);
        }
    return columns;
}

std::vector<Core> cores_of(Detector const& detector)
{
    Transverse const across(detector);
    std::vector<Core> cores;
    for (std::size_t k = 0; k < cores_in(detector); ++k) {
        if (detector.geometry == Geometry::cylindrical) {
            auto const rings = std::to_string(k + 1);
            cores.push_back({"rings_" + rings, k == 0 ? "energy in the innermost ring"
                                                      : "energy in the " + rings + " inner rings"});
        } else {
            auto const m = central_cells(*across.axes[0], k);
            auto const n = central_cells(*across.axes[1], k);
            cores.push_back({"core_" + std::to_string(m * n), columns_text(m, n)});
        }
    }
    return cores;
}

std::array<std::string, 2> directions_of(Detector const& detector)
{
    if (detector.geometry == Geometry::cylindrical) return {"x", "y"};
    Transverse const across(detector);
    return {across.axes[0]->name, across.axes[1]->name};
}

}  // namespace lowcal::physics
