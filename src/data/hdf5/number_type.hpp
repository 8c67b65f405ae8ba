#pragma once

#include "data/hdf5/bytes.hpp"
#include "data/hdf5/hdf5_handle.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace lowcal::data {

/// The type of a data set's floating-point numbers. Only for .cpp files of this folder.
class NumberType {
public:
    /// Throws InputError where the data set holds no floating-point numbers of up to 16 bytes.
    NumberType(hid_t data_set, std::string const& label);

    std::size_t bytes() const { return bytes_; }
    hid_t get() const { return type_.get(); }

    /// The numbers of `raw` as float32, in its memory.
    std::span<float> to_float(Bytes& raw) const;

private:
    Hdf5Handle type_;
    std::size_t bytes_ = 0;
    bool is_native_ = false;
    std::string problem_;
};

}  // namespace lowcal::data
