#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lowcal::data {

/// A symbol's bits as deflate wants them: lowest bit first.
struct HuffmanCode {
    std::uint16_t bits = 0;
    std::uint8_t length = 0;  ///< 0: the symbol does not occur
};

/// Canonical Huffman codes (RFC 1951, 3.2.2) for symbols that occur `counts` times, none longer
/// than `longest` bits. `codes` has the size of `counts`, at most 288. At least two symbols get a
/// code, as some readers refuse a tree of one.
void make_huffman_codes(std::span<std::uint32_t const> counts, unsigned longest,
                        std::span<HuffmanCode> codes);

}  // namespace lowcal::data
