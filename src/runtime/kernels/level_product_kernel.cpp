#include "runtime/kernels/level_product_kernel.hpp"

#include "core/kernels/lanes.hpp"

namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET {
namespace {

constexpr std::size_t most_rows = lane_bytes == 64 ? 8 : 4;
constexpr std::size_t vectors = level_outputs_together / lanes;
constexpr std::size_t pair = 2;

/// Sums of two neighbouring products of 16-bit integers.
Integers multiply_pairs(Integers a, Integers b)
{
#if defined(__AVX512BW__)
    return reinterpret_cast<Integers>(
        _mm512_madd_epi16(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
    return reinterpret_cast<Integers>(
        _mm256_madd_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
    return reinterpret_cast<Integers>(
        _mm_madd_epi16(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
    return ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
#endif
}

using Halves = std::uint16_t __attribute__((vector_size(lane_bytes)));

/// Four levels as two pairs, for all lanes: the even ones, the odd ones.
struct LevelPairs {
    Integers even, odd;

    explicit LevelPairs(std::uint8_t const* levels)
    {
        std::int32_t four;
        __builtin_memcpy(&four, levels, sizeof four);
        auto const all_lanes = reinterpret_cast<Halves>(Integers{} + four);
        even = reinterpret_cast<Integers>(all_lanes & 0xFF);
        odd = reinterpret_cast<Integers>(all_lanes >> 8);
    }
};

template <std::size_t rows>
void make_block(LevelProduct const& product, std::size_t row, std::size_t first)
{
    Integers sums[rows][vectors] = {};
    auto const* const source = product.source + row * product.source_step;
    auto const* weights = static_cast<std::int16_t const*>(product.weights) + pair * first;
    for (std::size_t k = 0; k < product.inputs; k += inputs_together) {
        Integers even[vectors], odd[vectors];
        for (std::size_t v = 0; v < vectors; ++v) {
            __builtin_memcpy(&even[v], weights + pair * v * lanes, sizeof even[v]);
            __builtin_memcpy(&odd[v], weights + pair * (product.outputs + v * lanes),
                             sizeof odd[v]);
        }
        for (std::size_t r = 0; r < rows; ++r) {
            LevelPairs const levels(source + r * product.source_step + k);
            for (std::size_t v = 0; v < vectors; ++v)
                sums[r][v] +=
                    multiply_pairs(levels.even, even[v]) + multiply_pairs(levels.odd, odd[v]);
        }
        weights += inputs_together * product.outputs;
    }
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t v = 0; v < vectors; ++v) {
            auto const output = first + v * lanes;
            auto const* const start = product.start + (row + r) * product.start_step + output;
            auto const number = to_floats(sums[r][v]) * load(product.scale + output) + load(start);
            auto const active = larger(number, number * product.slope);
            auto const to = (row + r) * product.outputs + output;
            if (product.levels == nullptr) {
                store(product.numbers + to, active);
                continue;
            }
            auto const level = smaller(
                larger(rounded(smaller(active * product.inverse, all(512.0F))) + product.zero,
                       Floats{}),
                all(255.0F));
            store_bytes(product.levels + to, to_integers(level));
        }
}

}  // namespace

void multiply_levels(LevelProduct const& product)
{
    for (std::size_t first = 0; first < product.outputs; first += level_outputs_together) {
        std::size_t row = 0;
        for (; row + most_rows <= product.rows; row += most_rows)
            make_block<most_rows>(product, row, first);
        for (; row < product.rows; ++row) make_block<1>(product, row, first);
    }
}

}  // namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET
