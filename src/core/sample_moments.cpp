#include "core/sample_moments.hpp"

#include <cmath>

namespace lowcal {

double mean_of(std::span<double const> values)
{
    if (values.empty()) return not_known;
    double sum = 0;
    for (double const value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

double deviation_of(std::span<double const> values)
{
    if (values.size() < 2) return not_known;
    double const mean = mean_of(values);
    double squares = 0;
    for (double const value : values) squares += (value - mean) * (value - mean);
    return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

}  // namespace lowcal
