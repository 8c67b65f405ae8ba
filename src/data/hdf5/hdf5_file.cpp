#include "data/hdf5/hdf5_file.hpp"

#include "core/files/file_descriptor.hpp"
#include "data/hdf5/read_advice.hpp"
#include "data/hdf5/read_limits.hpp"
#include "data/writing/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <utility>
#include <vector>

namespace lowcal::data {
namespace {

void require_hdf5(std::filesystem::path const& path)
{
    require_regular_file(path);
    FileDescriptor const file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (!file) throw InputError("cannot open " + path.string(), std::strerror(errno));
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
    if (file >= 0) return {file, H5Fclose};
    auto const reason = hdf5_reason();
    if (is_marked_as_being_written(path))
        throw InputError(problem, "it is marked as open for writing",
                         "wait until the program that writes it has closed it; if that ended "
                         "without closing it, showers may be missing: h5clear -s takes the mark "
                         "from a copy of the file");
    throw InputError(problem, reason,
                     reason.find("version") != std::string::npos
                         ? advice_for_newer_files()
                         : "the file is damaged, or was not written or copied to its end");
}

herr_t follow_no_link(char const*, char const*, char const*, char const*, unsigned*, hid_t, void*)
{
    return -1;
}

/// What an attribute says, or why it is no text that is read here.
struct AttributeText {
    std::string text;
    char const* problem = nullptr;
};

constexpr char const* too_long = "its text is too long";

AttributeText read_variable_text(hid_t attribute, hid_t type)
{
    char* text = nullptr;
    checked(H5Aread(attribute, type, static_cast<void*>(&text)), "cannot read an attribute");
    auto const size = text == nullptr ? 0 : ::strnlen(text, limits::attribute_bytes + 1);
    AttributeText result;
    if (size > limits::attribute_bytes)
        result.problem = too_long;
    else
        result.text.assign(text == nullptr ? "" : text, size);
    H5free_memory(text);
    return result;
}

AttributeText read_text(hid_t attribute, std::string_view name, VariableTexts texts)
{
    std::string const problem = "cannot read an attribute";
    auto const type = checked(H5Aget_type(attribute), H5Tclose, problem);
    auto const space = checked(H5Aget_space(attribute), H5Sclose, problem);
    if (H5Tget_class(type.get()) != H5T_STRING) return {{}, "it is an attribute that is not text"};
    if (H5Sget_simple_extent_npoints(space.get()) != 1)
        return {{}, "it is an attribute that is not one text"};
    if (H5Tis_variable_str(type.get()) > 0) {
        if (texts == VariableTexts::all || is_provenance(name))
            return read_variable_text(attribute, type.get());
        return {{}, "its text is of variable length"};
    }
    auto const size = H5Tget_size(type.get());
    if (size > limits::attribute_bytes) return {{}, too_long};
    if (H5Aget_storage_size(attribute) < size) return {{}, "it is a damaged attribute"};
    std::string value(size, '\0');
    checked(H5Aread(attribute, type.get(), value.data()), problem);
    return {value.substr(0, std::min(value.find('\0'), size))};
}

struct AttributeSink {
    VariableTexts texts;
    RootAttributes found{};
    std::size_t met = 0;
    std::string problem{};
};

/// Exceptions must not cross the C library: the sink carries a failure home.
herr_t collect_attribute(hid_t object, char const* name, H5A_info_t const*, void* client)
{
    auto& sink = *static_cast<AttributeSink*>(client);
    try {
        if (++sink.met > limits::attributes) {
            sink.found.others.emplace(
                name, fmt::format("it is an attribute beyond the first {}", limits::attributes));
            return 1;
        }
        auto const attribute =
            checked(H5Aopen(object, name, H5P_DEFAULT), H5Aclose, "cannot read an attribute");
        auto [text, problem] = read_text(attribute.get(), name, sink.texts);
        if (problem == nullptr)
            sink.found.texts.emplace(name, std::move(text));
        else
            sink.found.others.emplace(name, problem);
        return 0;
    } catch (std::exception const& error) {
        sink.problem = error.what();
        return -1;
    }
}

/// The file and the object that an external link names.
std::pair<std::string, std::string> target_of(Hdf5File const& file, std::string const& name,
                                              std::size_t size, std::string const& problem)
{
    if (size == 0 || size > limits::attribute_bytes)
        throw InputError(problem, "it is a damaged link", "the file is damaged");
    std::vector<char> value(size);
    auto const access = file.access(H5P_LINK_ACCESS);
    checked(H5Lget_val(file.get(), name.c_str(), value.data(), size, access.get()), problem);
    unsigned flags = 0;
    char const* target_file = nullptr;
    char const* target_object = nullptr;
    checked(H5Lunpack_elink_val(value.data(), size, &flags, &target_file, &target_object), problem);
    return {target_file, target_object};
}

}  // namespace

Hdf5File::Hdf5File(std::filesystem::path const& path, ExternalFiles external)
    : path_(path), external_(std::move(external))
{
    silence_hdf5();
    require_hdf5(path);
    handle_ = std::make_shared<Hdf5Handle const>(open_for_reading(path));
}

Hdf5Handle Hdf5File::access(hid_t property_class) const
{
    std::string const problem = "cannot read " + path_.string();
    auto list = checked(H5Pcreate(property_class), H5Pclose, problem);
    checked(H5Pset_elink_cb(list.get(), follow_no_link, nullptr), problem);
    return list;
}

bool Hdf5File::holds(std::string const& name) const
{
    auto const list = access(H5P_LINK_ACCESS);
    return checked(H5Lexists(get(), name.c_str(), list.get()),
                   "cannot look for " + name + " in " + path_.string()) > 0;
}

std::vector<std::string> Hdf5File::names() const
{
    std::string const problem = "cannot list what is in " + path_.string();
    H5G_info_t group{};
    checked(H5Gget_info(get(), &group), problem);
    if (group.nlinks > limits::names)
        throw InputError(problem, "it holds " + std::to_string(group.nlinks) + " objects");
    auto const name_at = [&](hsize_t index, char* buffer, std::size_t size) {
        auto const length = H5Lget_name_by_idx(get(), ".", H5_INDEX_NAME, H5_ITER_INC, index,
                                               buffer, size, H5P_DEFAULT);
        checked(length < 0 ? -1 : 0, problem);
        return std::min(static_cast<std::size_t>(length), limits::attribute_bytes);
    };
    std::vector<std::string> names;
    for (hsize_t index = 0; index < group.nlinks; ++index) {
        std::string name(name_at(index, nullptr, 0), '\0');
        name_at(index, name.data(), name.size() + 1);
        names.push_back(std::move(name));
    }
    return names;
}

LocatedObject Hdf5File::locate(std::string const& name, std::string const& label) const
{
    return locate(name, label, 0);
}

LocatedObject Hdf5File::locate(std::string const& name, std::string const& label, int links) const
{
    constexpr int most_links = 16;
    auto const problem = "cannot read " + label;
    auto const list = access(H5P_LINK_ACCESS);
    H5L_info_t info;
    if (H5Lget_info(get(), name.c_str(), &info, list.get()) < 0) {
        H5Eclear2(H5E_DEFAULT);
        throw InputError(problem, "there is no such data set");
    }
    if (info.type != H5L_TYPE_EXTERNAL) return {std::make_shared<Hdf5File const>(*this), name};
    if (links == most_links) throw InputError(problem, "its links turn in a circle");
    auto const [file, object] = target_of(*this, name, info.u.val_size, problem);
    Hdf5File const other(external_.admit(label, file, path_), external_);
    return other.locate(object, label, links + 1);
}

RootAttributes Hdf5File::root_attributes(VariableTexts texts) const
{
    AttributeSink sink{texts};
    hsize_t position = 0;
    auto const result =
        H5Aiterate2(get(), H5_INDEX_NAME, H5_ITER_INC, &position, collect_attribute, &sink);
    std::string const problem = "cannot read the attributes of " + path_.string();
    if (!sink.problem.empty()) throw InputError(problem, sink.problem);
    checked(result, problem);
    return std::move(sink.found);
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
