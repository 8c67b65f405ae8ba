#include "data/dropped_showers.hpp"

#include <algorithm>
#include <functional>

namespace lowcal::data {
namespace {

/// A list is read as a whole: 128 MB of indices are a damaged header or no production.
constexpr hssize_t longest_list = hssize_t{1} << 24U;

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
    auto const data_set =
        checked(H5Dopen2(file.get(), dropped_showers_name, H5P_DEFAULT), H5Dclose, problem);
    auto const type = checked(H5Dget_type(data_set.get()), H5Tclose, problem);
    auto const space = checked(H5Dget_space(data_set.get()), H5Sclose, problem);
    auto const count = H5Sget_simple_extent_npoints(space.get());
    if (H5Tget_class(type.get()) != H5T_INTEGER || H5Sget_simple_extent_ndims(space.get()) != 1 ||
        count < 0 || count > longest_list)
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
