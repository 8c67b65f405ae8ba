#include "training/loop/archive_check.hpp"

#include "core/error.hpp"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <zlib.h>

namespace lowcal::training {
namespace {

// Layouts: APPNOTE.TXT of the ZIP format, 4.3.7 (local header), 4.3.12 (central directory), 4.3.16.
constexpr std::string_view end_mark = "PK\x05\x06";
constexpr std::string_view entry_mark = "PK\x01\x02";
constexpr std::string_view local_mark = "PK\x03\x04";
constexpr std::size_t end_size = 22;
constexpr std::size_t entry_size = 46;
constexpr std::size_t local_size = 30;
constexpr std::uint32_t deflated = 8;               ///< compression method, 4.4.5
constexpr std::uint32_t largest_entry = 1U << 30U;  ///< bytes; damage must not ask for all memory

/// The bytes of an archive; numbers are little-endian.
class Archive {
public:
    explicit Archive(std::filesystem::path const& file) : file_(file)
    {
        std::ifstream stream(file, std::ios::binary);
        bytes_.assign(std::istreambuf_iterator<char>(stream), {});
    }

    std::string_view part(std::size_t at, std::size_t size) const
    {
        if (at > bytes_.size() || size > bytes_.size() - at) refuse("it is cut off");
        return std::string_view(bytes_).substr(at, size);
    }

    std::uint32_t number(std::size_t at, std::size_t size) const
    {
        std::uint32_t value = 0;
        auto const digits = part(at, size);
        for (std::size_t i = size; i-- > 0;)
            value = value << 8U | static_cast<unsigned char>(digits[i]);
        return value;
    }

    void expect(std::size_t at, std::string_view mark) const
    {
        if (part(at, mark.size()) != mark) refuse("its directory is damaged");
    }

    std::size_t end_record() const
    {
        auto const at = bytes_.rfind(end_mark);
        if (at == std::string::npos || bytes_.size() - at < end_size) refuse("it has no end");
        return at;
    }

    [[noreturn]] void refuse(std::string const& why) const
    {
        throw InputError("cannot read " + file_.string(), why);
    }

private:
    std::filesystem::path file_;
    std::string bytes_;
};

/// What an entry stands for: LibTorch packs its code, not its tensors.
std::string unpacked(Archive const& archive, std::string_view stored, std::size_t size)
{
    std::string out(size, '\0');
    z_stream stream{};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(stored.data()));
    stream.avail_in = static_cast<uInt>(stored.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    bool const made = ::inflateInit2(&stream, -MAX_WBITS) == Z_OK;
    bool const whole = made && ::inflate(&stream, Z_FINISH) == Z_STREAM_END;
    if (made) ::inflateEnd(&stream);
    if (!whole) archive.refuse("an entry cannot be unpacked: the file is damaged");
    return out;
}

/// Checks the entry whose place in the directory is `at`; returns the next one's.
std::size_t check_entry(Archive const& archive, std::size_t at)
{
    archive.expect(at, entry_mark);
    auto const name_size = archive.number(at + 28, 2);
    std::string const name(archive.part(at + entry_size, name_size));
    auto const local = archive.number(at + 42, 4);
    archive.expect(local, local_mark);
    auto const data = local + local_size + archive.number(local + 26, 2) +
                      std::size_t{archive.number(local + 28, 2)};
    auto const stored = archive.part(data, archive.number(at + 20, 4));
    auto const size = archive.number(at + 24, 4);
    if (size > largest_entry) archive.refuse("its directory is damaged");
    bool const packed = archive.number(at + 10, 2) == deflated;
    auto const code = packed ? unpacked(archive, stored, size) : std::string();
    auto const content = packed ? std::string_view(code) : stored;
    auto const found = ::crc32(0, reinterpret_cast<Bytef const*>(content.data()),
                               static_cast<uInt>(content.size()));
    if (found != archive.number(at + 16, 4))
        archive.refuse("its entry " + name + " is not what was written: the file is damaged");
    return at + entry_size + name_size + archive.number(at + 30, 2) + archive.number(at + 32, 2);
}

}  // namespace

void require_whole_archive(std::filesystem::path const& file)
{
    Archive const archive(file);
    auto const end = archive.end_record();
    auto const entries = archive.number(end + 10, 2);
    std::size_t at = archive.number(end + 16, 4);
    for (std::uint32_t i = 0; i < entries; ++i) at = check_entry(archive, at);
}

}  // namespace lowcal::training
