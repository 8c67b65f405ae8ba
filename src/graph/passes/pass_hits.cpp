#include "graph/passes/pass_hits.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lowcal::graph {
PassHits::PassHits(PassConfig const& config, std::int64_t pass, float const* numbers, float left)
{
    most = std::min(left, static_cast<float>(config.pass_size(pass)));
    least = std::min(most, std::max(0.0F, left - static_cast<float>(config.cells_behind(pass))));
    float const share = 1.0F / (1.0F + std::exp(-numbers[0]));
    mean = left * share;
    float const variance = std::max(mean * (1.0F - share), least_count_variance);
    width = least_count_width +
            std::exp(std::clamp(numbers[1], narrowest_count, widest_count)) * std::sqrt(variance);
}

float PassHits::draw(float uniform) const
{
    auto const height = static_cast<double>(uniform);
    float hits = mean >= least ? std::min(std::nearbyint(mean), most) : least;
    while (hits < most && height > up_to(hits)) ++hits;
    while (hits > least && height <= up_to(hits - 1)) --hits;
    return hits;
}

double PassHits::log_probability(float hits) const
{
    return std::log((hits >= most ? 1.0 : up_to(hits)) - (hits <= least ? 0.0 : up_to(hits - 1)));
}

double PassHits::up_to(float hits) const
{
    auto const deviations = static_cast<double>(hits + 0.5F - mean) / static_cast<double>(width);
    return 0.5 * std::erfc(-deviations / std::numbers::sqrt2);
}

}  // namespace lowcal::graph
