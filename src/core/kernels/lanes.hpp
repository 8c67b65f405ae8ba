#pragma once

// Vectors as wide as the instruction set that a file is compiled for. Only for kernels, which are
// compiled once for each (lowcal_kernels in cmake/LowCalModule.cmake): they include nothing whose
// inline functions could be shared with other files, and all of this is theirs alone.

#include <cstddef>
#include <cstdint>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace lowcal {
namespace {

#if defined(__AVX512F__)
constexpr std::size_t lane_bytes = 64;
#elif defined(__AVX2__)
constexpr std::size_t lane_bytes = 32;
#else
constexpr std::size_t lane_bytes = 16;
#endif

using Floats = float __attribute__((vector_size(lane_bytes)));
using Integers = std::int32_t __attribute__((vector_size(lane_bytes)));
using Words = std::uint32_t __attribute__((vector_size(lane_bytes)));
using Longs = unsigned long long __attribute__((vector_size(lane_bytes)));

constexpr std::size_t lanes = lane_bytes / sizeof(float);

inline Floats load(float const* memory)
{
    Floats result;
    __builtin_memcpy(&result, memory, sizeof(result));
    return result;
}

inline void store(float* memory, Floats x)
{
    __builtin_memcpy(memory, &x, sizeof(x));
}

/// All lanes alike.
inline Floats all(float x)
{
    return x - Floats{};
}
inline Words all(std::uint32_t x)
{
    return x + Words{};
}

/// As std::max: the first where they are equal or cannot be compared.
inline Floats larger(Floats first, Floats second)
{
    return first < second ? second : first;
}

/// As std::min: the first where they are equal or cannot be compared.
inline Floats smaller(Floats first, Floats second)
{
    return second < first ? second : first;
}

inline Floats to_floats(Integers x)
{
    return __builtin_convertvector(x, Floats);
}
/// Towards zero.
inline Integers to_integers(Floats x)
{
    return __builtin_convertvector(x, Integers);
}

/// To the nearest integer, ties to even; |x| < 2^22.
inline Floats rounded(Floats x)
{
    constexpr float unit_spacing = 12582912.0F;  // floats near 1.5 x 2^23 are integers
    return (x + unit_spacing) - unit_spacing;
}

inline Floats square_root(Floats x)
{
#if defined(__AVX512F__)
    return reinterpret_cast<Floats>(_mm512_sqrt_ps(reinterpret_cast<__m512>(x)));
#elif defined(__AVX2__)
    return reinterpret_cast<Floats>(_mm256_sqrt_ps(reinterpret_cast<__m256>(x)));
#elif defined(__SSE2__)
    return reinterpret_cast<Floats>(_mm_sqrt_ps(reinterpret_cast<__m128>(x)));
#else
    for (std::size_t i = 0; i < lanes; ++i) x[i] = __builtin_sqrtf(x[i]);
    return x;
#endif
}

/// a b + c, rounded once. Without such an instruction it takes a dozen others: the product is exact
/// in double, the sum there is rounded to odd, after which the rounding to float cannot go wrong
/// (S. Boldo, G. Melquiond, "Emulation of FMA and correctly rounded sums", IEEE Trans. Comput. 57,
/// 2008).
inline Floats multiply_add(Floats a, Floats b, Floats c)
{
#if defined(__AVX512F__)
    return reinterpret_cast<Floats>(_mm512_fmadd_ps(
        reinterpret_cast<__m512>(a), reinterpret_cast<__m512>(b), reinterpret_cast<__m512>(c)));
#elif defined(__AVX2__) && defined(__FMA__)
    return reinterpret_cast<Floats>(_mm256_fmadd_ps(
        reinterpret_cast<__m256>(a), reinterpret_cast<__m256>(b), reinterpret_cast<__m256>(c)));
#elif defined(__FP_FAST_FMAF)
    for (std::size_t i = 0; i < lanes; ++i) a[i] = __builtin_fmaf(a[i], b[i], c[i]);
    return a;
#else
    using Doubles = double __attribute__((vector_size(2 * lane_bytes)));
    using Bits = long long __attribute__((vector_size(2 * lane_bytes)));
    auto const product = __builtin_convertvector(a, Doubles) * __builtin_convertvector(b, Doubles);
    auto const added = __builtin_convertvector(c, Doubles);
    auto const sum = product + added;
    auto const taken = sum - product;
    auto const error = (product - (sum - taken)) + (added - taken);  // exact
    Bits const above = error > 0.0, below = error < 0.0, negative = sum < 0.0;
    auto bits = reinterpret_cast<Bits>(sum);
    bits += (negative & above) | (~negative & below);  // -1 where it was rounded away from zero
    bits |= (above | below) & 1LL;
    return __builtin_convertvector(reinterpret_cast<Doubles>(bits), Floats);
#endif
}

/// Lanes of two vectors in turn.
struct Zipped {
    Floats low, high;
};
template <std::size_t... i>
inline Zipped zip_lanes(Floats first, Floats second, std::index_sequence<i...>)
{
    return {.low = __builtin_shufflevector(first, second, (i % 2 * lanes + i / 2)...),
            .high = __builtin_shufflevector(first, second, (i % 2 * lanes + (lanes + i) / 2)...)};
}
inline Zipped zip(Floats first, Floats second)
{
    return zip_lanes(first, second, std::make_index_sequence<lanes>{});
}

/// Writes numbers from 0 to 255 as bytes.
inline void store_bytes(std::uint8_t* memory, Integers x)
{
#if defined(__AVX512F__)
    auto const bytes = _mm512_cvtepi32_epi8(reinterpret_cast<__m512i>(x));
    __builtin_memcpy(memory, &bytes, lanes);
#elif defined(__AVX2__)
    auto const whole = reinterpret_cast<__m256i>(x);
    auto const words =
        _mm_packs_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256(whole, 1));
    auto const bytes = _mm_packus_epi16(words, words);
    __builtin_memcpy(memory, &bytes, lanes);
#elif defined(__SSE2__)
    auto const words = _mm_packs_epi32(reinterpret_cast<__m128i>(x), reinterpret_cast<__m128i>(x));
    auto const bytes = _mm_packus_epi16(words, words);
    __builtin_memcpy(memory, &bytes, lanes);
#else
    for (std::size_t i = 0; i < lanes; ++i) memory[i] = static_cast<std::uint8_t>(x[i]);
#endif
}

/// Products of the even lanes, 64 bits each.
inline Longs even_products(Words a, Words b)
{
#if defined(__AVX512F__)
    return reinterpret_cast<Longs>(
        _mm512_mul_epu32(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
    return reinterpret_cast<Longs>(
        _mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
    return reinterpret_cast<Longs>(
        _mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
    return (reinterpret_cast<Longs>(a) & 0xffffffffULL) *
           (reinterpret_cast<Longs>(b) & 0xffffffffULL);
#endif
}

/// Products of 32-bit numbers in two halves.
struct WideProduct {
    Words high, low;
};
inline WideProduct wide_product(Words a, Words b)
{
    constexpr unsigned long long low_half = 0xffffffffULL;
    auto const odd_lanes = [](Words x) {
        return reinterpret_cast<Words>(reinterpret_cast<Longs>(x) >> 32);
    };
    auto const even = even_products(a, b);
    auto const odd = even_products(odd_lanes(a), odd_lanes(b));
    return {.high = reinterpret_cast<Words>((even >> 32) | (odd & ~low_half)),
            .low = reinterpret_cast<Words>((even & low_half) | (odd << 32))};
}

}  // namespace
}  // namespace lowcal
