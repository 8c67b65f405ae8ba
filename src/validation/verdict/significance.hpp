#pragma once

#include <span>

namespace lowcal::validation {

// Probabilities as "sigmas": the size of a standard normal number that is exceeded, on either side,
// with the same probability. They go on growing where the probability itself is too small for a
// double.

/// From the logarithm of a probability in (0, 1].
double sigmas_of_log_probability(double log_probability);

/// Of a Kolmogorov-Smirnov distance between samples of n and m values: lambda = D sqrt(nm/(n+m)),
/// asymptotic distribution (Kolmogorov 1933).
double kolmogorov_sigmas(double lambda);

/// Tail of a statistic whose null distribution is known by some of its values: a gamma distribution
/// with their mean, variance and skewness (Pearson's type III), normal where they have no skewness.
class NullTail {
public:
    explicit NullTail(std::span<float const> values);
    /// One-sided: large values of the statistic speak against the null hypothesis. 0 where the
    /// null values are all alike and so is `value`.
    double sigmas(double value) const;

private:
    double mean_ = 0;
    double deviation_ = 0;
    double skewness_ = 0;
};

}  // namespace lowcal::validation
