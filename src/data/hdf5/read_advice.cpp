#include "data/hdf5/read_advice.hpp"

#include "core/error.hpp"
#include "core/files/file_descriptor.hpp"
#include "core/files/output_path.hpp"
#include "data/hdf5/hdf5_handle.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/file.h>

namespace lowcal::data {
namespace {

FileDescriptor open_quietly(std::filesystem::path const& path)
{
    return FileDescriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
}

}  // namespace

std::string advice_for_newer_files()
{
    return "the file is damaged or of a newer format than HDF5 " + hdf5_version() +
           " reads: write it anew where it was made, in Python: " + python_copy;
}

std::string advice_for_filter(int filter)
{
    constexpr int lzf = 32000;
    if (filter == lzf)
        return std::string("lzf is h5py's own: write the file anew, in Python: ") + python_copy;
    return std::string(
               "set HDF5_PLUGIN_PATH to the filter's plugin, or write the file anew where "
               "there is one, in Python (import hdf5plugin first, which has most): ") +
           python_copy;
}

void require_regular_file(std::filesystem::path const& path)
{
    std::error_code error;
    auto const status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found)
        throw InputError("cannot open " + path.string(), "there is no such file");
    if (error) throw InputError("cannot open " + path.string(), error.message());
    if (std::filesystem::is_directory(status))
        throw InputError("cannot open " + path.string(), "it is a folder, not an HDF5 file");
    if (!std::filesystem::is_regular_file(status))
        throw InputError("cannot open " + path.string(), "it is a device or a pipe, not a file",
                         "HDF5 must read back and forth: write it to a file first");
}

bool is_marked_as_being_written(std::filesystem::path const& path)
{
    constexpr std::size_t version_place = 8;
    constexpr std::size_t marks_place = 11;
    constexpr char first_with_marks = 3;
    constexpr int writing = 0x1;
    constexpr int single_writer = 0x4;
    constexpr off_t last_place = off_t{1} << 30U;
    auto const file = open_quietly(path);
    std::array<char, marks_place + 1> start{};
    for (off_t place = 0; file && place <= last_place; place = place == 0 ? 512 : 2 * place) {
        if (::pread(file.get(), start.data(), start.size(), place) !=
            static_cast<ssize_t>(start.size()))
            return false;
        if (std::string_view(start.data(), hdf5_signature.size()) != hdf5_signature) continue;
        return start[version_place] >= first_with_marks &&
               (start[marks_place] & (writing | single_writer)) != 0;
    }
    return false;
}

bool is_locked_by_a_writer(std::filesystem::path const& path)
{
    auto const file = open_quietly(path);
    return file && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace lowcal::data
