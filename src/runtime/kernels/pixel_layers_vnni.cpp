// Compiled for AVX-512 with VNNI.

#include "runtime/kernels/pixel_layers_vnni.hpp"

#include <immintrin.h>

namespace lowcal::runtime {
namespace {

constexpr std::size_t channels = PixelLayers::channels;
constexpr std::size_t half = channels / 2;  // one vector of sums
constexpr std::size_t vector_bytes = 64;

template <std::size_t pixels>
struct Sums {
    __m512i of[pixels][2];
};

/// Sums of the products of all inputs for 32 outputs of some pixels. The number of inputs is known
/// so that no loop is left: GCC 12 would copy all sums at each of its turns.
template <std::size_t inputs, std::size_t pixels>
Sums<pixels> multiply(PixelLayers::Layer const& layer, std::uint8_t const* source)
{
    Sums<pixels> sums;
    for (auto& pixel : sums.of) {
        pixel[0] = _mm512_loadu_si512(layer.start);
        pixel[1] = _mm512_loadu_si512(layer.start + half);
    }
#pragma GCC unroll 8
    for (std::size_t k = 0; k < inputs; k += PixelLayers::together) {
        auto const* const weights = layer.weights + k * channels;
        auto const low = _mm512_loadu_si512(weights);
        auto const high = _mm512_loadu_si512(weights + vector_bytes);
#pragma GCC unroll 8
        for (std::size_t p = 0; p < pixels; ++p) {
            std::int32_t four;
            __builtin_memcpy(&four, source + p * inputs + k, sizeof four);
            auto const levels = _mm512_set1_epi32(four);
            sums.of[p][0] = _mm512_dpbusd_epi32(sums.of[p][0], levels, low);
            sums.of[p][1] = _mm512_dpbusd_epi32(sums.of[p][1], levels, high);
        }
    }
    return sums;
}

/// (sum + bias) x scale of the first or second half of the outputs.
__m512 number_of(PixelLayers::Layer const& layer, __m512i sum, std::size_t first)
{
    auto const biased = _mm512_add_ps(_mm512_cvtepi32_ps(sum), _mm512_loadu_ps(layer.bias + first));
    return _mm512_mul_ps(biased, _mm512_loadu_ps(layer.scale + first));
}

template <std::size_t inputs, std::size_t pixels>
void run_some(PixelLayers const& layers, std::uint8_t const* source, float* result)
{
    alignas(vector_bytes) std::uint8_t hidden[pixels * channels];
    auto sums = multiply<inputs, pixels>(layers.first, source);
    auto const slope = _mm512_set1_ps(layers.slope);
    auto const shift = _mm512_set1_ps(layers.shift);
    auto const highest = _mm512_set1_ps(255.0F);
    for (std::size_t p = 0; p < pixels; ++p)
        for (std::size_t v = 0; v < 2; ++v) {
            auto const number = number_of(layers.first, sums.of[p][v], v * half);
            auto const active = _mm512_max_ps(number, _mm512_mul_ps(number, slope));
            auto const level =
                _mm512_cvtps_epi32(_mm512_min_ps(_mm512_add_ps(active, shift), highest));
            auto const bytes =
                _mm512_cvtusepi32_epi8(_mm512_max_epi32(level, _mm512_setzero_si512()));
            _mm_store_si128(reinterpret_cast<__m128i*>(hidden + p * channels + v * half), bytes);
        }
    // Else GCC takes the levels out of the registers, by twice as many instructions.
    __asm__ volatile("" : "+m"(hidden));
    sums = multiply<channels, pixels>(layers.second, hidden);
    auto const mask = (std::uint64_t{1} << layers.outputs) - 1;
    for (std::size_t p = 0; p < pixels; ++p) {
        auto* const row = result + p * layers.outputs;
        _mm512_mask_storeu_ps(row, static_cast<__mmask16>(mask),
                              number_of(layers.second, sums.of[p][0], 0));
        _mm512_mask_storeu_ps(row + half, static_cast<__mmask16>(mask >> half),
                              number_of(layers.second, sums.of[p][1], half));
    }
}

template <std::size_t inputs>
void run_all(PixelLayers const& layers, std::size_t pixels, std::uint8_t const* source,
             float* result)
{
    constexpr std::size_t at_once = 8;  // sixteen sums in registers
    std::size_t first = 0;
    for (; first + at_once <= pixels; first += at_once)
        run_some<inputs, at_once>(layers, source + first * inputs, result + first * layers.outputs);
    for (; first < pixels; ++first)
        run_some<inputs, 1>(layers, source + first * inputs, result + first * layers.outputs);
}

}  // namespace

void run_pixel_layers_vnni(PixelLayers const& layers, std::size_t pixels,
                           std::uint8_t const* source, float* result)
{
    if (layers.inputs == channels / 2) return run_all<channels / 2>(layers, pixels, source, result);
    run_all<channels>(layers, pixels, source, result);
}

}  // namespace lowcal::runtime
