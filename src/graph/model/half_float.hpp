#pragma once

#include <cstdint>

namespace lowcal::graph {

/// IEEE 754 binary16 and bfloat16, by their bits. Widening is exact; narrowing rounds half to even,
/// overflows to infinity and keeps NaN.
float widen_float16(std::uint16_t bits);
std::uint16_t narrow_to_float16(float value);
float widen_bfloat16(std::uint16_t bits);
std::uint16_t narrow_to_bfloat16(float value);

}  // namespace lowcal::graph
