#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lowcal::data {

/// Packs float32 numbers, most of them zero, the way HDF5's shuffle and deflate filters would.
///
/// The result is a zlib stream (RFC 1950, 1951) of the numbers' bytes, all lowest bytes first, then
/// all second ones and so on: any HDF5 reads it back. Only runs of zeros are sought, as the bytes
/// of neighbouring cells hardly repeat: time goes with the number of cells that are not zero. Keeps
/// its buffers from call to call; one thread.
class SparseDeflate {
public:
    /// The packed bytes, valid until the next call.
    std::span<std::uint8_t const> operator()(std::span<float const> values);

private:
    struct NonZero {
        std::uint32_t index;
        std::uint32_t bits;
    };
    using Token = std::uint16_t;
    class Tokeniser;

    void find_non_zero(std::span<float const> values);

    std::vector<NonZero> found_;
    std::vector<Token> tokens_;
    std::vector<std::uint8_t> packed_;
};

}  // namespace lowcal::data
