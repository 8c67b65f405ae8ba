#include "data/hdf5_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

namespace lowcal::data {
namespace {

void require_hdf5(std::filesystem::path const& path)
{
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        throw InputError("cannot open " + path.string(), "there is no such file");
    if (std::filesystem::is_directory(path, error))
        throw InputError("cannot open " + path.string(), "it is a folder, not an HDF5 file");
    if (!std::ifstream(path, std::ios::binary))
        throw InputError("cannot open " + path.string(), std::strerror(errno));
    if (H5Fis_hdf5(path.c_str()) <= 0) {
        H5Eclear2(H5E_DEFAULT);
        throw InputError("cannot read " + path.string(), "it is not an HDF5 file");
    }
}

/// Files get their name only when complete, so readers need no locks, which some network file
/// systems refuse.
Hdf5Handle open_for_reading(std::filesystem::path const& path)
{
    std::string const problem = "cannot open " + path.string();
    auto const access = checked(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, problem);
    checked(H5Pset_file_locking(access.get(), false, true), problem);
    auto const file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get());
    if (file < 0)
        throw InputError(problem, hdf5_reason(),
                         "the file is damaged or was not written to its end");
    return {file, H5Fclose};
}

/// Text of a string attribute; empty where it is not one string.
std::string read_string_attribute(hid_t attribute)
{
    std::string const problem = "cannot read an attribute";
    auto const type = checked(H5Aget_type(attribute), H5Tclose, problem);
    auto const space = checked(H5Aget_space(attribute), H5Sclose, problem);
    if (H5Tget_class(type.get()) != H5T_STRING || H5Sget_simple_extent_npoints(space.get()) != 1)
        return {};
    if (H5Tis_variable_str(type.get()) > 0) {
        char* text = nullptr;
        checked(H5Aread(attribute, type.get(), static_cast<void*>(&text)), problem);
        std::string value = text == nullptr ? "" : text;
        H5free_memory(text);
        return value;
    }
    // An attribute's header record is under 64 kB, dense storage is refused below.
    auto const size = H5Tget_size(type.get());
    if (size > 1U << 20U) return {};
    std::string value(size, '\0');
    checked(H5Aread(attribute, type.get(), value.data()), problem);
    return value.substr(0, std::min(value.find('\0'), size));
}

struct AttributeSink {
    std::map<std::string, std::string> values;
    std::string problem;
};

/// Exceptions must not cross the C library: the sink carries a failure home.
herr_t collect_attribute(hid_t object, char const* name, H5A_info_t const*, void* client)
{
    auto& sink = *static_cast<AttributeSink*>(client);
    try {
        auto const attribute =
            checked(H5Aopen(object, name, H5P_DEFAULT), H5Aclose, "cannot read an attribute");
        auto value = read_string_attribute(attribute.get());
        if (!value.empty()) sink.values.emplace(name, std::move(value));
        return 0;
    } catch (std::exception const& error) {
        sink.problem = error.what();
        return -1;
    }
}

}  // namespace

Hdf5File::Hdf5File(std::filesystem::path const& path) : path_(path)
{
    silence_hdf5();
    require_hdf5(path);
    handle_ = open_for_reading(path);
}

bool Hdf5File::holds(std::string const& name) const
{
    return checked(H5Lexists(get(), name.c_str(), H5P_DEFAULT),
                   "cannot look for " + name + " in " + path_.string()) > 0;
}

std::vector<std::string> Hdf5File::names() const
{
    std::string const problem = "cannot list what is in " + path_.string();
    H5G_info_t group{};
    checked(H5Gget_info(get(), &group), problem);
    auto const name_at = [&](hsize_t index, char* buffer, std::size_t size) {
        auto const length = H5Lget_name_by_idx(get(), ".", H5_INDEX_NAME, H5_ITER_INC, index,
                                               buffer, size, H5P_DEFAULT);
        checked(length < 0 ? -1 : 0, problem);
        return static_cast<std::size_t>(length);
    };
    std::vector<std::string> names;
    for (hsize_t index = 0; index < group.nlinks; ++index) {
        std::string name(name_at(index, nullptr, 0), '\0');
        name_at(index, name.data(), name.size() + 1);
        names.push_back(std::move(name));
    }
    return names;
}

std::map<std::string, std::string> Hdf5File::string_attributes() const
{
    AttributeSink sink;
    hsize_t position = 0;
    auto const result =
        H5Aiterate2(get(), H5_INDEX_NAME, H5_ITER_INC, &position, collect_attribute, &sink);
    std::string const problem = "cannot read the attributes of " + path_.string();
    if (!sink.problem.empty()) throw InputError(problem, sink.problem);
    checked(result, problem);
    return std::move(sink.values);
}

void write_string_attribute(hid_t object, std::string const& name, std::string const& value)
{
    std::string const problem = "cannot write attribute " + name;
    auto const type = checked(H5Tcopy(H5T_C_S1), H5Tclose, problem);
    checked(H5Tset_size(type.get(), std::max<std::size_t>(1, value.size())), problem);
    checked(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), problem);
    checked(H5Tset_cset(type.get(), H5T_CSET_UTF8), problem);
    auto const space = checked(H5Screate(H5S_SCALAR), H5Sclose, problem);
    auto const attribute =
        checked(H5Acreate2(object, name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                H5Aclose, problem);
    std::string const padded = value.empty() ? std::string(1, '\0') : value;
    checked(H5Awrite(attribute.get(), type.get(), padded.data()), problem);
}

}  // namespace lowcal::data
