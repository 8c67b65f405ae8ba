#pragma once

#include "core/kernels/instruction_set.hpp"

#include <cstddef>

namespace lowcal {

/// result[i] = f(x[i]) for `count` numbers, to 3 units in the last place, with the same bits on
/// every machine; `result` may be `x`. The cube root is that of x >= 0.
LOWCAL_DECLARE_KERNEL(void exponentials(float const* x, float* result, std::size_t count))
LOWCAL_DECLARE_KERNEL(void logarithms(float const* x, float* result, std::size_t count))
LOWCAL_DECLARE_KERNEL(void hyperbolic_tangents(float const* x, float* result, std::size_t count))
LOWCAL_DECLARE_KERNEL(void cube_roots(float const* x, float* result, std::size_t count))

inline constexpr auto exponential_kernels = LOWCAL_KERNEL_VERSIONS(exponentials);
inline constexpr auto logarithm_kernels = LOWCAL_KERNEL_VERSIONS(logarithms);
inline constexpr auto hyperbolic_tangent_kernels = LOWCAL_KERNEL_VERSIONS(hyperbolic_tangents);
inline constexpr auto cube_root_kernels = LOWCAL_KERNEL_VERSIONS(cube_roots);

}  // namespace lowcal
