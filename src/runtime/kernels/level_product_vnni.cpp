// Compiled for AVX-512 with VNNI.

#include "runtime/kernels/level_product_kernel.hpp"

#include <immintrin.h>

namespace lowcal::runtime {
namespace {

constexpr std::size_t lanes = 16;

/// What becomes of 16 sums.
[[gnu::always_inline]] inline void finish(LevelProduct const& product, __m512i sum, std::size_t row,
                                          std::size_t output)
{
    auto const start = _mm512_loadu_ps(product.start + row * product.start_step + output);
    auto const number = _mm512_add_ps(
        _mm512_mul_ps(_mm512_cvtepi32_ps(sum), _mm512_loadu_ps(product.scale + output)), start);
    auto const leaky = _mm512_mul_ps(number, _mm512_set1_ps(product.slope));
    auto const active = _mm512_max_ps(leaky, number);  // the second where one is NaN
    auto const to = row * product.outputs + output;
    if (product.levels == nullptr) {
        _mm512_storeu_ps(product.numbers + to, active);
        return;
    }
    auto const steps = _mm512_min_ps(_mm512_set1_ps(512.0F),
                                     _mm512_mul_ps(active, _mm512_set1_ps(product.inverse)));
    auto const rounded = _mm512_roundscale_ps(steps, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    auto const level = _mm512_min_ps(
        _mm512_max_ps(_mm512_add_ps(rounded, _mm512_set1_ps(product.zero)), _mm512_setzero_ps()),
        _mm512_set1_ps(255.0F));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(product.levels + to),
                     _mm512_cvtepi32_epi8(_mm512_cvttps_epi32(level)));
}

template <std::size_t rows, std::size_t vectors>
void make_block(LevelProduct const& product, std::size_t row, std::size_t first)
{
    __m512i sums[rows][vectors];
#pragma GCC unroll 16
    for (std::size_t r = 0; r < rows; ++r)
#pragma GCC unroll 4
        for (std::size_t v = 0; v < vectors; ++v) sums[r][v] = _mm512_setzero_si512();
    auto const* source = product.source + row * product.source_step;
    auto const* weights =
        static_cast<std::int8_t const*>(product.weights) + inputs_together * first;
    for (std::size_t k = 0; k < product.inputs; k += inputs_together) {
        __m512i four[vectors];
#pragma GCC unroll 4
        for (std::size_t v = 0; v < vectors; ++v)
            four[v] = _mm512_loadu_si512(weights + v * lanes * inputs_together);
#pragma GCC unroll 16
        for (std::size_t r = 0; r < rows; ++r) {
            std::int32_t levels;
            __builtin_memcpy(&levels, source + r * product.source_step + k, sizeof levels);
            auto const all = _mm512_set1_epi32(levels);
            // By name: GCC 12 copies the sums of the intrinsic at each turn.
#pragma GCC unroll 4
            for (std::size_t v = 0; v < vectors; ++v)
                __asm__("vpdpbusd %2, %1, %0" : "+v"(sums[r][v]) : "v"(all), "v"(four[v]));
        }
        weights += inputs_together * product.outputs;
    }
#pragma GCC unroll 16
    for (std::size_t r = 0; r < rows; ++r)
#pragma GCC unroll 4
        for (std::size_t v = 0; v < vectors; ++v)
            finish(product, sums[r][v], row + r, first + v * lanes);
}

template <std::size_t vectors>
void make_outputs(LevelProduct const& product, std::size_t first)
{
    constexpr std::size_t at_once = vectors == 4 ? 6 : 12;
    std::size_t row = 0;
    for (; row + at_once <= product.rows; row += at_once)
        make_block<at_once, vectors>(product, row, first);
    for (; row + 2 <= product.rows; row += 2) make_block<2, vectors>(product, row, first);
    for (; row < product.rows; ++row) make_block<1, vectors>(product, row, first);
}

}  // namespace

void multiply_levels_vnni(LevelProduct const& product)
{
    std::size_t first = 0;
    for (; first + 4 * lanes <= product.outputs; first += 4 * lanes)
        make_outputs<4>(product, first);
    for (; first < product.outputs; first += lanes) make_outputs<1>(product, first);
}

}  // namespace lowcal::runtime
