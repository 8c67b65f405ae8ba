#include "core/area_under_curve.hpp"

#include "core/sample_moments.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lowcal {
namespace {

/// The share of `sorted` below each score, equal ones counting half.
std::vector<double> shares_below(std::span<float const> scores, std::vector<float> const& sorted)
{
    std::vector<double> shares;
    shares.reserve(scores.size());
    for (float const score : scores) {
        auto const [low, high] = std::equal_range(sorted.begin(), sorted.end(), score);
        auto const below = static_cast<double>(low - sorted.begin());
        auto const equal = static_cast<double>(high - low);
        shares.push_back((below + 0.5 * equal) / static_cast<double>(sorted.size()));
    }
    return shares;
}

double error_of_mean(std::vector<double> const& values)
{
    return deviation_of(values) / std::sqrt(static_cast<double>(values.size()));
}

}  // namespace

AreaUnderCurve area_under_curve(std::span<float const> reference, std::span<float const> candidate)
{
    if (reference.empty() || candidate.empty()) return {not_known, not_known};
    std::vector<float> sorted_reference(reference.begin(), reference.end());
    std::vector<float> sorted_candidate(candidate.begin(), candidate.end());
    std::ranges::sort(sorted_reference);
    std::ranges::sort(sorted_candidate);
    auto const beaten = shares_below(candidate, sorted_reference);
    double const area = mean_of(beaten);
    if (reference.size() < 2 || candidate.size() < 2) return {area, not_known};
    auto const losing = shares_below(reference, sorted_candidate);
    return {area, std::hypot(error_of_mean(beaten), error_of_mean(losing))};
}

}  // namespace lowcal
