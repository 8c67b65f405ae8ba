#include "graph/model/half_float.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace lowcal::graph {
namespace {

constexpr std::uint32_t float16_exponent_shift = 112U << 23U;  // difference of the two biases
constexpr float smallest_normal_float16 = 0x1p-14F;
constexpr float smallest_float16 = 0x1p-24F;
constexpr float overflows_float16 = 65520.0F;  // half a step above the largest, 65504

/// Drops the low bits of a float's magnitude, rounding half to even.
std::uint32_t drop_bits(std::uint32_t bits, std::uint32_t count)
{
    auto const last_kept = (bits >> count) & 1U;
    return (bits + (1U << (count - 1U)) - 1U + last_kept) >> count;
}

}  // namespace

float widen_float16(std::uint16_t bits)
{
    auto const sign = (bits & 0x8000U) != 0 ? -1.0F : 1.0F;
    auto const exponent = (bits >> 10U) & 0x1fU;
    auto const mantissa = bits & 0x3ffU;
    if (exponent == 0) return sign * static_cast<float>(mantissa) * smallest_float16;
    if (exponent == 31)
        return mantissa != 0 ? std::numeric_limits<float>::quiet_NaN()
                             : sign * std::numeric_limits<float>::infinity();
    return std::ldexp(sign * static_cast<float>(1024U + mantissa), static_cast<int>(exponent) - 25);
}

std::uint16_t narrow_to_float16(float value)
{
    auto const sign = (std::bit_cast<std::uint32_t>(value) >> 16U) & 0x8000U;
    auto const magnitude = std::fabs(value);
    std::uint32_t result = 0;
    if (std::isnan(value)) {
        result = 0x7e00U;
    } else if (magnitude >= overflows_float16) {
        result = 0x7c00U;
    } else if (magnitude < smallest_normal_float16) {
        result = static_cast<std::uint32_t>(std::nearbyint(magnitude / smallest_float16));
    } else {
        result = drop_bits(std::bit_cast<std::uint32_t>(magnitude) - float16_exponent_shift, 13);
    }
    return static_cast<std::uint16_t>(sign | result);
}

float widen_bfloat16(std::uint16_t bits)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

std::uint16_t narrow_to_bfloat16(float value)
{
    auto const bits = std::bit_cast<std::uint32_t>(value);
    if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16U) | 0x40U);
    return static_cast<std::uint16_t>(drop_bits(bits, 16));
}

}  // namespace lowcal::graph
