#include "data/reading/dropped_showers.hpp"

#include "data/hdf5/read_limits.hpp"

#include <algorithm>
#include <functional>

namespace lowcal::data {
namespace {

/// The list must lie in the file itself, as numbers that were written.
void require_own_numbers(hid_t data_set, std::string const& problem)
{
    auto const creation = checked(H5Dget_create_plist(data_set), H5Pclose, problem);
    auto const layout = checked(H5Pget_layout(creation.get()), problem);
    bool const own = layout == H5D_CONTIGUOUS || layout == H5D_CHUNKED || layout == H5D_COMPACT;
    if (!own || checked(H5Pget_external_count(creation.get()), problem) > 0)
        throw InputError(problem, "its numbers lie in another file");
    if (H5Dget_storage_size(data_set) == 0) throw InputError(problem, "it was never written");
}

}  // namespace

void write_dropped_showers(hid_t file, std::span<std::uint64_t const> indices)
{
    if (indices.empty()) return;
    std::string const problem = std::string("cannot write data set ") + dropped_showers_name;
    hsize_t const count = indices.size();
    auto const space = checked(H5Screate_simple(1, &count, nullptr), H5Sclose, problem);
    auto const creation = checked(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, problem);
    checked(H5Pset_obj_track_times(creation.get(), false), problem);
    auto const data_set = checked(H5Dcreate2(file, dropped_showers_name, H5T_STD_U64LE, space.get(),
                                             H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                                  H5Dclose, problem);
    checked(
        H5Dwrite(data_set.get(), H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, indices.data()),
        problem);
}

std::vector<std::uint64_t> read_dropped_showers(Hdf5File const& file)
{
    if (!file.holds(dropped_showers_name)) return {};
    auto const problem =
        "cannot read " + file.path().string() + ": data set " + dropped_showers_name;
    auto const access = file.access(H5P_DATASET_ACCESS);
    auto const data_set =
        checked(H5Dopen2(file.get(), dropped_showers_name, access.get()), H5Dclose, problem);
    require_own_numbers(data_set.get(), problem);
    auto const type = checked(H5Dget_type(data_set.get()), H5Tclose, problem);
    auto const space = checked(H5Dget_space(data_set.get()), H5Sclose, problem);
    auto const count = H5Sget_simple_extent_npoints(space.get());
    if (H5Tget_class(type.get()) != H5T_INTEGER || H5Sget_simple_extent_ndims(space.get()) != 1 ||
        count < 0 || count > static_cast<hssize_t>(limits::dropped_showers))
        throw InputError(problem, "it is not a list of indices");
    std::vector<std::uint64_t> indices(static_cast<std::size_t>(count));
    checked(
        H5Dread(data_set.get(), H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, indices.data()),
        problem);
    if (std::adjacent_find(indices.begin(), indices.end(), std::greater_equal<>()) != indices.end())
        throw InputError(problem, "its indices do not ascend");
    return indices;
}

}  // namespace lowcal::data
