// Layers whose cells are drawn: that they keep their energies, and what they tell others.

#include "runtime/division/block_levels.hpp"
#include "runtime/kernels/division_kernel.hpp"
#include "runtime/passes/shower_passes.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::runtime {

using graph::logarithm_scale;

/// In the order of their layers, and among those as they were drawn.
void ShowerPasses::sort_hits()
{
    auto& by_layer = hits_.by_layer;
    for (auto const slot : slots_) layers_[slot].last_hit = 0;
    for (std::size_t i = 0; i < hits_count_; ++i)
        ++layers_[static_cast<std::size_t>(hits_.layer[i])].last_hit;
    std::size_t before = 0;
    for (auto const slot : slots_) {
        auto& own = layers_[slot];
        own.first_hit = before;
        before += own.last_hit;
        own.last_hit = own.first_hit;
    }
    for (std::size_t i = 0; i < hits_count_; ++i)
        by_layer[layers_[static_cast<std::size_t>(hits_.layer[i])].last_hit++] =
            static_cast<std::int32_t>(i);
}

std::span<std::int32_t const> ShowerPasses::hits_of(Layer const& layer) const
{
    return std::span(hits_.by_layer).subspan(layer.first_hit, layer.last_hit - layer.first_hit);
}

void ShowerPasses::finish_layer(Layer& layer, std::int64_t group)
{
    auto const hits = hits_of(layer);
    if (hits.empty())
        put_whole(layer);
    else
        keep_energy(layer);
    shape_cells_.clear();
    shape_centres_.clear();
    auto const add = [&](std::size_t ordinal, float energy) {
        auto const cell = size(network_.weights.cells[ordinal]);
        shape_cells_.push_back(energy);
        shape_centres_.push_back(network_.weights.centres[2 * cell]);
        shape_centres_.push_back(network_.weights.centres[2 * cell + 1]);
    };
    for (auto const hit : hits)
        add(static_cast<std::size_t>(hits_.ordinal[static_cast<std::size_t>(hit)]),
            hits_.energy[static_cast<std::size_t>(hit)]);
    if (hits.empty()) add(whole_, layer.energy);
    auto const shapes =
        graph::find_layer_shapes(shape_cells_, shape_centres_, {entry_of(layer), 2});
    auto const expected = usual(layer);
    for (std::size_t i = 0; i < layer.beyond.size(); ++i)
        layer.beyond[i] =
            graph::shape_scale * (shapes.numbers[i] - (i < expected.size() ? expected[i] : 0.0F));
    if (group > 0) return;
    auto& shower = showers_[layer.shower];
    for (std::size_t i = 0; i < layer.beyond.size(); ++i) shower.usual_beyond[i] += layer.beyond[i];
    ++shower.weight_beyond;
}

void ShowerPasses::keep_energy(Layer const& layer)
{
    float sum = 0, of_bright = 0, spread = 0;
    std::size_t count = 0;
    auto const hits = hits_of(layer);
    for (auto const hit : hits) {
        auto const i = static_cast<std::size_t>(hit);
        sum += hits_.energy[i];
        if (hits_.bright[i] < 0) continue;
        auto const from = static_cast<std::size_t>(hits_.bright[i]);
        of_bright += hits_.energy[i];
        spread += bright_.spread[from] * bright_.spread[from];
        moved_.mean[count] = bright_.mean[from];
        moved_.width[count] = bright_.width[from];
        moved_.below[count] = bright_.below[from];
        moved_.log_odds[count] = bright_.log_odds[from];
        moved_.spread[count] = bright_.spread[from];
        moved_hits_[count++] = hit;
    }
    float const energy = layer.energy;
    float const wanted = energy - (sum - of_bright);
    if (count == 0 || !(wanted > of_bright * graph::least_bright_share)) {
        for (std::size_t i = 0; i < hits.size(); ++i)
            moved_.energy[i] = std::max(
                hits_.energy[static_cast<std::size_t>(hits[i])] * (energy / sum), config_.least);
        return put_again(layer, hits);
    }
    TiltedHits tilted{.count = count,
                      .hits = moved_.at(0),
                      .most = energy,
                      .least = std::nextafter(network_.weights.edges.back(), INFINITY),
                      .unit = 1.0F / std::sqrt(spread),
                      .tilt = 0};
    for (int step = 0; step < graph::tilt_steps; ++step) {
        auto const [sum_of_bright, slope] = tilt_kernels.fastest()(tilted);
        float const by = std::log(wanted / sum_of_bright) * sum_of_bright /
                         std::max(slope, graph::least_slope * sum_of_bright);
        tilted.tilt =
            std::clamp(tilted.tilt + std::clamp(by, -graph::most_tilt_step, graph::most_tilt_step),
                       -graph::most_tilt, graph::most_tilt);
        if (std::abs(by) < graph::least_tilt_step) break;
    }
    float const factor = wanted / tilt_kernels.fastest()(tilted).energy;
    for (std::size_t i = 0; i < count; ++i) moved_.energy[i] *= factor;
    put_again(layer, std::span(moved_hits_).first(count));
}

/// The energies that are in `moved_`.
void ShowerPasses::put_again(Layer const& layer, std::span<std::int32_t const> hits)
{
    auto* const logarithms = energies_.logarithms.data();
    scaled_logarithm_kernels.fastest()({.count = hits.size(),
                                        .x = moved_.energy.data(),
                                        .unit = config_.unit,
                                        .offset = 1.0F,
                                        .result = logarithms});
    for (std::size_t i = 0; i < hits.size(); ++i) {
        auto const hit = static_cast<std::size_t>(hits[i]);
        hits_.energy[hit] = moved_.energy[i];
        put_cell(layer, static_cast<std::size_t>(hits_.ordinal[hit]), moved_.energy[i],
                 logarithm_scale * logarithms[i]);
    }
}

/// Where no cell became a hit.
void ShowerPasses::put_whole(Layer const& layer)
{
    auto const all = size(config_.cells());
    auto const first = size(layer.layer) * all;
    auto const* const uniforms = uniform_of(layer.shower) + first;
    std::size_t best = 0;
    float most = -INFINITY;
    for (std::size_t i = 0; i < all; ++i) {
        float const likely =
            network_.odds[first + i] - std::log(uniforms[i] / (1.0F - uniforms[i]));
        if (likely <= most) continue;
        most = likely;
        best = i;
    }
    float const energy = layer.energy;
    whole_ = best;
    put_cell(layer, best, energy, logarithm_scale * log_energy(energy));
}

}  // namespace lowcal::runtime
