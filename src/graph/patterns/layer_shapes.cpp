#include "graph/patterns/layer_shapes.hpp"

#include <cmath>

namespace lowcal::graph {

LayerShapes find_layer_shapes(std::span<float const> cells, std::span<float const> centres,
                              std::span<float const> entry)
{
    float hits = 0, energy = 0, squares = 0, by_energy = 0, by_hits = 0;
    std::array<float, 2> centre{};
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
        float const own = cells[cell];
        if (own == 0) continue;
        std::array<float, 2> distance{};
        for (std::size_t i = 0; i < 2; ++i) distance[i] = centres[2 * cell + i] - entry[i];
        float const square = distance[0] * distance[0] + distance[1] * distance[1];
        ++hits;
        energy += own;
        squares += own * own;
        by_energy += own * square;
        by_hits += square;
        for (std::size_t i = 0; i < 2; ++i) centre[i] += own * distance[i];
    }
    if (!(energy > 0)) return {};
    return {
        .numbers = {std::log1p(hits), 0.5F * std::log(by_energy / energy + nearest),
                    0.5F * std::log(by_hits / hits + nearest), std::log(squares / energy / energy),
                    centre[0] / energy, centre[1] / energy},
        .energy = energy};
}

}  // namespace lowcal::graph
