#pragma once

#include "data/hdf5/open_data_set.hpp"
#include "data/storage/float_storage.hpp"

#include <memory>
#include <span>
#include <string>

namespace lowcal::data {

/// Whether a data set may be put together of others.
enum class VirtualSets { refuse, follow };

/// A data set of numbers, opened for reading as float32. What it claims is checked before HDF5
/// or we act on it (data/hdf5/read_limits.hpp). Only for .cpp files of this folder.
class FloatDataSet {
public:
    /// Throws InputError where the data set is missing, not of that kind of numbers, stored with
    /// filters that this HDF5 does not have or in chunks beyond the limit, was never written, or
    /// lies in other files that `file` may not read.
    FloatDataSet(Hdf5File const& file, std::string const& name,
                 NumberKind kind = NumberKind::floating,
                 VirtualSets virtual_sets = VirtualSets::follow);

    std::string const& name() const { return opened_->name; }
    /// "FILE: data set NAME", for messages.
    std::string const& label() const { return opened_->label; }
    Shape const& shape() const { return opened_->shape; }
    std::string shape_text() const { return text_of(shape()); }
    NumberType const& type() const { return opened_->type; }
    /// The file that it lies in, behind external links.
    Hdf5File const& file() const { return *opened_->place.file; }
    /// Whether each number is kept exactly where it is read as float32.
    bool fits_float32() const { return opened_->type.fits_float32(); }

    /// Reads a box of numbers, converted to float32; `out` has the box's size. Throws InputError,
    /// also where some of them were never written.
    void read(Box const& box, std::span<float> out) const;

private:
    std::unique_ptr<OpenDataSet> opened_;
    std::unique_ptr<FloatStorage> storage_;  ///< refers to `opened_`; none for a single number
};

}  // namespace lowcal::data
