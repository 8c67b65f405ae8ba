#include "validation/verdict/significance.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lowcal::validation {
namespace {

constexpr double most_sigmas = 1e6;

/// log of the probability that a standard normal number exceeds z >= 0 on either side.
double log_two_sided(double z)
{
    if (z < 30) return std::log(std::erfc(z / std::numbers::sqrt2));
    return -0.5 * z * z - std::log(z * std::sqrt(std::numbers::pi / 2));
}

/// Probability that a standard normal number exceeds z.
double one_sided(double z)
{
    return 0.5 * std::erfc(z / std::numbers::sqrt2);
}

/// log Q(a, x), the upper regularised incomplete gamma function (Numerical Recipes, 6.2).
double log_upper_gamma(double a, double x)
{
    if (x <= 0) return 0;
    double const log_front = a * std::log(x) - x - std::lgamma(a);
    if (x < a + 1) {
        double term = 1 / a;
        double sum = term;
        for (int n = 1; n < 2000 && term > 1e-16 * sum; ++n) sum += term *= x / (a + n);
        return std::log1p(-std::min(1.0, sum * std::exp(log_front)));
    }
    constexpr double tiny = 1e-300;
    double b = x + 1 - a;
    double c = 1 / tiny;
    double d = 1 / b;
    double fraction = d;
    for (int n = 1; n < 2000; ++n) {
        double const factor = -n * (n - a);
        b += 2;
        d = 1 / std::max(tiny, factor * d + b);
        c = std::max(tiny, b + factor / c);
        fraction *= d * c;
        if (std::abs(d * c - 1) < 1e-14) break;
    }
    return log_front + std::log(fraction);
}

}  // namespace

double sigmas_of_log_probability(double log_probability)
{
    if (!(log_probability < 0)) return 0;
    double low = 0;
    double high = std::min(most_sigmas, 2 + std::sqrt(-2 * log_probability));
    for (int step = 0; step < 100 && high - low > 1e-9 * high; ++step) {
        double const middle = 0.5 * (low + high);
        (log_two_sided(middle) > log_probability ? low : high) = middle;
    }
    return low;
}

double kolmogorov_sigmas(double lambda)
{
    if (lambda < 0.3) return 0;  // probability above 0.99999
    double sum = 0;
    for (int j = 1; j <= 20; ++j)
        sum += (j % 2 == 1 ? 1 : -1) * std::exp(-2 * (j * j - 1.0) * lambda * lambda);
    return sigmas_of_log_probability(std::log(2 * sum) - 2 * lambda * lambda);
}

NullTail::NullTail(std::span<float const> values)
{
    auto const count = static_cast<double>(values.size());
    for (float const value : values) mean_ += static_cast<double>(value);
    mean_ /= count;
    double second = 0;
    double third = 0;
    for (float const value : values) {
        double const distance = static_cast<double>(value) - mean_;
        second += distance * distance / count;
        third += distance * distance * distance / count;
    }
    deviation_ = std::sqrt(second);
    if (deviation_ > 0) skewness_ = third / (second * deviation_);
}

double NullTail::sigmas(double value) const
{
    if (!(deviation_ > 0)) return value > mean_ ? most_sigmas : 0;
    double const distance = (value - mean_) / deviation_;
    if (skewness_ < 0.05) {
        if (distance < 0) return sigmas_of_log_probability(std::log(one_sided(distance)));
        return sigmas_of_log_probability(log_two_sided(distance) - std::log(2.0));
    }
    double const shape = 4 / (skewness_ * skewness_);
    return sigmas_of_log_probability(log_upper_gamma(shape, shape + std::sqrt(shape) * distance));
}

}  // namespace lowcal::validation
