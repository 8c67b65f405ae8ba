#pragma once

#include <span>

namespace lowcal {

/// Mean; NaN without values.
double mean_of(std::span<double const> values);

/// Standard deviation with N - 1 in the denominator; NaN for fewer than two values.
double deviation_of(std::span<double const> values);

}  // namespace lowcal
