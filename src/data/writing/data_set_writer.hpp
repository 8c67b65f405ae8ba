#pragma once

#include "data/hdf5/hdf5_handle.hpp"
#include "data/storage/sparse_deflate.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace lowcal::data {

/// How numbers are kept in the file.
enum class StoredNumbers {
    float32,
    int32  ///< of whole numbers
};

/// A data set of numbers that grows along its first axis, written in whole chunks.
///
/// Compression level 1, the default, packs chunks with SparseDeflate, which takes a quarter of the
/// filter's time for showers; other levels leave the packing to HDF5. The files are alike: byte
/// shuffle, then deflate. Only for .cpp files of this folder. One thread.
class DataSetWriter {
public:
    struct Config {
        std::string name;
        std::vector<hsize_t> row_shape;  ///< extents behind the first axis
        hsize_t rows_per_chunk = 1;
        int compression = 1;  ///< gzip level, 0 to 9; 0 stores as is
        std::string unit;     ///< written as an attribute
        StoredNumbers stored = StoredNumbers::float32;
    };
    /// Throws InputError where the file cannot take it.
    DataSetWriter(hid_t file, Config const& config);

    /// Appends whole rows. Throws InputError, for example where the disk is full.
    void append(std::span<float const> rows);
    /// Writes what is left and closes the data set. Throws InputError.
    void finish();

private:
    void write_chunk(std::span<float const> rows);
    void write_packed(std::span<float const> rows);
    void write_plain(std::span<float const> rows, hsize_t count);

    std::string problem_;
    Hdf5Handle handle_;
    std::vector<hsize_t> chunk_;  ///< shape of a chunk
    std::size_t row_size_;
    std::size_t chunk_size_;
    bool pack_here_;
    SparseDeflate pack_;
    hsize_t rows_ = 0;            ///< rows on disk
    std::vector<float> pending_;  ///< rows of a chunk that is not yet full
};

}  // namespace lowcal::data
