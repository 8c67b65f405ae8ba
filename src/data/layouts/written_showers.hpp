#pragma once

#include "core/detector/detector.hpp"
#include "data/layouts/layout.hpp"
#include "data/showers.hpp"
#include "data/writing/data_set_writer.hpp"

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace lowcal::data {

/// How the rows of data sets are packed.
struct CellStorage {
    hsize_t showers_per_chunk = 1;
    int compression = 1;  ///< gzip level

    DataSetWriter::Config complete(DataSetWriter::Config data_set) const
    {
        data_set.rows_per_chunk = showers_per_chunk;
        data_set.compression = compression;
        return data_set;
    }
};

/// Writes the cells of showers into an open file, and with them whatever else the layout keeps in a
/// form of its own. Only for .cpp files of this module. One thread.
class CellWriter {
public:
    virtual ~CellWriter() = default;

    /// Appends a block, whose cells are to be multiplied by `scale`. Throws InputError.
    virtual void append(ShowerBlock const& block, float scale) = 0;
    /// Writes what is left. Throws InputError.
    virtual void finish() = 0;
};

/// How a layout writes showers. Only for .cpp files of this module.
class WrittenShowers {
public:
    virtual ~WrittenShowers() = default;

    virtual std::unique_ptr<CellWriter> write_cells(hid_t file,
                                                    CellStorage const& storage) const = 0;
    /// Name, shape of a row and unit of the data set of primary energies.
    virtual DataSetWriter::Config energies() const = 0;
    /// Appends its rows; primary energies are multiplied by `scale`.
    virtual void pack_energies(ShowerBlock const& block, float scale,
                               std::vector<float>& rows) const = 0;
    /// Whether the layout keeps a column of the block in a form of its own, so that it is written
    /// by the above and becomes no data set of its name.
    virtual bool keeps(std::string_view) const { return false; }
};

/// Throws InputError where the layout cannot hold this detector's showers.
std::unique_ptr<WrittenShowers> write_showers(Layout layout, Detector const& detector);

}  // namespace lowcal::data
