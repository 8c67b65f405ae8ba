#pragma once

#include <cstddef>
#include <cstdint>

namespace lowcal::runtime {

/// Two int8 layers that every pixel of an image goes through (convolutions of 1 x 1), from uint8 to
/// uint8 levels to float32. With the arithmetic of oneDNN, each operation rounded by itself:
///
///     sum    = source x weights + start                  32-bit integers
///     number = (sum + bias) x scale                      float32
///     hidden = LeakyReLU(number) + shift, rounded to the nearest, even where two are, 0 to 255
///     result = number of the second layer
struct PixelLayers {
    static constexpr std::size_t channels = 32;  ///< at most, hidden and output ones
    static constexpr std::size_t together = 4;   ///< inputs whose weights lie together

    /// Constants of one layer, padded with zeros to `channels` outputs.
    struct Layer {
        std::int8_t const* weights = nullptr;  ///< [inputs / together][channels][together]
        std::int32_t const* start = nullptr;   ///< what the source's zero point takes
        float const* bias = nullptr;
        float const* scale = nullptr;
    };
    Layer first, second;      ///< the second has `channels` inputs
    std::size_t inputs = 0;   ///< of the first, a multiple of `together`
    std::size_t outputs = 0;  ///< of the second
    float slope = 1.0F;       ///< of LeakyReLU, 0 to 1
    float shift = 0.0F;       ///< zero point of the hidden levels
};

/// `source` [pixels][inputs], `result` [pixels][outputs].
using PixelLayersKernel = void (*)(PixelLayers const& layers, std::size_t pixels,
                                   std::uint8_t const* source, float* result);

/// Null where the CPU, or oneDNN's cap on it, has no AVX-512 with VNNI.
PixelLayersKernel pixel_layers_kernel();

}  // namespace lowcal::runtime
