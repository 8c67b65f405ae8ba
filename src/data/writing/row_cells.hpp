#pragma once

#include "data/layouts/written_showers.hpp"

#include <functional>
#include <span>
#include <vector>

namespace lowcal::data {

/// Cells as a data set with a row of equal length for each shower. Only for .cpp files of this
/// module. One thread.
class RowCells final : public CellWriter {
public:
    /// One shower in the detector's order to a row.
    using Pack = std::function<void(std::span<float const> shower, std::span<float> row)>;

    /// Without `pack`, rows are showers as they are in memory. Throws InputError.
    RowCells(hid_t file, DataSetWriter::Config const& config, Pack pack = {});

    void append(ShowerBlock const& block, float scale) override;
    void finish() override { writer_.finish(); }

private:
    DataSetWriter writer_;
    Pack pack_;
    std::size_t rows_at_a_time_;
    std::vector<float> rows_;
};

}  // namespace lowcal::data
