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
    float const drawn = std::nearbyint(mean + width * std::log(uniform / (1.0F - uniform)));
    return drawn >= least ? std::min(drawn, most) : least;  // also of what is not a number
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
