#include "data/library_storage.hpp"

#include "data/read_limits.hpp"

namespace lowcal::data {
namespace {

/// The same data set with a cache that holds the chunks of a block of showers.
Hdf5Handle with_cache(OpenDataSet const& data_set)
{
    auto const access = data_set.place.file->access(H5P_DATASET_ACCESS);
    checked(H5Pset_chunk_cache(access.get(), 521, limits::kept_chunk_bytes, 1.0),
            data_set.problem());
    return checked(H5Dopen2(data_set.place.file->get(), data_set.place.name.c_str(), access.get()),
                   H5Dclose, data_set.problem());
}

class LibraryStorage final : public FloatStorage {
public:
    explicit LibraryStorage(OpenDataSet const& data_set)
        : handle_(with_cache(data_set)), problem_(data_set.problem())
    {
    }

    void read(Box const& box, std::span<float> out) override
    {
        auto const rank = static_cast<int>(box.count.size());
        auto const on_disk = checked(H5Dget_space(handle_.get()), H5Sclose, problem_);
        checked(H5Sselect_hyperslab(on_disk.get(), H5S_SELECT_SET, box.start.data(), nullptr,
                                    box.count.data(), nullptr),
                problem_);
        auto const in_memory =
            checked(H5Screate_simple(rank, box.count.data(), nullptr), H5Sclose, problem_);
        checked(H5Dread(handle_.get(), H5T_NATIVE_FLOAT, in_memory.get(), on_disk.get(),
                        H5P_DEFAULT, out.data()),
                problem_);
    }

private:
    Hdf5Handle handle_;
    std::string problem_;
};

}  // namespace

std::unique_ptr<FloatStorage> make_library_storage(OpenDataSet const& data_set)
{
    return std::make_unique<LibraryStorage>(data_set);
}

}  // namespace lowcal::data
