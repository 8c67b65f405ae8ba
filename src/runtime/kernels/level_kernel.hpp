#pragma once

#include "core/kernels/instruction_set.hpp"

#include <cstddef>
#include <cstdint>

namespace lowcal::runtime {

/// QuantizeLinear of a run of numbers: x / scale rounded to the nearest integer, ties to even, plus
/// the zero point, kept in 0 to 255.
struct LevelRun {
    float const* source = nullptr;
    std::uint8_t* result = nullptr;
    std::size_t count = 0;
    float scale = 1.0F;
    float zero_point = 0.0F;
};

/// False if one of the numbers is NaN, which has no level.
LOWCAL_DECLARE_KERNEL(bool round_to_levels(LevelRun const& run))
inline constexpr auto level_kernels = LOWCAL_KERNEL_VERSIONS(round_to_levels);

}  // namespace lowcal::runtime
