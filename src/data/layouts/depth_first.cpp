#include "data/layouts/depth_first.hpp"

namespace lowcal::data {
DepthFirst::DepthFirst(Detector const& detector)
    : layers_(detector.layers()),
      layer_stride_(detector.stride(detector.depth)),
      rows_(detector.axes[detector.transverse()[0]].cells),
      row_stride_(detector.stride(detector.transverse()[0])),
      columns_(detector.axes[detector.transverse()[1]].cells),
      column_stride_(detector.stride(detector.transverse()[1]))
{
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
    walk([&](std::size_t voxel, std::size_t cell) { cells[cell] = voxels[voxel] / mev_per_gev; });
}

void DepthFirst::from_memory(std::span<float const> cells, std::span<float> voxels) const
{
    walk([&](std::size_t voxel, std::size_t cell) { voxels[voxel] = cells[cell] * mev_per_gev; });
}

}  // namespace lowcal::data
