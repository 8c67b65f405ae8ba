#include "data/hdf5_data_set.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>

namespace lowcal::data {
namespace {

/// A chunk is unpacked as a whole: one above this is a damaged header or unreadable in blocks.
constexpr hsize_t largest_chunk_bytes = hsize_t{1} << 30U;
constexpr hsize_t smallest_cache_bytes = hsize_t{1} << 20U;
constexpr hsize_t largest_cache_bytes = hsize_t{1} << 27U;

void require_float(hid_t data_set, std::string const& label)
{
    auto const type = checked(H5Dget_type(data_set), H5Tclose, "cannot read " + label);
    auto const type_class = H5Tget_class(type.get());
    if (type_class == H5T_FLOAT) return;
    throw InputError("cannot read " + label,
                     type_class == H5T_INTEGER  ? "it holds integers, not floating-point numbers"
                     : type_class == H5T_STRING ? "it holds strings, not floating-point numbers"
                                                : "it does not hold floating-point numbers");
}

void require_filters(hid_t creation, std::string const& label)
{
    int const filters = checked(H5Pget_nfilters(creation), "cannot read " + label);
    for (int i = 0; i < filters; ++i) {
        unsigned flags = 0;
        unsigned config = 0;
        std::size_t values = 0;
        char name[64] = "";
        auto const filter = H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values,
                                           nullptr, sizeof name, name, &config);
        if (H5Zfilter_avail(filter) > 0) continue;
        H5Eclear2(H5E_DEFAULT);
        throw InputError("cannot read " + label,
                         fmt::format("its chunks pass through filter {} {}, which this HDF5 does "
                                     "not have",
                                     static_cast<int>(filter), name[0] ? name : "without a name"),
                         "set HDF5_PLUGIN_PATH to the filter's plugin, or repack the file with "
                         "h5repack -f GZIP=1");
    }
}

std::vector<hsize_t> chunk_shape(hid_t creation, std::size_t rank, std::string const& label)
{
    if (H5Pget_layout(creation) != H5D_CHUNKED) return {};
    std::vector<hsize_t> chunk(rank);
    checked(H5Pget_chunk(creation, static_cast<int>(rank), chunk.data()), "cannot read " + label);
    hsize_t bytes = sizeof(float);
    for (auto const extent : chunk) {
        if (extent > largest_chunk_bytes / bytes)
            throw InputError("cannot read " + label, "its chunks are larger than 1 GiB",
                             "repack the file with smaller chunks");
        bytes *= extent;
    }
    return chunk;
}

/// Room for two rows of chunks along the first axis: a block of showers that ends inside a chunk
/// then does not make the next block unpack it again.
hsize_t cache_bytes(std::vector<hsize_t> const& chunk, std::vector<hsize_t> const& shape)
{
    hsize_t bytes = 2 * 2 * sizeof(float);
    for (std::size_t axis = 0; axis < chunk.size(); ++axis) {
        auto const extent = axis == 0 ? chunk[axis] : std::max(chunk[axis], shape[axis]);
        if (extent > largest_cache_bytes / bytes) return largest_cache_bytes;
        bytes *= extent;
    }
    return std::max(bytes, smallest_cache_bytes);
}

Hdf5Handle open_with_cache(Hdf5File const& file, std::string const& name, hsize_t bytes)
{
    auto const problem = "cannot open data set " + name + " of " + file.path().string();
    auto const access = checked(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose, problem);
    checked(H5Pset_chunk_cache(access.get(), 521, bytes, 1.0), problem);
    return checked(H5Dopen2(file.get(), name.c_str(), access.get()), H5Dclose, problem);
}

}  // namespace

FloatDataSet::FloatDataSet(Hdf5File const& file, std::string const& name)
    : name_(name), label_(file.path().string() + ": data set " + name)
{
    if (!file.holds(name)) throw InputError("cannot read " + label_, "there is no such data set");
    handle_ =
        checked(H5Dopen2(file.get(), name.c_str(), H5P_DEFAULT), H5Dclose, "cannot open " + label_);
    require_float(handle_.get(), label_);

    auto const space = checked(H5Dget_space(handle_.get()), H5Sclose, "cannot read " + label_);
    int const rank = checked(H5Sget_simple_extent_ndims(space.get()), "cannot read " + label_);
    shape_.resize(static_cast<std::size_t>(rank));
    checked(H5Sget_simple_extent_dims(space.get(), shape_.data(), nullptr),
            "cannot read " + label_);

    auto const creation =
        checked(H5Dget_create_plist(handle_.get()), H5Pclose, "cannot read " + label_);
    require_filters(creation.get(), label_);
    auto const chunk = chunk_shape(creation.get(), shape_.size(), label_);
    if (chunk.empty()) return;
    handle_ = {};
    handle_ = open_with_cache(file, name, cache_bytes(chunk, shape_));
}

std::string FloatDataSet::shape_text() const
{
    return fmt::format("[{}]", fmt::join(shape_, ", "));
}

bool FloatDataSet::fits_float32() const
{
    auto const type = checked(H5Dget_type(handle_.get()), H5Tclose, "cannot read " + label_);
    return H5Tget_size(type.get()) <= sizeof(float);
}

void FloatDataSet::read(Slab const& slab, std::span<float> out) const
{
    assert(slab.start.size() == shape_.size() && slab.count.size() == shape_.size());
    auto const problem = "cannot read " + label_;
    auto const rank = static_cast<int>(shape_.size());
    auto const on_disk = checked(H5Dget_space(handle_.get()), H5Sclose, problem);
    checked(H5Sselect_hyperslab(on_disk.get(), H5S_SELECT_SET, slab.start.data(), nullptr,
                                slab.count.data(), nullptr),
            problem);
    auto const in_memory =
        checked(H5Screate_simple(rank, slab.count.data(), nullptr), H5Sclose, problem);
    assert(static_cast<std::size_t>(H5Sget_simple_extent_npoints(in_memory.get())) == out.size());
    checked(H5Dread(handle_.get(), H5T_NATIVE_FLOAT, in_memory.get(), on_disk.get(), H5P_DEFAULT,
                    out.data()),
            problem);
}

}  // namespace lowcal::data
