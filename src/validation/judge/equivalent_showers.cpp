#include "validation/judge/equivalent_showers.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace lowcal::validation {
namespace {

constexpr std::size_t quantiles = 20;
constexpr double sigmas_known = 2;

/// The candidate's shares in the quantiles of the reference.
std::array<double, quantiles> shares_of(std::vector<float> const& sorted_reference,
                                        std::vector<float> const& candidate)
{
    std::array<double, quantiles> shares{};
    auto const count = sorted_reference.size();
    for (float const value : candidate) {
        auto const [low, high] =
            std::equal_range(sorted_reference.begin(), sorted_reference.end(), value);
        auto const below = static_cast<std::size_t>(low - sorted_reference.begin()) +
                           static_cast<std::size_t>(high - sorted_reference.begin());
        auto const quantile = std::min(quantiles - 1, below * quantiles / (2 * count));
        shares[quantile] += 1 / static_cast<double>(candidate.size());
    }
    return shares;
}

EquivalentShowers worth_of(std::vector<float> reference, std::vector<float> const& candidate)
{
    std::ranges::sort(reference);
    constexpr auto bins = static_cast<double>(quantiles);
    constexpr double variance = 1 - 1 / bins;  // of one shower
    double const per_shower =
        1 / static_cast<double>(reference.size()) + 1 / static_cast<double>(candidate.size());
    double distance = 0;
    for (double const share : shares_of(reference, candidate))
        distance += (share - 1 / bins) * (share - 1 / bins);
    double const bias = distance - variance * per_shower;
    // Of a sum of squares of multinomial differences, whose covariance is per_shower / J (1 - 1/J)
    // on the diagonal: 2 tr C^2 + 4 d C d.
    double const error = std::sqrt(2 * per_shower * per_shower * (bins - 1) / (bins * bins) +
                                   4 * per_shower * std::max(0.0, bias) / bins);
    bool const is_limit = bias < sigmas_known * error;
    double const most = is_limit ? std::max(0.0, bias) + sigmas_known * error : bias;
    return {0, variance / (most + variance / generated_showers), is_limit};
}

}  // namespace

std::vector<EquivalentShowers> equivalent_showers(PooledSample const& pool,
                                                  Residuals const& residuals)
{
    std::vector<EquivalentShowers> result;
    for (std::size_t observable = 0; observable < residuals.columns().observables; ++observable) {
        std::array<std::vector<float>, 2> values;
        for (std::size_t i = 0; i < pool.count(); ++i)
            values[pool.labels[i]].push_back(residuals.value(i, observable));
        if (std::min(values[0].size(), values[1].size()) < quantiles) continue;
        if (!(residuals.spread(observable) > 0)) continue;
        result.push_back(worth_of(std::move(values[0]), values[1]));
        result.back().observable = observable;
    }
    return result;
}

}  // namespace lowcal::validation
