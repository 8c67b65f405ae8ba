#include "physics/features/cell_neighbours.hpp"

namespace lowcal::physics {

CellNeighbours::CellNeighbours(Detector const& detector)
{
    for (std::size_t axis = 0; axis < 3; ++axis) {
        ahead_[axis].assign(detector.cells(), none);
        behind_[axis].assign(detector.cells(), none);
    }
    if (detector.is_grid())
        link_grid(detector);
    else
        link_layers(detector);
}

void CellNeighbours::link(Row const& row)
{
    auto const join = [&](std::size_t one, std::size_t next) {
        auto const a = row.first + one * row.stride, b = row.first + next * row.stride;
        ahead_[row.axis][a] = static_cast<std::uint32_t>(b);
        behind_[row.axis][b] = static_cast<std::uint32_t>(a);
    };
    for (std::size_t i = 0; i + 1 < row.cells; ++i) join(i, i + 1);
    if (row.periodic && row.cells > 1) join(row.cells - 1, 0);
}

void CellNeighbours::link_grid(Detector const& detector)
{
    for (std::size_t axis = 0; axis < 3; ++axis) {
        auto const& [name, cells, size, periodic] = detector.axes[axis];
        auto const stride = detector.stride(axis);
        for (std::size_t cell = 0; cell < detector.cells(); ++cell)
            if (cell / stride % cells == 0) link({axis, cell, cells, stride, periodic});
    }
}

/// Radius is fastest, then angle.
void CellNeighbours::link_layers(Detector const& detector)
{
    auto const across = detector.transverse();
    std::size_t first = 0;
    for (auto const& layer : detector.layer_rings) {
        for (std::size_t ring = 0; ring < layer.rings(); ++ring)
            link({across[0], first + ring, layer.angles, layer.rings(), true});
        for (std::size_t angle = 0; angle < layer.angles; ++angle)
            link({across[1], first + angle * layer.rings(), layer.rings(), 1, false});
        first += layer.cells();
    }
}

}  // namespace lowcal::physics
