#include "graph/patterns/shower_development.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace lowcal::graph {

void find_development(std::span<float const> layers, std::span<ShowerDevelopment> result)
{
    assert(layers.size() == result.size());
    float total = 0, first = 0;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        total += layers[layer];
        first += static_cast<float>(layer) * layers[layer];
    }
    if (!(total > 0)) {
        std::ranges::fill(result, ShowerDevelopment{});
        return;
    }
    float const mean = first / total;
    float squares = 0, before = 0;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        float const distance = static_cast<float>(layer) - mean;
        squares += layers[layer] * distance * distance;
    }
    float const length = std::sqrt(squares / total);
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        float const half = 0.5F * layers[layer];
        result[layer] = {.before = before + half,
                         .behind = std::max(total - before - half, 0.0F),
                         .depth = mean - static_cast<float>(layer),
                         .length = length};
        before += layers[layer];
    }
}

}  // namespace lowcal::graph
