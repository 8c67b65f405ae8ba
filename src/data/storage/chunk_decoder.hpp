#pragma once

#include "data/hdf5/bytes.hpp"
#include "data/hdf5/open_data_set.hpp"
#include "data/storage/library_filters.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace lowcal::data {

/// Undoes the filters of chunks within bounds: HDF5 1.10 takes what a filter gave for a whole
/// chunk, however short it is, and lets it grow as it likes. Deflate, shuffle and Fletcher-32 are
/// undone here, others by HDF5, measured. Only for .cpp files of this folder. One thread.
class ChunkDecoder {
public:
    /// Skips all filters of a chunk.
    static constexpr std::uint32_t every_filter = ~std::uint32_t{0};

    /// Throws InputError where HDF5 cannot set up a filter.
    ChunkDecoder(OpenDataSet const& data_set, Shape const& chunk);

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
    std::vector<Filter> filters_;
    std::unique_ptr<LibraryFilters> library_;  ///< where one of the filters is not known here
    Bytes spare_;
};

}  // namespace lowcal::data
