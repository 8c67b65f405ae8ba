#include "data/production/virtual_merge.hpp"

#include "core/detector/detector_json.hpp"
#include "core/error.hpp"
#include "core/files/atomic_file.hpp"
#include "core/files/output_path.hpp"
#include "data/hdf5/hdf5_file.hpp"
#include "data/reading/dropped_showers.hpp"
#include "data/writing/output_driver.hpp"

#include <algorithm>
#include <cstring>

namespace lowcal::data {
namespace {

namespace fs = std::filesystem;

/// A shard's name as the output says it: relative to its folder, links resolved.
std::string source_name(Shard const& shard, fs::path const& folder)
{
    auto const problem = "cannot merge " + shard.path.string() + " virtually";
    if (!shard.identity)
        throw InputError(problem, "it does not record the identity of its production",
                         "merge without --virtual");
    if (shard.layout == Layout::showerdata)
        throw InputError(problem, "virtual data sets cannot hold the points of showerdata",
                         "merge without --virtual");
    auto const relative = fs::canonical(shard.path).lexically_relative(folder);
    if (relative.empty() || *relative.begin() == "..")
        throw InputError(problem, "it lies outside the output's folder " + folder.string(),
                         "write the output beside or above its shards");
    return relative.string();
}

void make_virtual(hid_t file, std::vector<Shard> const& shards,
                  std::vector<std::string> const& sources, ShowerFileContent::DataSet const& set)
{
    auto const problem = "cannot write data set " + set.name;
    std::vector<hsize_t> shape{0};
    shape.insert(shape.end(), set.row_shape.begin(), set.row_shape.end());
    for (auto const& shard : shards) shape[0] += shard.count;
    int const rank = static_cast<int>(shape.size());
    auto const space = checked(H5Screate_simple(rank, shape.data(), nullptr), H5Sclose, problem);
    auto const creation = checked(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, problem);
    checked(H5Pset_obj_track_times(creation.get(), false), problem);
    std::vector<hsize_t> start(shape.size());
    for (std::size_t i = 0; i < shards.size(); ++i) {
        auto rows = shape;
        rows[0] = shards[i].count;
        auto const source =
            checked(H5Screate_simple(rank, rows.data(), nullptr), H5Sclose, problem);
        checked(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, rows.data(),
                                    nullptr),
                problem);
        checked(H5Pset_virtual(creation.get(), space.get(), sources[i].c_str(), set.name.c_str(),
                               source.get()),
                problem);
        start[0] += rows[0];
    }
    checked(H5Sselect_all(space.get()), problem);
    Hdf5Handle data_set = checked(H5Dcreate2(file, set.name.c_str(), H5T_IEEE_F32LE, space.get(),
                                             H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                                  H5Dclose, problem);
    data_set.close(problem);
}

void write_content(Hdf5Handle& file, std::vector<Shard> const& shards,
                   std::vector<std::string> const& sources)
{
    for (auto const& set : shards.front().data_sets) make_virtual(file.get(), shards, sources, set);
    std::vector<std::uint64_t> dropped;
    for (auto const& shard : shards)
        dropped.insert(dropped.end(), shard.dropped.begin(), shard.dropped.end());
    write_dropped_showers(file.get(), dropped);
    auto attributes = joint_attributes(shards);
    attributes[detector_key] = to_json(shards.front().detector);
    for (auto const& [name, value] : attributes) write_string_attribute(file.get(), name, value);
    file.close("the file cannot be completed");
}

}  // namespace

void write_virtual_merge(std::vector<Shard> const& shards, fs::path const& output)
{
    require_output_path(output, FileKind::hdf5);
    auto const folder = fs::canonical(fs::absolute(output_place(output)).parent_path());
    std::vector<std::string> sources;
    sources.reserve(shards.size());
    for (auto const& shard : shards) sources.push_back(source_name(shard, folder));
    for (auto const& shard : shards)
        if (shard.data_sets != shards.front().data_sets)
            throw InputError(
                "cannot merge " + shard.path.string() + " virtually",
                "its data sets have other shapes than those of " + shards.front().path.string());
    OutputStatus status;
    TemporaryFile temporary(output);
    std::string reason;
    try {
        auto file = create_output_file(temporary, output, status);
        write_content(file, shards, sources);
    } catch (InputError const& error) {
        reason = error.what();
    }
    if (status.first_error != 0) reason = std::strerror(status.first_error);
    if (!reason.empty()) throw InputError("cannot write " + output.string(), reason);
    temporary.commit();
}

}  // namespace lowcal::data
