#pragma once

#include "core/detector/detector.hpp"
#include "data/hdf5/hdf5_data_set.hpp"
#include "data/layouts/layout.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

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

    /// Cells of showers [first, first + n) in GeV, in the detector's order, n given by the size of
    /// `out`; they must exist.
    virtual void read_cells(std::size_t first, std::span<float> out) const = 0;
    /// Their primary energies in GeV.
    virtual void read_energies(std::size_t first, std::span<float> out) const = 0;
    /// Where in `energies` the PDG codes stand beside the primary energies; nowhere otherwise.
    virtual std::optional<std::size_t> pdg_column() const { return std::nullopt; }
    /// Columns of `energies` that have a meaning; a file may have more.
    virtual std::size_t known_columns() const { return 1; }

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

/// Opens a file of any layout. The detector is that of the file's attribute, else `given`, else the
/// one that the shape of the cells is known for. Throws InputError where the data sets make none of
/// the layouts, no detector is known, or one is that does not fit.
std::unique_ptr<StoredShowers> open_stored_showers(Hdf5File const& file,
                                                   std::optional<Detector> const& given);

}  // namespace lowcal::data
