#include "graph/passes/pass_hits.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::graph {
namespace {

double logistic(double x)
{
    return 1.0 / (1.0 + std::exp(-x));
}

}  // namespace

PassHits::PassHits(PassConfig const& config, std::int64_t pass, float const* numbers, float left)
{
    std::int64_t behind = 0;
    for (auto other = pass + 1; other < pass_count; ++other) behind += config.pass_size(other);
    most = std::min(left, static_cast<float>(config.pass_size(pass)));
    least = std::min(most, std::max(0.0F, left - static_cast<float>(behind)));
    float const share = 1.0F / (1.0F + std::exp(-numbers[0]));
    mean = left * share;
    width = least_count_width + std::exp(std::clamp(numbers[1], narrowest_count, widest_count)) *
                                    std::sqrt(mean * (1.0F - share));
}

float PassHits::draw(float uniform) const
{
    return std::clamp(std::nearbyint(mean + width * std::log(uniform / (1.0F - uniform))), least,
                      most);
}

double PassHits::log_probability(float hits) const
{
    auto const below = [&](float limit) {
        return logistic(static_cast<double>(limit - mean) / static_cast<double>(width));
    };
    double const up_to = hits >= most ? 1.0 : below(hits + 0.5F);
    double const under = hits <= least ? 0.0 : below(hits - 0.5F);
    return std::log(up_to - under);
}

}  // namespace lowcal::graph
