#pragma once

#include "core/kernels/instruction_set.hpp"

#include <cstddef>
#include <cstdint>

namespace lowcal::runtime {

/// The largest of the numbers' bit patterns, as unsigned integers: finite numbers from 0 on have
/// patterns under that of infinity, negative ones (and -0) the largest of all.
LOWCAL_DECLARE_KERNEL(std::uint32_t largest_pattern(float const* numbers, std::size_t count))
inline constexpr auto cell_check_kernels = LOWCAL_KERNEL_VERSIONS(largest_pattern);

}  // namespace lowcal::runtime
