#pragma once

#include "data/hdf5/hdf5_file.hpp"
#include "data/hdf5/number_type.hpp"
#include "data/storage/box.hpp"

#include <memory>
#include <string>

namespace lowcal::data {

/// A data set of numbers and what HDF5 says of it. Only for .cpp files of this folder.
struct OpenDataSet {
    /// Throws InputError where the data set is missing, is not of that kind of numbers, or lies
    /// where `file` may not read.
    OpenDataSet(Hdf5File const& file, std::string const& data_set, NumberKind kind);

    std::string problem() const { return "cannot read " + label; }

    std::string name;
    std::string label;    ///< "FILE: data set NAME", for messages
    LocatedObject place;  ///< behind external links
    Hdf5Handle handle;
    NumberType type;
    Hdf5Handle creation;  ///< its creation property list
    Shape shape;          ///< of sequences with the words of a reference as the last axis
};

/// Throws InputError: the showers [first, last] of a data set are fill values.
[[noreturn]] void refuse_unwritten(OpenDataSet const& data_set, hsize_t first, hsize_t last);

/// Throws InputError where `bytes`, of a chunk or of one shower, are above the limit.
void require_few_bytes(OpenDataSet const& data_set, Shape const& shape, char const* what);

}  // namespace lowcal::data
