#include "data/storage/sparse_deflate.hpp"

#include "data/storage/huffman.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <limits>

namespace lowcal::data {
namespace {

/// A token is a byte (0 to 255) or a run of zeros (256 + its length, 3 to 258).
using Token = std::uint16_t;
constexpr std::size_t run_base = 256;
constexpr std::size_t shortest_run = 3;
constexpr std::size_t longest_run = 258;
constexpr std::size_t token_kinds = run_base + longest_run + 1;
constexpr std::size_t end_of_block = 256;
constexpr std::size_t literal_symbols = 286;
constexpr std::size_t planes = sizeof(float);

/// Deflate's symbol for a length of 3 to 258, with the extra bits that tell it exactly.
struct LengthSymbol {
    std::uint16_t symbol;
    std::uint8_t extra_bits;
    std::uint8_t extra;
};

constexpr std::array<LengthSymbol, longest_run + 1> make_length_symbols()
{
    std::array<LengthSymbol, longest_run + 1> table{};
    std::size_t length = shortest_run;
    for (unsigned code = 0; code < 28; ++code) {
        auto const bits = static_cast<std::uint8_t>(code < 8 ? 0 : code / 4 - 1);
        for (unsigned extra = 0; extra < 1U << bits && length < longest_run; ++extra)
            table[length++] = {static_cast<std::uint16_t>(257 + code), bits,
                               static_cast<std::uint8_t>(extra)};
    }
    table[longest_run] = {285, 0, 0};
    return table;
}

constexpr auto length_symbols = make_length_symbols();

/// Bits into bytes, lowest first. `reserve` before `put`: room is not checked in the inner loop.
class BitWriter {
public:
    explicit BitWriter(std::vector<std::uint8_t>& out) : out_(&out) {}

    void reserve(std::size_t bits)
    {
        auto const size = at_ + bits / 8 + 2 * sizeof buffer_;
        if (out_->size() < size) out_->resize(size);
    }
    /// `bits` has no bit above `count`, which is at most 32.
    void put(std::uint64_t bits, unsigned count)
    {
        buffer_ |= bits << used_;
        used_ += count;
        if (used_ < 32) return;
        static_assert(std::endian::native == std::endian::little);
        std::memcpy(out_->data() + at_, &buffer_, 4);
        at_ += 4;
        buffer_ >>= 32U;
        used_ -= 32;
    }
    void fill_byte() { put(0, (8 - used_ % 8) % 8); }
    /// Writes what is left of whole bytes; returns the number of bytes in all.
    std::size_t finish()
    {
        for (; used_ > 0; used_ -= 8, buffer_ >>= 8U)
            (*out_)[at_++] = static_cast<std::uint8_t>(buffer_);
        return at_;
    }

private:
    std::vector<std::uint8_t>* out_;
    std::size_t at_ = 0;
    std::uint64_t buffer_ = 0;
    unsigned used_ = 0;
};

/// Adler-32 (RFC 1950) that takes a run of zeros in one step.
class Adler {
public:
    void add(std::uint8_t byte)
    {
        low_ += byte;
        if (low_ >= modulus) low_ -= modulus;
        high_ += low_;
    }
    void add_zeros(std::size_t count) { high_ = (high_ + count * low_) % modulus; }
    std::uint32_t value() const
    {
        return static_cast<std::uint32_t>((high_ % modulus) << 16U | low_);
    }

private:
    static constexpr std::uint64_t modulus = 65521;
    std::uint64_t low_ = 1;
    std::uint64_t high_ = 0;
};

using LiteralCodes = std::array<HuffmanCode, literal_symbols>;

LiteralCodes literal_codes(std::span<Token const> tokens)
{
    std::array<std::uint32_t, token_kinds> token_counts{};
    for (auto const token : tokens) ++token_counts[token];
    std::array<std::uint32_t, literal_symbols> counts{};
    std::copy_n(token_counts.begin(), run_base, counts.begin());
    counts[end_of_block] = 1;
    for (auto run = shortest_run; run <= longest_run; ++run)
        counts[length_symbols[run].symbol] += token_counts[run_base + run];
    LiteralCodes codes;
    make_huffman_codes(counts, 15, codes);
    return codes;
}

/// The block's head (RFC 1951, 3.2.7): the lengths of the literal codes and of one distance code,
/// each by a code of its own and without repeats, which would save a hundred bytes in a chunk.
void put_head(BitWriter& writer, LiteralCodes const& codes, bool last)
{
    constexpr std::size_t length_kinds = 19;
    constexpr std::array<std::size_t, length_kinds> order{16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                          11, 4,  12, 3, 13, 2, 14, 1, 15};
    std::array<std::uint32_t, length_kinds> counts{};
    for (auto const& code : codes) ++counts[code.length];
    ++counts[1];  // the distance
    std::array<HuffmanCode, length_kinds> length_codes;
    make_huffman_codes(counts, 7, length_codes);

    writer.put(last ? 1 : 0, 1);
    writer.put(2, 2);  // dynamic codes
    writer.put(literal_symbols - 257, 5);
    writer.put(0, 5);  // one distance code
    writer.put(length_kinds - 4, 4);
    for (auto const kind : order) writer.put(length_codes[kind].length, 3);
    for (auto const& code : codes)
        writer.put(length_codes[code.length].bits, length_codes[code.length].length);
    writer.put(length_codes[1].bits, length_codes[1].length);
}

struct TokenCode {
    std::uint32_t bits;
    std::uint32_t length;
};

/// The bits of each kind of token: a byte's code, or a run's code, extra bits and distance (one
/// bit, zero).
std::array<TokenCode, token_kinds> token_codes(LiteralCodes const& codes)
{
    std::array<TokenCode, token_kinds> table{};
    for (std::size_t byte = 0; byte < run_base; ++byte)
        table[byte] = {codes[byte].bits, codes[byte].length};
    for (auto run = shortest_run; run <= longest_run; ++run) {
        auto const [symbol, extra_bits, extra] = length_symbols[run];
        auto const code = codes[symbol];
        table[run_base + run] = {code.bits | static_cast<std::uint32_t>(extra) << code.length,
                                 static_cast<std::uint32_t>(code.length + extra_bits + 1)};
    }
    return table;
}

void put_block(BitWriter& writer, std::span<Token const> tokens, bool last)
{
    constexpr std::size_t longest_token = 21;  // bits: code, extra bits, distance
    constexpr std::size_t longest_head = 4096;
    writer.reserve(tokens.size() * longest_token + longest_head);
    auto const codes = literal_codes(tokens);
    put_head(writer, codes, last);
    auto const table = token_codes(codes);
    auto local = writer;  // in registers: the bytes written could alias a member
    for (auto const token : tokens) local.put(table[token].bits, table[token].length);
    writer = local;
    writer.put(codes[end_of_block].bits, codes[end_of_block].length);
}

}  // namespace

/// One byte plane as tokens; its bytes enter the check sum.
class SparseDeflate::Tokeniser {
public:
    Tokeniser(std::vector<Token>& tokens, Adler& adler) : tokens_(tokens), adler_(adler) {}

    void operator()(std::span<NonZero const> found, std::size_t plane, std::size_t size)
    {
        std::size_t next = 0;
        tokens_.clear();
        for (auto const& [index, bits] : found) {
            auto const byte = static_cast<std::uint8_t>(bits >> (8 * plane));
            if (byte == 0) continue;
            put_zeros(index - next);
            tokens_.push_back(byte);
            adler_.add(byte);
            next = index + 1;
        }
        put_zeros(size - next);
    }

private:
    /// A zero, and then copies of it from a distance of one byte.
    void put_zeros(std::size_t count)
    {
        if (count == 0) return;
        adler_.add_zeros(count);
        tokens_.push_back(0);
        --count;
        while (count >= shortest_run) {
            auto const run = std::min(count, longest_run);
            tokens_.push_back(static_cast<Token>(run_base + run));
            count -= run;
        }
        tokens_.insert(tokens_.end(), count, Token{0});
    }

    std::vector<Token>& tokens_;
    Adler& adler_;
};

void SparseDeflate::find_non_zero(std::span<float const> values)
{
    found_.resize(values.size());
    std::size_t count = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto const bits = std::bit_cast<std::uint32_t>(values[i]);
        found_[count] = {static_cast<std::uint32_t>(i), bits};
        count += bits != 0;
    }
    found_.resize(count);
}

std::span<std::uint8_t const> SparseDeflate::operator()(std::span<float const> values)
{
    assert(values.size() <= std::numeric_limits<std::uint32_t>::max());
    find_non_zero(values);
    Adler adler;
    Tokeniser tokenise(tokens_, adler);
    BitWriter writer(packed_);
    writer.reserve(16);
    writer.put(0x0178, 16);  // zlib's head: 32 kB window, fastest
    for (std::size_t plane = 0; plane < planes; ++plane) {
        tokenise(found_, plane, values.size());
        put_block(writer, tokens_, plane + 1 == planes);
    }
    writer.reserve(40);
    writer.fill_byte();
    for (unsigned shift = 32; shift > 0; shift -= 8)
        writer.put(adler.value() >> (shift - 8) & 0xffU, 8);
    return std::span(packed_).first(writer.finish());
}

}  // namespace lowcal::data
