#pragma once

#include <limits>
#include <span>

namespace lowcal {

/// A number that cannot be told, such as the mean of no values: NaN.
constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

/// Mean; not known without values.
double mean_of(std::span<double const> values);

/// Standard deviation with N - 1 in the denominator; not known for fewer than two values.
double deviation_of(std::span<double const> values);

}  // namespace lowcal
