#include "core/files/atomic_file.hpp"

#include "core/error.hpp"
#include "core/files/abandoned_parts.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>

namespace lowcal {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_to_write(fs::path const& path, int reason)
{
    throw InputError("cannot write " + path.string(), std::strerror(reason));
}

void flush(fs::path const& path, int flags)
{
    FileDescriptor const file(::open(path.c_str(), flags | O_CLOEXEC));
    if (!file || ::fsync(file.get()) != 0)
        throw InputError("cannot flush " + path.string(), std::strerror(errno));
}

fs::path directory_of(fs::path const& path)
{
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// In a folder such as /tmp only links of our own or of its owner are followed, as the kernel does
/// (fs.protected_symlinks): a rename would not ask it.
void require_trusted_link(fs::path const& link, fs::path const& given)
{
    struct stat folder {};
    struct stat entry {};
    if (::stat(directory_of(link).c_str(), &folder) != 0 || ::lstat(link.c_str(), &entry) != 0)
        refuse_to_write(given, errno);
    constexpr mode_t shared = S_ISVTX | S_IWOTH;
    if ((folder.st_mode & shared) != shared) return;
    if (entry.st_uid == ::geteuid() || entry.st_uid == folder.st_uid) return;
    throw InputError("cannot write " + given.string(),
                     link.string() + " is another user's link in a folder that all may write to");
}

void require_replaceable(fs::path const& place, fs::path const& given)
{
    std::error_code error;
    auto const kind = fs::symlink_status(place, error).type();
    if (kind == fs::file_type::not_found || kind == fs::file_type::regular) return;
    if (kind == fs::file_type::none) refuse_to_write(given, error.value());
    throw InputError("cannot write " + given.string(), "it is not a regular file");
}

/// Owned by nobody before: a name that is taken, or whose file another process just took for
/// abandoned, makes way for another.
FileDescriptor make_part(fs::path const& final_path, fs::path const& given, fs::path& path)
{
    constexpr int most_tries = 100;
    for (int i = 0; i < most_tries; ++i) {
        path = directory_of(final_path) / new_part_name(final_path.filename().string());
        FileDescriptor file(
            ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
        if (!file && errno == EEXIST) continue;
        if (!file) refuse_to_write(given, errno);
        struct stat status {};
        if (lock_part(file.get()) && ::fstat(file.get(), &status) == 0 && status.st_nlink > 0)
            return file;
    }
    throw InputError("cannot write " + given.string(), "no name for a temporary file is free");
}

}  // namespace

fs::path output_place(fs::path const& path)
{
    constexpr int most_links = 40;  // as the kernel allows
    auto place = path;
    std::error_code error;
    for (int i = 0; fs::is_symlink(fs::symlink_status(place, error)); ++i) {
        if (i == most_links) refuse_to_write(path, ELOOP);
        require_trusted_link(place, path);
        auto const target = fs::read_symlink(place, error);
        if (error) refuse_to_write(path, error.value());
        place = directory_of(place) / target;
    }
    require_replaceable(place, path);
    return place;
}

TemporaryFile::TemporaryFile(fs::path const& final_path)
    : given_(final_path), final_path_(output_place(final_path))
{
    if (final_path_.filename().empty()) refuse_to_write(given_, EISDIR);
    remove_abandoned_parts(final_path_);
    file_ = make_part(final_path_, given_, path_);
    guard_ = std::make_unique<RemovedOnSignal>(path_);
}

TemporaryFile::~TemporaryFile()
{
    if (!committed_) ::unlink(path_.c_str());
}

void TemporaryFile::write(std::string_view content)
{
    while (!content.empty()) {
        auto const written = ::write(file_.get(), content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) refuse_to_write(given_, errno);
        content.remove_prefix(static_cast<std::size_t>(written));
    }
}

void TemporaryFile::commit()
{
    require_replaceable(final_path_, given_);
    if (::fsync(file_.get()) != 0) refuse_to_write(given_, errno);
    if (::rename(path_.c_str(), final_path_.c_str()) != 0) refuse_to_write(given_, errno);
    committed_ = true;
    guard_.reset();
    file_.reset();  // with its lock, which would keep HDF5 from opening the file
    flush(directory_of(final_path_), O_RDONLY | O_DIRECTORY);
}

void commit_file(fs::path const& file, fs::path const& final_path)
{
    require_replaceable(final_path, final_path);
    flush(file, O_RDONLY | O_NOFOLLOW);
    if (::rename(file.c_str(), final_path.c_str()) != 0) refuse_to_write(final_path, errno);
    flush(directory_of(final_path), O_RDONLY | O_DIRECTORY);
}

void write_file_atomically(fs::path const& path, std::string_view content)
{
    TemporaryFile file(path);
    file.write(content);
    file.commit();
}

}  // namespace lowcal
