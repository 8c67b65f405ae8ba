#pragma once

#include "data/hdf5_file.hpp"

#include <span>
#include <string>
#include <vector>

namespace lowcal::data {

/// A data set of floating-point numbers, opened for reading. Only for .cpp files of this folder.
class FloatDataSet {
public:
    /// Throws InputError where the data set is missing, not of floating-point type, or stored with
    /// filters that this HDF5 does not have.
    FloatDataSet(Hdf5File const& file, std::string const& name);

    /// "FILE: data set NAME", for messages.
    std::string const& label() const { return label_; }
    std::string const& name() const { return name_; }
    std::vector<hsize_t> const& shape() const { return shape_; }
    std::string shape_text() const;  ///< "[100, 25, 25, 25]"
    /// Whether each number is kept exactly where it is read as float32.
    bool fits_float32() const;

    struct Slab {
        std::vector<hsize_t> start;
        std::vector<hsize_t> count;
    };
    /// Reads a box of numbers, converted to float32; `out` has the box's size. Throws InputError.
    void read(Slab const& slab, std::span<float> out) const;

private:
    std::string name_;
    std::string label_;
    Hdf5Handle handle_;
    std::vector<hsize_t> shape_;
};

}  // namespace lowcal::data
