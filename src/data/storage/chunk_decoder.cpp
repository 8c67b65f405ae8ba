#include "data/storage/chunk_decoder.hpp"

#include <algorithm>
#include <cstring>
#include <utility>
#include <zlib.h>

namespace lowcal::data {
namespace {

constexpr std::size_t sum_bytes = 4;

/// HDF5's Fletcher-32 (H5checksum.c): of 16-bit words in big-endian order.
std::uint32_t fletcher32(std::span<std::byte const> bytes)
{
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    auto const add = [&](std::byte first, std::byte second) {
        low += std::to_integer<std::uint32_t>(first) << 8U | std::to_integer<std::uint32_t>(second);
        high += low;
    };
    auto const fold = [](std::uint32_t sum) { return (sum & 0xFFFFU) + (sum >> 16U); };
    constexpr std::size_t words_without_overflow = 360;
    std::size_t at = 0;
    while (at + 1 < bytes.size()) {
        auto const end = std::min(bytes.size() - 1, at + 2 * words_without_overflow);
        for (; at < end; at += 2) add(bytes[at], bytes[at + 1]);
        low = fold(low);
        high = fold(high);
    }
    if (at < bytes.size()) {
        add(bytes[at], std::byte{0});
        low = fold(low);
        high = fold(high);
    }
    return fold(high) << 16U | fold(low);
}

std::uint32_t little_endian(std::byte const* bytes)
{
    std::uint32_t value = 0;
    for (unsigned i = 0; i < sum_bytes; ++i)
        value |= std::to_integer<std::uint32_t>(bytes[i]) << (8 * i);
    return value;
}

/// As old versions of HDF5 wrote the sum on little-endian machines.
std::uint32_t with_swapped_bytes(std::uint32_t sum)
{
    return (sum & 0x00FF00FFU) << 8U | (sum >> 8U & 0x00FF00FFU);
}

/// out[i] = {plane 0 [i], plane 1 [i], ...}; with the number of planes known, it runs in lanes.
template <std::size_t bytes>
void interleave(std::byte const* planes, std::size_t count, std::byte* out)
{
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t plane = 0; plane < bytes; ++plane)
            out[i * bytes + plane] = planes[plane * count + i];
}

void interleave(std::byte const* planes, std::size_t count, std::byte* out, std::size_t bytes)
{
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t plane = 0; plane < bytes; ++plane)
            out[i * bytes + plane] = planes[plane * count + i];
}

/// A zlib stream's state, ended on every path out.
class Inflater {
public:
    Inflater() : good_(::inflateInit(&stream_) == Z_OK) {}
    ~Inflater() { ::inflateEnd(&stream_); }
    Inflater(Inflater const&) = delete;
    Inflater& operator=(Inflater const&) = delete;

    /// Number of bytes made; more than `out` holds, and a damaged stream, are false.
    bool operator()(std::span<std::byte> in, std::span<std::byte> out, std::size_t& made)
    {
        if (!good_) return false;
        stream_.next_in = reinterpret_cast<Bytef*>(in.data());
        stream_.avail_in = static_cast<uInt>(in.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(out.size());
        bool const whole = ::inflate(&stream_, Z_FINISH) == Z_STREAM_END;
        made = stream_.total_out;
        return whole;
    }

private:
    z_stream stream_{};
    bool good_;
};

}  // namespace

ChunkDecoder::ChunkDecoder(OpenDataSet const& data_set, Shape const& chunk)
    : chunk_bytes_(size_of(chunk) * data_set.type.bytes()),
      most_bytes_(chunk_bytes_ + chunk_bytes_ / 100 + 4096),
      problem_(data_set.problem())
{
    auto const creation = data_set.creation.get();
    int const count = checked(H5Pget_nfilters(creation), problem_);
    bool known = true;
    for (int i = 0; i < count; ++i) {
        unsigned flags = 0;
        unsigned config = 0;
        std::size_t values = 1;
        unsigned first_value = 0;
        auto const id = checked(H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values,
                                               &first_value, 0, nullptr, &config),
                                problem_);
        known = known && (id == H5Z_FILTER_DEFLATE || id == H5Z_FILTER_FLETCHER32 ||
                          id == H5Z_FILTER_SHUFFLE);
        filters_.push_back({id, values > 0 ? first_value : 0});
    }
    if (!known && data_set.type.kind() == NumberKind::sequence)
        throw InputError(problem_,
                         "its sequences pass through other filters than deflate, shuffle "
                         "and Fletcher-32",
                         "repack the file with h5repack -f GZIP=1");
    if (!known) library_ = std::make_unique<LibraryFilters>(data_set, chunk);
}

std::span<std::byte> ChunkDecoder::decode(Bytes& stored, std::uint32_t skipped)
{
    if (library_ && skipped != every_filter)
        library_->decode(stored, skipped);
    else
        for (std::size_t i = filters_.size(); i-- > 0;)
            if (i < 32 ? (skipped >> i & 1U) == 0 : skipped != every_filter)
                undo(filters_[i], stored);
    if (stored.size() != chunk_bytes_)
        refuse("it holds " + std::to_string(stored.size()) + " bytes in place of " +
               std::to_string(chunk_bytes_));
    return stored;
}

void ChunkDecoder::undo(Filter const& filter, Bytes& bytes)
{
    if (filter.id == H5Z_FILTER_DEFLATE) return inflate(bytes);
    if (filter.id == H5Z_FILTER_SHUFFLE) return unshuffle(bytes, filter.element_bytes);
    check_sum(bytes);
}

void ChunkDecoder::inflate(Bytes& bytes)
{
    spare_.resize(most_bytes_);
    std::size_t made = 0;
    if (!Inflater()(bytes, spare_, made)) {
        if (made == spare_.size())
            refuse("it unpacks to more than the " + std::to_string(chunk_bytes_) +
                   " bytes of its shape");
        refuse("its packed bytes are damaged");
    }
    spare_.resize(made);
    bytes.swap(spare_);
}

void ChunkDecoder::unshuffle(Bytes& bytes, std::size_t element_bytes)
{
    if (element_bytes <= 1) return;
    auto const count = bytes.size() / element_bytes;
    spare_.resize(bytes.size());
    if (element_bytes == sizeof(float))
        interleave<sizeof(float)>(bytes.data(), count, spare_.data());
    else if (element_bytes == sizeof(double))
        interleave<sizeof(double)>(bytes.data(), count, spare_.data());
    else
        interleave(bytes.data(), count, spare_.data(), element_bytes);
    auto const done = static_cast<std::ptrdiff_t>(count * element_bytes);
    std::copy(bytes.begin() + done, bytes.end(), spare_.begin() + done);
    bytes.swap(spare_);
}

void ChunkDecoder::check_sum(Bytes& bytes) const
{
    if (bytes.size() < sum_bytes) refuse("it has no checksum");
    auto const size = bytes.size() - sum_bytes;
    auto const stored = little_endian(bytes.data() + size);
    bytes.resize(size);
    auto const sum = fletcher32(bytes);
    if (stored != sum && stored != with_swapped_bytes(sum)) refuse("its checksum is wrong");
}

void ChunkDecoder::refuse(std::string const& why) const
{
    throw InputError(problem_, why, "the file is damaged");
}

}  // namespace lowcal::data
