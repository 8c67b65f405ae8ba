#pragma once

#include "data/hdf5/bytes.hpp"
#include "data/hdf5/open_data_set.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace lowcal::data {

/// Unpacks chunks by the filters that only HDF5 or its plugins know, and measures what they made:
/// HDF5 1.10 takes it for a whole chunk, however short it is.
///
/// It does so in a data set in memory, of one chunk, with a filter of ours before theirs, which is
/// the last to see the bytes on their way out. Only for .cpp files of this folder. One thread.
class LibraryFilters {
public:
    /// Throws InputError where a filter cannot be set up for chunks of this shape.
    LibraryFilters(OpenDataSet const& data_set, Shape const& chunk);

    /// Puts the chunk's numbers, as the file has them, in place of its stored bytes. Bit i of
    /// `skipped` says that filter i was not applied. Throws InputError where they are damaged or
    /// not as many.
    void decode(Bytes& stored, std::uint32_t skipped);

private:
    std::size_t chunk_bytes_;
    std::string problem_;
    Shape chunk_;
    Hdf5Handle creation_;  ///< of the file's data set
    Hdf5Handle type_;
    Hdf5Handle file_;
    std::uint32_t skipped_ = 0;
    Hdf5Handle data_set_;  ///< of the filters that are not skipped

    Hdf5Handle set_of_one_chunk(std::uint32_t skipped) const;
};

}  // namespace lowcal::data
