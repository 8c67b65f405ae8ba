#include "graph/patterns/mixture_draw.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::graph {

float sigmoid(float x)
{
    return 1.0F / (1.0F + std::exp(-x));
}

float log_sigmoid(float x)
{
    return -std::log1p(std::exp(-x));
}

Choice choose(std::span<float const> log_weights, float uniform)
{
    float const largest = *std::ranges::max_element(log_weights);
    float total = 0;
    for (float const weight : log_weights) total += std::exp(weight - largest);
    std::size_t chosen = 0;
    float own = std::exp(log_weights[0] - largest) / total;
    float below = own;
    while (chosen + 1 < log_weights.size() && uniform >= below) {
        own = std::exp(log_weights[++chosen] - largest) / total;
        below += own;
    }
    return {.chosen = chosen,
            .within =
                std::clamp((uniform - (below - own)) / own, uniform_margin, 1.0F - uniform_margin),
            .log_probability = log_weights[chosen] - largest - std::log(total)};
}

float draw_mixture(std::span<float const> numbers, std::size_t components,
                   MixtureScale const& scale, float offset, std::span<float const> uniform)
{
    auto const chosen = choose(numbers.first(components), uniform[0]).chosen;
    float const mean = numbers[components + chosen] * scale.mean + scale.shift + offset;
    float const width =
        std::exp(std::clamp(numbers[2 * components + chosen], scale.narrowest, scale.widest));
    float const u = std::clamp(uniform[1], uniform_margin, 1.0F - uniform_margin);
    return mean + width * std::log(u / (1.0F - u));
}

}  // namespace lowcal::graph
