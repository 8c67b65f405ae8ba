#include "data/hdf5/open_data_set.hpp"

#include "data/hdf5/read_advice.hpp"
#include "data/hdf5/read_limits.hpp"

#include <fmt/format.h>

namespace lowcal::data {
namespace {

Hdf5Handle open(LocatedObject const& place, std::string const& label)
{
    auto const problem = "cannot open " + label;
    auto const access = place.file->access(H5P_DATASET_ACCESS);
    auto const id = H5Dopen2(place.file->get(), place.name.c_str(), access.get());
    if (id >= 0) return {id, H5Dclose};
    auto const reason = hdf5_reason();
    bool const newer = reason.find("version") != std::string::npos;
    throw InputError(problem, reason, newer ? advice_for_newer_files() : "");
}

Shape shape_of(hid_t data_set, NumberKind kind, std::string const& problem)
{
    auto const space = checked(H5Dget_space(data_set), H5Sclose, problem);
    int const rank = checked(H5Sget_simple_extent_ndims(space.get()), problem);
    Shape shape(static_cast<std::size_t>(rank));
    if (rank > 0) checked(H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr), problem);
    if (kind == NumberKind::sequence) shape.push_back(NumberType::reference_words);
    return shape;
}

}  // namespace

OpenDataSet::OpenDataSet(Hdf5File const& file, std::string const& data_set, NumberKind kind)
    : name(data_set),
      label(file.path().string() + ": data set " + name),
      place(file.locate(name, label)),
      handle(open(place, label)),
      type(handle.get(), label, kind),
      creation(checked(H5Dget_create_plist(handle.get()), H5Pclose, problem())),
      shape(shape_of(handle.get(), kind, problem()))
{
}

void refuse_unwritten(OpenDataSet const& data_set, hsize_t first, hsize_t last)
{
    throw InputError(data_set.problem(),
                     fmt::format("showers {} to {} were never written: there is room for them, and "
                                 "no numbers",
                                 first, last),
                     "write the file again");
}

void require_few_bytes(OpenDataSet const& data_set, Shape const& shape, char const* what)
{
    hsize_t bytes = data_set.type.bytes();
    for (auto const extent : shape) {
        if (extent == 0 || extent > limits::chunk_bytes / bytes)
            throw InputError(data_set.problem(),
                             fmt::format("{} {} {} are larger than {} MiB", what, text_of(shape),
                                         "numbers", limits::chunk_bytes / limits::mebibyte),
                             "repack the file with smaller chunks");
        bytes *= extent;
    }
}

}  // namespace lowcal::data
