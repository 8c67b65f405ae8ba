#pragma once

#include "core/kernels/instruction_set.hpp"

#include <cstddef>

namespace lowcal::runtime {

/// LeakyReLU of [cells][channels] in place, slope 1 for none: slope 0 makes 0 of what is not above
/// 0 and keeps NaN; then, unless null, times the scale and plus the shift of each channel, each
/// rounded by itself.
struct Finish {
    float* numbers = nullptr;
    std::size_t cells = 0;
    std::size_t channels = 0;
    float slope = 1.0F;
    float const* scale = nullptr;
    float const* shift = nullptr;
};

LOWCAL_DECLARE_KERNEL(void finish(Finish const& run))
inline constexpr auto finish_kernels = LOWCAL_KERNEL_VERSIONS(finish);

}  // namespace lowcal::runtime
