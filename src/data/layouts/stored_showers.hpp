#pragma once

#include "core/detector/detector.hpp"
#include "data/hdf5/hdf5_data_set.hpp"
#include "data/layouts/layout.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lowcal::data {

/// The cells and primary energies of an open file, as its layout keeps them. Only for .cpp files of
/// this module. One thread.
class StoredShowers {
public:
    virtual ~StoredShowers() = default;

    Layout layout() const { return layout_; }
    Detector const& detector() const { return detector_; }
    FloatDataSet const& cells() const { return cells_; }
    FloatDataSet const& energies() const { return energies_; }

    /// Cells of showers [first, first + n) in the detector's order and the layout's unit, n given
    /// by the size of `out`; they must exist. Returns what is in none of them.
    virtual LeftOut read_cells(std::size_t first, std::span<float> out) const = 0;
    /// Their primary energies, in the layout's unit.
    virtual void read_energies(std::size_t first, std::span<float> out) const = 0;
    /// Columns of `energies` that have a meaning; a file may have more.
    virtual std::size_t known_columns() const { return 1; }

    /// Numbers of each shower that the layout keeps in a form of its own.
    struct OwnColumn {
        std::string name;  ///< as everywhere else (shower_columns.hpp)
        std::size_t width = 1;
    };
    virtual std::vector<OwnColumn> own_columns() const { return {}; }
    /// [n][width] of showers from `first` on, of the column of that place in `own_columns`.
    virtual void read_own_column(std::size_t, std::size_t, std::span<float>) const {}
    /// Whether a data set beside cells and energies is part of the layout, and carried by it.
    virtual bool has_part(std::string_view) const { return false; }

protected:
    StoredShowers(Layout layout, Detector detector, FloatDataSet cells, FloatDataSet energies)
        : layout_(layout),
          detector_(std::move(detector)),
          cells_(std::move(cells)),
          energies_(std::move(energies))
    {
    }

private:
    Layout layout_;
    Detector detector_;
    FloatDataSet cells_;
    FloatDataSet energies_;
};

/// Where a file's detector comes from.
enum class DetectorSource {
    said,    ///< by the file or the user
    guessed  ///< from the shape of its cells, which says nothing of energies
};

struct OpenedShowers {
    std::unique_ptr<StoredShowers> showers;
    DetectorSource source = DetectorSource::said;
};

/// Opens a file of any layout. The detector is that of the file's attribute, else `given`, else the
/// one that the shape of the cells is known for. Throws InputError where the data sets make none of
/// the layouts, no detector is known, or one is that does not fit.
OpenedShowers open_stored_showers(Hdf5File const& file, std::optional<Detector> const& given);

}  // namespace lowcal::data
