#include "data/writing/data_set_writer.hpp"

#include "data/hdf5/hdf5_file.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <numeric>

namespace lowcal::data {
namespace {

Hdf5Handle create_data_set(hid_t file, DataSetWriter::Config const& config,
                           std::vector<hsize_t> const& chunk, std::string const& problem)
{
    auto const rank = static_cast<int>(chunk.size());
    auto extent = chunk;
    auto limit = chunk;
    extent[0] = 0;
    limit[0] = H5S_UNLIMITED;
    auto const space =
        checked(H5Screate_simple(rank, extent.data(), limit.data()), H5Sclose, problem);
    auto const creation = checked(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, problem);
    checked(H5Pset_chunk(creation.get(), rank, chunk.data()), problem);
    if (config.compression > 0) {
        checked(H5Pset_shuffle(creation.get()), problem);
        checked(H5Pset_deflate(creation.get(), static_cast<unsigned>(config.compression)), problem);
    }
    // Without times inside, equal showers make equal files.
    checked(H5Pset_obj_track_times(creation.get(), false), problem);
    checked(H5Pset_fill_time(creation.get(), H5D_FILL_TIME_ALLOC), problem);
    auto const type = config.stored == StoredNumbers::int32 ? H5T_STD_I32LE : H5T_IEEE_F32LE;
    return checked(H5Dcreate2(file, config.name.c_str(), type, space.get(), H5P_DEFAULT,
                              creation.get(), H5P_DEFAULT),
                   H5Dclose, problem);
}

}  // namespace

DataSetWriter::DataSetWriter(hid_t file, Config const& config)
    : problem_("cannot write data set " + config.name),
      chunk_{config.rows_per_chunk},
      row_size_(std::accumulate(config.row_shape.begin(), config.row_shape.end(), std::size_t{1},
                                std::multiplies<>())),
      chunk_size_(row_size_ * config.rows_per_chunk),
      pack_here_(config.compression == 1 && config.stored == StoredNumbers::float32)
{
    chunk_.insert(chunk_.end(), config.row_shape.begin(), config.row_shape.end());
    handle_ = create_data_set(file, config, chunk_, problem_);
    if (!config.unit.empty()) write_string_attribute(handle_.get(), "unit", config.unit);
    pending_.reserve(chunk_size_);
}

void DataSetWriter::append(std::span<float const> rows)
{
    assert(rows.size() % row_size_ == 0);
    while (!rows.empty()) {
        if (pending_.empty() && rows.size() >= chunk_size_) {
            write_chunk(rows.first(chunk_size_));
            rows = rows.subspan(chunk_size_);
            continue;
        }
        auto const taken = std::min(rows.size(), chunk_size_ - pending_.size());
        pending_.insert(pending_.end(), rows.begin(), rows.begin() + static_cast<long>(taken));
        rows = rows.subspan(taken);
        if (pending_.size() < chunk_size_) continue;
        write_chunk(pending_);
        pending_.clear();
    }
}

void DataSetWriter::finish()
{
    if (!pending_.empty()) write_chunk(pending_);
    pending_.clear();
    handle_.close(problem_);
}

/// Writes a chunk, the last one of a file possibly not full, at the end of the data set.
void DataSetWriter::write_chunk(std::span<float const> rows)
{
    hsize_t const count = rows.size() / row_size_;
    auto extent = chunk_;
    extent[0] = rows_ + count;
    checked(H5Dset_extent(handle_.get(), extent.data()), problem_);
    if (pack_here_) {
        write_packed(rows);
    } else {
        write_plain(rows, count);
    }
    rows_ += count;
}

void DataSetWriter::write_packed(std::span<float const> rows)
{
    std::vector<float> padded;
    if (rows.size() < chunk_size_) {
        padded.assign(rows.begin(), rows.end());
        padded.resize(chunk_size_);
        rows = padded;
    }
    auto const packed = pack_(rows);
    std::vector<hsize_t> start(chunk_.size());
    start[0] = rows_;
    constexpr std::uint32_t all_filters_applied = 0;
    checked(H5Dwrite_chunk(handle_.get(), H5P_DEFAULT, all_filters_applied, start.data(),
                           packed.size(), packed.data()),
            problem_);
}

void DataSetWriter::write_plain(std::span<float const> rows, hsize_t count)
{
    std::vector<hsize_t> start(chunk_.size());
    start[0] = rows_;
    auto extent = chunk_;
    extent[0] = count;
    auto const on_disk = checked(H5Dget_space(handle_.get()), H5Sclose, problem_);
    checked(H5Sselect_hyperslab(on_disk.get(), H5S_SELECT_SET, start.data(), nullptr, extent.data(),
                                nullptr),
            problem_);
    auto const in_memory =
        checked(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose,
                problem_);
    checked(H5Dwrite(handle_.get(), H5T_NATIVE_FLOAT, in_memory.get(), on_disk.get(), H5P_DEFAULT,
                     rows.data()),
            problem_);
}

}  // namespace lowcal::data
