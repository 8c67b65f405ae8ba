#include "data/storage/global_heap.hpp"

#include "data/hdf5/read_limits.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lowcal::data {
namespace {

constexpr std::size_t address_bytes = 8;
constexpr std::array<char, 4> signature{'G', 'C', 'O', 'L'};
constexpr unsigned known_version = 1;
constexpr std::size_t version_place = signature.size();
/// Of a collection and of an object: eight bytes, then how many bytes it takes.
constexpr std::size_t header_bytes = 16;
constexpr std::size_t size_place = 8;
constexpr std::size_t alignment = 8;
constexpr std::uint32_t free_space = 0;  ///< the index of what is no object: the rest

std::uint64_t little_endian(std::span<std::byte const> bytes)
{
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
        value = value << 8U | std::to_integer<std::uint64_t>(bytes[i]);
    return value;
}

}  // namespace

GlobalHeap::GlobalHeap(Hdf5File const& file, std::string const& label)
    : problem_("cannot read " + label),
      file_(::open(file.path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY))
{
    struct stat status {};
    if (!file_ || ::fstat(file_.get(), &status) != 0)
        throw InputError(problem_, std::strerror(errno));
    file_bytes_ = static_cast<std::uint64_t>(status.st_size);
    auto const creation = checked(H5Fget_create_plist(file.get()), H5Pclose, problem_);
    std::size_t addresses = 0;
    std::size_t lengths = 0;
    hsize_t base = 0;
    checked(H5Pget_sizes(creation.get(), &addresses, &lengths), problem_);
    checked(H5Pget_userblock(creation.get(), &base), problem_);
    if (addresses != address_bytes || lengths != address_bytes)
        throw InputError(problem_, "its file has addresses of other than 64 bits",
                         "repack the file with h5repack");
    base_ = base;
}

std::span<std::byte const> GlobalHeap::read(HeapReference const& reference)
{
    if (reference.collection != collection_ || collection_ == 0) load(reference.collection);
    auto const found = objects_.find(reference.object);
    if (found == objects_.end() || reference.object == free_space)
        refuse("a sequence is object " + std::to_string(reference.object) +
               " of a heap that has none of that number");
    return std::span<std::byte const>(bytes_).subspan(found->second.first, found->second.bytes);
}

void GlobalHeap::load(std::uint64_t collection)
{
    collection_ = 0;
    std::array<std::byte, header_bytes> header{};
    read_bytes(collection, header);
    bool const known = std::memcmp(header.data(), signature.data(), signature.size()) == 0 &&
                       std::to_integer<unsigned>(header[version_place]) == known_version;
    if (!known) refuse("a sequence lies where no heap is");
    auto const size = little_endian(std::span(header).subspan(size_place));
    if (size < header_bytes || size > limits::chunk_bytes)
        refuse("its heap takes " + std::to_string(size) + " bytes");
    bytes_.resize(size);
    read_bytes(collection, bytes_);
    list_objects();
    collection_ = collection;
}

void GlobalHeap::list_objects()
{
    objects_.clear();
    std::size_t at = header_bytes;
    while (bytes_.size() - at >= header_bytes) {
        auto const header = std::span<std::byte const>(bytes_).subspan(at, header_bytes);
        auto const index = static_cast<std::uint32_t>(little_endian(header.first(2)));
        if (index == free_space) return;
        auto const size = little_endian(header.subspan(size_place));
        auto const left = bytes_.size() - at - header_bytes;
        if (size > left) refuse("an object of its heap goes beyond the heap");
        objects_.try_emplace(index, Place{at + header_bytes, static_cast<std::size_t>(size)});
        at += header_bytes + std::min(left, (size + alignment - 1) / alignment * alignment);
    }
}

void GlobalHeap::read_bytes(std::uint64_t address, std::span<std::byte> out) const
{
    if (address > file_bytes_ - std::min(base_, file_bytes_) ||
        out.size() > file_bytes_ - base_ - address)
        refuse("a sequence lies beyond the file's end");
    auto place = base_ + address;
    while (!out.empty()) {
        auto const got = ::pread(file_.get(), out.data(), out.size(), static_cast<off_t>(place));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) refuse(got < 0 ? std::strerror(errno) : "the file became shorter");
        out = out.subspan(static_cast<std::size_t>(got));
        place += static_cast<std::uint64_t>(got);
    }
}

void GlobalHeap::refuse(std::string const& why) const
{
    throw InputError(problem_, why, "the file is damaged");
}

}  // namespace lowcal::data
