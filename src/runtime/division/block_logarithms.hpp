#pragma once

#include "runtime/kernels/division_kernel.hpp"

#include <vector>

namespace lowcal::runtime {

/// Room for `count` numbers and what draws and logarithms touch behind them.
inline std::vector<float> with_padding(std::size_t count)
{
    return std::vector<float>(count + draw_padding);
}

/// log(offset + x / unit) of the first `count` numbers.
inline void take_logarithms(std::vector<float> const& x, std::size_t count, float unit,
                            float offset, std::vector<float>& result)
{
    scaled_logarithm_kernels.fastest()(
        {.count = count, .x = x.data(), .unit = unit, .offset = offset, .result = result.data()});
}

}  // namespace lowcal::runtime
