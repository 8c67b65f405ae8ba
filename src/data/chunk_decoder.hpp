#pragma once

#include "data/bytes.hpp"
#include "data/hdf5_handle.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lowcal::data {

/// Undoes HDF5's deflate, shuffle and Fletcher-32 filters within bounds: HDF5 1.10 takes what a
/// filter gave for a whole chunk, however short it is, and lets it grow as it likes. Only for .cpp
/// files of this folder. One thread.
class ChunkDecoder {
public:
    /// For chunks of `chunk_bytes` that pass through the filters of a creation property list.
    ChunkDecoder(hid_t creation, std::size_t chunk_bytes, std::string problem);

    /// Whether all filters are known here; HDF5 must decode where not.
    bool knows_filters() const { return known_; }
    /// The most bytes that an honest chunk takes in the file.
    std::size_t most_stored_bytes() const { return most_bytes_; }

    /// The chunk's numbers as the file has them, valid until the next call. Bit i of `skipped` says
    /// that filter i was not applied. Throws InputError where they are damaged or not as many.
    std::span<std::byte> decode(Bytes& stored, std::uint32_t skipped);

private:
    struct Filter {
        H5Z_filter_t id;
        std::size_t element_bytes;  ///< of the shuffle
    };

    void undo(Filter const& filter, Bytes& bytes);
    void inflate(Bytes& bytes);
    void unshuffle(Bytes& bytes, std::size_t element_bytes);
    void check_sum(Bytes& bytes) const;
    [[noreturn]] void refuse(std::string const& why) const;

    std::size_t chunk_bytes_;
    std::size_t most_bytes_;
    std::string problem_;
    bool known_ = true;
    std::vector<Filter> filters_;
    Bytes spare_;
};

}  // namespace lowcal::data
