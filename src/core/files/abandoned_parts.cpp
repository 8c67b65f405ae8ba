#include "core/files/abandoned_parts.hpp"

#include "core/files/file_descriptor.hpp"
#include "core/files/random_name.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <linux/magic.h>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>

namespace lowcal {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".part";
constexpr std::size_t host_digits = 8;
constexpr std::size_t random_digits = 16;
/// So that the longest name of a file, 255 bytes on most systems, has room for the rest.
constexpr std::size_t longest_stem = 200;

/// Of the machine since its start: its writers are this kernel's processes, and their locks are
/// seen here. Zeros where the system does not tell.
std::string const& host_name()
{
    static std::string const name = [] {
        std::string text;
        std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), text);
        if (text.empty()) return std::string(host_digits, '0');
        std::uint32_t hash = 2166136261U;  // FNV-1a
        for (char const letter : text)
            hash = (hash ^ static_cast<unsigned char>(letter)) * 16777619U;
        std::array<char, host_digits + 1> digits{};
        std::snprintf(digits.data(), digits.size(), "%08x", static_cast<unsigned>(hash));
        return std::string(digits.data());
    }();
    return name;
}

std::string stem_of(std::string const& name)
{
    return "." + name.substr(0, longest_stem) + ".";
}

bool is_hexadecimal(std::string_view text)
{
    return std::all_of(text.begin(), text.end(),
                       [](unsigned char letter) { return std::isxdigit(letter) != 0; });
}

/// The host in the name of a part of this stem; empty where it is another file's name.
std::string_view host_of(std::string_view name, std::string_view stem)
{
    if (name.size() != stem.size() + host_digits + 1 + random_digits + ending.size()) return {};
    if (!name.starts_with(stem) || !name.ends_with(ending)) return {};
    auto const middle = name.substr(stem.size(), host_digits + 1 + random_digits);
    auto const host = middle.substr(0, host_digits);
    if (middle[host_digits] != '-' || !is_hexadecimal(host)) return {};
    return is_hexadecimal(middle.substr(host_digits + 1)) ? host : std::string_view{};
}

/// File systems of one machine's own disk or memory, on which a lock is seen by all who could
/// write.
bool is_local(int descriptor)
{
    constexpr std::uint32_t xfs_magic = 0x58465342;
    constexpr std::uint32_t zfs_magic = 0x2FC12FC1;
    constexpr std::array<std::uint32_t, 8> local{
        EXT4_SUPER_MAGIC,      xfs_magic,        BTRFS_SUPER_MAGIC, TMPFS_MAGIC,
        OVERLAYFS_SUPER_MAGIC, F2FS_SUPER_MAGIC, RAMFS_MAGIC,       zfs_magic};
    struct statfs system {};
    if (::fstatfs(descriptor, &system) != 0) return false;
    return std::find(local.begin(), local.end(), static_cast<std::uint32_t>(system.f_type)) !=
           local.end();
}

bool is_same_file(int descriptor, fs::path const& path)
{
    struct stat opened {};
    struct stat named {};
    return ::fstat(descriptor, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

void remove_if_abandoned(fs::path const& part, std::string_view host)
{
    FileDescriptor const file(
        ::open(part.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (!file) return;
    struct stat status {};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    if (status.st_uid != ::geteuid()) return;
    bool const made_here = host == host_name() && host != std::string(host_digits, '0');
    if (!made_here && !is_local(file.get())) return;
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return;
    if (is_same_file(file.get(), part)) ::unlink(part.c_str());
}

}  // namespace

std::string new_part_name(std::string const& name)
{
    return stem_of(name) + host_name() + "-" + random_name() + std::string(ending);
}

bool lock_part(int descriptor)
{
    while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
        if (errno != EINTR) return errno != EWOULDBLOCK;
    return true;
}

void remove_abandoned_parts(fs::path const& final_path)
{
    auto const stem = stem_of(final_path.filename().string());
    auto const folder = final_path.has_parent_path() ? final_path.parent_path() : fs::path(".");
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        auto const name = entry->path().filename().string();
        if (auto const host = host_of(name, stem); !host.empty())
            remove_if_abandoned(entry->path(), host);
    }
}

}  // namespace lowcal
