#include "graph/ports/cell_shape.hpp"

namespace lowcal::graph {

Shape sizes_of(Shape const& shape)
{
    Shape sizes;
    for (std::size_t i = 1; i < shape.size(); ++i)
        if (shape[i] != 1) sizes.push_back(shape[i]);
    return sizes;
}

bool holds_cells(Shape const& shape, Detector const& detector)
{
    auto const sizes = sizes_of(shape);
    if (sizes == Shape{static_cast<std::int64_t>(detector.cells())}) return true;
    if (!detector.is_grid()) return false;
    std::size_t place = 0;
    std::int64_t joined = 1;
    for (auto const& axis : detector.axes) {
        joined *= static_cast<std::int64_t>(axis.cells);
        if (place < sizes.size() && joined == sizes[place]) {
            ++place;
            joined = 1;
        }
    }
    return place == sizes.size() && joined == 1;
}

}  // namespace lowcal::graph
