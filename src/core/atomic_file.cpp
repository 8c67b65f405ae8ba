#include "core/atomic_file.hpp"

#include "core/error.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace lowcal {
namespace {

/// A POSIX file descriptor, closed on every path out.
class Descriptor {
public:
    Descriptor(std::filesystem::path const& path, int flags)
        : fd_(::open(path.c_str(), flags, 0644))
    {
        if (fd_ < 0) throw InputError("cannot open " + path.string(), std::strerror(errno));
    }
    ~Descriptor() { ::close(fd_); }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    int get() const { return fd_; }

private:
    int fd_;
};

void flush(std::filesystem::path const& path, int flags)
{
    Descriptor const file(path, flags);
    if (::fsync(file.get()) != 0)
        throw InputError("cannot flush " + path.string(), std::strerror(errno));
}

std::filesystem::path directory_of(std::filesystem::path const& path)
{
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

std::filesystem::path temporary_beside(std::filesystem::path const& final_path)
{
    auto name = "." + final_path.filename().string() + "." + std::to_string(::getpid()) + ".part";
    return directory_of(final_path) / name;
}

void commit_file(std::filesystem::path const& temporary, std::filesystem::path const& final_path)
{
    // A rename would put the file in the place of a device such as /dev/null.
    std::error_code error;
    auto const kind = std::filesystem::status(final_path, error).type();
    if (kind != std::filesystem::file_type::not_found &&
        kind != std::filesystem::file_type::regular)
        throw InputError("cannot write " + final_path.string(), "it is not a regular file");
    flush(temporary, O_RDONLY);
    if (::rename(temporary.c_str(), final_path.c_str()) != 0)
        throw InputError("cannot write " + final_path.string(), std::strerror(errno));
    flush(directory_of(final_path), O_RDONLY | O_DIRECTORY);
}

void write_file_atomically(std::filesystem::path const& path, std::string_view content)
{
    auto const temporary = temporary_beside(path);
    try {
        {
            Descriptor const file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
            while (!content.empty()) {
                auto const written = ::write(file.get(), content.data(), content.size());
                if (written < 0)
                    throw InputError("cannot write " + path.string(), std::strerror(errno));
                content.remove_prefix(static_cast<std::size_t>(written));
            }
        }
        commit_file(temporary, path);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        throw;
    }
}

}  // namespace lowcal
