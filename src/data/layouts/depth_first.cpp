#include "data/layouts/depth_first.hpp"

namespace lowcal::data {
DepthFirst::DepthFirst(Detector const& detector)
{
    if (!detector.is_grid()) {
        columns_ = detector.cells();
        return;
    }
    auto const [rows, columns] = detector.transverse();
    layers_ = detector.layers();
    layer_stride_ = detector.stride(detector.depth);
    rows_ = detector.axes[rows].cells;
    row_stride_ = detector.stride(rows);
    columns_ = detector.axes[columns].cells;
    column_stride_ = detector.stride(columns);
}

/// Calls `visit(voxel, cell)` with the places of each cell in file and memory.
template <class Visit>
void DepthFirst::walk(Visit&& visit) const
{
    std::size_t voxel = 0;
    for (std::size_t layer = 0; layer < layers_; ++layer)
        for (std::size_t row = 0; row < rows_; ++row)
            for (std::size_t column = 0; column < columns_; ++column)
                visit(voxel++, layer * layer_stride_ + row * row_stride_ + column * column_stride_);
}

void DepthFirst::to_memory(std::span<float const> voxels, std::span<float> cells) const
{
    walk([&](std::size_t voxel, std::size_t cell) { cells[cell] = voxels[voxel]; });
}

void DepthFirst::from_memory(std::span<float const> cells, std::span<float> voxels) const
{
    walk([&](std::size_t voxel, std::size_t cell) { voxels[voxel] = cells[cell]; });
}

}  // namespace lowcal::data
