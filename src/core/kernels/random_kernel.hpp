#pragma once

#include "core/kernels/instruction_set.hpp"

#include <cstddef>
#include <cstdint>

namespace lowcal {

/// Counter-based random numbers of one item: Philox4x32-10 of (item, block, stream).
struct PhiloxItem {
    std::uint64_t seed = 0;
    std::uint64_t item = 0;
    std::uint32_t stream = 0;
};

/// Fills `out` with standard normal numbers (Box-Muller), four for each block of Philox.
LOWCAL_DECLARE_KERNEL(void normals(PhiloxItem const& item, float* out, std::size_t count))
/// Fills `out` with uniform numbers in (0, 1), four for each block of Philox.
LOWCAL_DECLARE_KERNEL(void uniforms(PhiloxItem const& item, float* out, std::size_t count))

inline constexpr auto normal_kernels = LOWCAL_KERNEL_VERSIONS(normals);
inline constexpr auto uniform_kernels = LOWCAL_KERNEL_VERSIONS(uniforms);

}  // namespace lowcal
