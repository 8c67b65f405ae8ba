#pragma once

#include "core/instruction_set.hpp"

#include <cstddef>

namespace lowcal::runtime {

/// ReLU of [cells][channels] in place: 0 for what is not above 0, NaN stays NaN; then, unless null,
/// times the scale and plus the shift of each channel, each rounded by itself.
struct Rectification {
    float* numbers = nullptr;
    std::size_t cells = 0;
    std::size_t channels = 0;
    float const* scale = nullptr;
    float const* shift = nullptr;
};

LOWCAL_DECLARE_KERNEL(void rectify(Rectification const& run))
inline constexpr auto rectify_kernels = LOWCAL_KERNEL_VERSIONS(rectify);

}  // namespace lowcal::runtime
