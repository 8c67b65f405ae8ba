// Energies of single hits.

#include "graph/passes/pass_drawing.hpp"
#include "graph/patterns/mixture_draw.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::graph {

std::array<float, followed_cells> PassDrawing::followed(Cell const& cell, Phase const& phase) const
{
    auto const& own = layers_[static_cast<std::size_t>(cell.layer)];
    auto const usual_left =
        network_.usual_left[static_cast<std::size_t>(cell.layer * pass_count + phase.pass)];
    float const usual = std::log(std::max(own.left, 0.0F) + config_.unit) +
                        std::log(network_.usual_share[at(cell)] / usual_left);
    auto const near = [&](std::int64_t layer) {
        if (layer < 0 || layer >= config_.layers) return usual;
        float const energy = layers_[static_cast<std::size_t>(layer)].energy;
        if (!(energy > 0)) return usual;
        return logarithms_[at({layer, cell.row, cell.column})] +
               std::log(own.energy + config_.unit) - std::log(energy + config_.unit);
    };
    auto const reach = group_reach[static_cast<std::size_t>(phase.group)];
    return {usual, near(cell.layer - reach),
            near(phase.group > 0 ? cell.layer + reach : cell.layer - 2 * reach)};
}

std::array<float, 2> PassDrawing::beyond_nearest(std::int64_t layer, std::int64_t group) const
{
    auto const log_energy = [&](std::int64_t of) {
        return std::log(layers_[static_cast<std::size_t>(of)].energy + config_.unit);
    };
    auto const beyond = [&](std::int64_t other) {
        bool const there = other >= 0 && other < config_.layers &&
                           layers_[static_cast<std::size_t>(other)].energy > 0;
        return there ? std::clamp(log_energy(layer) - log_energy(other), -most_difference,
                                  most_difference)
                     : 0.0F;
    };
    auto const reach = group_reach[static_cast<std::size_t>(group)];
    return {beyond(layer - reach), beyond(group > 0 ? layer + reach : layer - 2 * reach)};
}

float PassDrawing::draw_energy(Cell const& cell, Phase const& phase, float uniform)
{
    auto const near = followed(cell, phase);
    auto const difference = [&](std::size_t one, std::size_t other) {
        return std::clamp(near[one] - near[other], -most_difference, most_difference);
    };
    features_.assign(second_.begin(), second_.end());
    for (float const one : near) features_.push_back(logarithm_scale * one);
    float const first = difference(1, 0), second = difference(2, 1);
    features_.insert(features_.end(),
                     {first, difference(2, 0), second, first * first / most_difference,
                      second * second / most_difference});
    inner_.resize(static_cast<std::size_t>(config_.energy));
    phase.weights->energy(features_, inner_, true);
    auto const& weights = network_.classes[static_cast<std::size_t>(phase.group)];
    numbers_.resize(static_cast<std::size_t>(config_.class_groups() + 1));
    weights.groups(inner_, numbers_, false);
    auto const choice = choose(numbers_, uniform);
    if (wanted_.surprise != nullptr)
        wanted_.surprise->energies -= static_cast<double>(choice.log_probability);
    return choice.chosen == static_cast<std::size_t>(config_.class_groups())
               ? draw_bright(cell, phase, near, choice.within)
               : draw_faint(weights.classes, choice.chosen, choice.within);
}

float PassDrawing::draw_faint(PassWeights::Dense const& classes, std::size_t group, float uniform)
{
    numbers_.resize(static_cast<std::size_t>(config_.classes));
    classes(inner_, numbers_, false);
    constexpr auto count = static_cast<std::size_t>(group_classes);
    auto const choice = choose(std::span(numbers_).subspan(group * count, count), uniform);
    auto const chosen = group * count + choice.chosen;
    float const width = network_.log_widths[chosen];
    if (wanted_.surprise != nullptr)
        wanted_.surprise->energies += static_cast<double>(std::log(width) - choice.log_probability);
    // Within its class, however it is rounded.
    return std::clamp(network_.edges[chosen] * std::exp(choice.within * width),
                      std::nextafter(network_.edges[chosen], INFINITY), network_.edges[chosen + 1]);
}

std::array<float, 2> PassDrawing::of_place(Cell const& cell, Phase const& phase,
                                           std::array<float, followed_cells> const& near,
                                           std::array<float, window_cells> const& excess) const
{
    auto const place = phase.group * config_.cells() + cell.row * config_.columns + cell.column;
    auto const* const own =
        &network_.bright_places[static_cast<std::size_t>(place * bright_place_numbers)];
    auto const* gain = own;
    float offset = own[bright_regressors];
    for (float const number : excess) offset += *gain++ * number;
    for (std::size_t i = 1; i < near.size(); ++i)
        offset += *gain++ * std::clamp(near[i] - near[0], -most_difference, most_difference);
    for (float const number : beyond_nearest(cell.layer, phase.group)) offset += *gain++ * number;
    return {offset, own[bright_regressors + 1]};
}

float PassDrawing::draw_bright(Cell const& cell, Phase const& phase,
                               std::array<float, followed_cells> const& near, float uniform)
{
    auto const& weights = *phase.weights;
    auto const around = window(cell, phase.group);
    std::array<float, window_cells> excess{};
    for (std::size_t w = 0; w < around.size(); ++w) {
        if (!phase.seen[w] || around[w] < 0) continue;
        auto const there = static_cast<std::size_t>(around[w]);
        float const energy = layers_[there / static_cast<std::size_t>(config_.cells())].energy;
        float const usual = energy * network_.usual_share[there] + config_.unit;
        excess[w] = excess_scale *
                    std::clamp(logarithms_[there] - std::log(usual), -most_excess, most_excess);
    }
    features_.insert(features_.end(), excess.begin(), excess.end());
    inner_.resize(static_cast<std::size_t>(config_.bright));
    inner_second_.resize(inner_.size());
    numbers_.resize(static_cast<std::size_t>(bright_numbers));
    weights.bright_first(features_, inner_, true);
    weights.bright_second(inner_, inner_second_, true);
    weights.bright(inner_second_, numbers_, false);

    constexpr auto components = static_cast<std::size_t>(bright_components);
    float offset = 0;
    for (std::size_t i = 0; i < near.size(); ++i) offset += numbers_[3 * components + i] * near[i];
    for (std::size_t w = 0; w < excess.size(); ++w)
        offset +=
            (numbers_[3 * components + near.size() + w] + weights.bright_window[w]) * excess[w];
    auto const [further, wider] = of_place(cell, phase, near, excess);
    offset += further;
    float const scale = std::exp(std::clamp(wider, narrowest_bright, widest_bright));
    float const least = std::log(network_.edges.back());
    std::array<float, components> means{}, widths{}, possible{};
    for (std::size_t c = 0; c < components; ++c) {
        means[c] = numbers_[components + c] * scale + offset;
        widths[c] = std::exp(
            std::clamp(numbers_[2 * components + c] + wider, narrowest_bright, widest_bright));
        possible[c] = numbers_[c] + log_sigmoid((means[c] - least) / widths[c]);
    }
    auto const choice = choose(possible, uniform);
    auto const c = choice.chosen;
    BrightHit hit{.cell = at(cell),
                  .mean = means[c],
                  .width = widths[c],
                  .below = sigmoid((least - means[c]) / widths[c]),
                  .log_odds = std::log(choice.within / (1.0F - choice.within)),
                  .spread = 0};
    float const energy = energy_of(hit, 0).energy;
    hit.spread = energy * std::min(hit.width, 1.0F);
    bright_.push_back(hit);
    if (wanted_.surprise == nullptr) return energy;
    double density = 0, whole = 0;
    for (std::size_t i = 0; i < components; ++i) {
        double const x = static_cast<double>((std::log(energy) - means[i]) / widths[i]);
        double const half = 1.0 / (2.0 * std::cosh(0.5 * x));
        density += std::exp(static_cast<double>(numbers_[i])) * half * half /
                   static_cast<double>(widths[i]);
        whole += std::exp(static_cast<double>(possible[i]));
    }
    wanted_.surprise->energies -= std::log(density / whole);
    return energy;
}

}  // namespace lowcal::graph
