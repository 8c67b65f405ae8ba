#pragma once

#include "data/layouts/point_grid.hpp"
#include "data/layouts/written_showers.hpp"
#include "data/writing/data_set_writer.hpp"

#include <cstddef>
#include <vector>

namespace lowcal::data {

/// Writes showers as the package showerdata reads them: a point (x, y, layer, energy) at the centre
/// of each cell above zero, with directions, PDG codes and numbers of the showers. Only for .cpp
/// files of this folder. One thread.
class PointCloudWriter final : public CellWriter {
public:
    /// Throws InputError where the file cannot take it.
    PointCloudWriter(hid_t file, PointGrid const& grid, int compression);

    void append(ShowerBlock const& block, float scale) override;
    void finish() override;

private:
    hid_t file_;
    PointGrid const& grid_;
    Hdf5Handle numbers_;  ///< the type of a sequence of numbers in memory
    Hdf5Handle showers_;
    DataSetWriter directions_;
    DataSetWriter pdg_;
    DataSetWriter shower_ids_;
    DataSetWriter num_points_;
    hsize_t count_ = 0;
    std::size_t most_points_ = 1;  ///< the package takes none of zero

    void append_points(std::vector<float>& points);
};

}  // namespace lowcal::data
