#include "data/writing/row_cells.hpp"

#include <algorithm>

namespace lowcal::data {

RowCells::RowCells(hid_t file, DataSetWriter::Config const& config, Pack pack)
    : writer_(file, config), pack_(std::move(pack)), rows_at_a_time_(config.rows_per_chunk)
{
}

void RowCells::append(ShowerBlock const& block, float scale)
{
    bool const as_they_are = !pack_ && scale == 1.0F;
    if (as_they_are) return writer_.append(block.cells);
    auto const size = block.cells_per_shower();
    for (std::size_t first = 0; first < block.count(); first += rows_at_a_time_) {
        auto const count = std::min(rows_at_a_time_, block.count() - first);
        rows_.resize(count * size);
        for (std::size_t i = 0; i < count; ++i) {
            auto const row = std::span(rows_).subspan(i * size, size);
            if (pack_)
                pack_(block.shower(first + i), row);
            else
                std::ranges::copy(block.shower(first + i), row.begin());
        }
        if (scale != 1.0F)
            for (float& number : rows_) number *= scale;
        writer_.append(rows_);
    }
}

}  // namespace lowcal::data
