#include "graph/patterns/split_ranges.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace lowcal::graph {
namespace {

constexpr float highest_weight = 127;
/// Of a number that calibration only met at 0.
constexpr float any_scale = 1.0F / highest_level;

SplitWeights::BlockScales scales_of(SplitRanges::Block const& ranges)
{
    return {.energy = ranges.energy.levels().scale, .hits = ranges.hits.levels().scale};
}

/// Weights of inputs with levels become levels themselves, so that outputs keep their means.
void round_weights(SplitWeights::Dense& dense, std::vector<NumberLevels> levels,
                   InputMeans const& means)
{
    dense.levels = std::move(levels);
    auto const outputs = static_cast<std::size_t>(dense.outputs);
    dense.scales.assign(outputs, 0.0F);
    auto const each = [&](auto const& act) {
        for (std::size_t i = 0; i < dense.levels.size(); ++i)
            for (std::size_t o = 0; o < outputs && dense.levels[i].scale > 0; ++o)
                act(dense.weights[i * outputs + o], o, i);
    };
    each([&](float& weight, std::size_t o, std::size_t i) {
        weight *= dense.levels[i].scale;
        dense.scales[o] = std::max(dense.scales[o], std::abs(weight) / highest_weight);
    });
    for (float& scale : dense.scales)
        if (scale == 0) scale = any_scale;
    each([&](float& weight, std::size_t o, std::size_t i) {
        float const rounded = dense.scales[o] * std::nearbyint(weight / dense.scales[o]);
        dense.bias[o] += (weight - rounded) * means[i] / dense.levels[i].scale;
        weight = rounded;
    });
}

std::vector<NumberLevels> all(std::int64_t count, NumberLevels const& levels)
{
    return std::vector(static_cast<std::size_t>(count), levels);
}

void round_division(SplitNetworkConfig const& config, SplitNetworkConfig::Division const& form,
                    SplitWeights::Division& division, SplitRanges::Division const& ranges,
                    SplitWeights::BlockScales const& parents,
                    SplitWeights::BlockScales const& children)
{
    auto const& means = ranges.means;
    division.features.clear();
    for (auto const& range : ranges.features) division.features.push_back(range.levels());
    division.of_first = ranges.of_first.levels();
    division.of_second = ranges.of_second.levels();
    division.of_inner = ranges.of_inner.levels();
    round_weights(division.first,
                  levels_of_features(config, division.features, parents, children, form.pass),
                  means.first);
    round_weights(division.second, all(division.second.inputs, division.of_first), means.second);
    round_weights(division.hits, all(division.hits.inputs, division.of_second), means.hits);
    if (form.of_single) return;
    auto inner = all(division.inner.inputs, {});
    std::fill_n(inner.begin(), config.trunk, division.of_second);
    round_weights(division.inner, std::move(inner), means.inner);
    round_weights(division.energy, all(config.energy, division.of_inner), means.energy);
}

}  // namespace

void NumberRange::widen(float number)
{
    least = std::min(least, number);
    largest = std::max(largest, number);
}

NumberLevels NumberRange::levels() const
{
    float const scale = (largest - least) / highest_level;
    if (!std::isnormal(scale) || !std::isfinite(1.0F / scale)) return {.scale = any_scale};
    return {.scale = scale, .zero = std::nearbyint(-least / scale)};
}

void InputMeans::add(std::span<float const> inputs)
{
    sums_.resize(inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) sums_[i] += static_cast<double>(inputs[i]);
    ++count_;
}

float InputMeans::operator[](std::size_t input) const
{
    return count_ == 0 ? 0.0F : static_cast<float>(sums_[input] / static_cast<double>(count_));
}

SplitRanges::SplitRanges(SplitNetworkConfig const& config) : blocks(config.tree.stages.size() + 1)
{
    for (auto const& stage : config.tree.stages)
        divisions.emplace_back(config.divisions(stage).size(),
                               Division{.features = std::vector<NumberRange>(
                                            static_cast<std::size_t>(odds_features + own_features)),
                                        .of_first = {},
                                        .of_second = {},
                                        .of_inner = {}});
}

std::size_t SplitRanges::complete(SplitNetworkConfig const& config)
{
    struct Place {
        std::size_t stage = 0, division = 0;
        bool of_single = false;
    };
    std::vector<Place> met, unmet;
    for (std::size_t s = 0; s < divisions.size(); ++s) {
        auto const forms = config.divisions(config.tree.stages[s]);
        for (std::size_t d = 0; d < forms.size(); ++d)
            (divisions[s][d].means.first.count() > 0 ? met : unmet)
                .push_back({s, d, forms[d].of_single});
    }
    if (met.empty() && !unmet.empty())
        throw InputError("no block was divided", "the layers of all showers are empty");
    for (auto const& place : unmet) {
        auto const distance = [&](Place const& other) {
            auto const stages =
                std::abs(static_cast<long>(other.stage) - static_cast<long>(place.stage));
            return std::pair(other.of_single != place.of_single, stages);
        };
        auto const closest = *std::ranges::min_element(met, {}, distance);
        auto ranges = divisions[closest.stage][closest.division];
        ranges.means = {};  // of other weights
        divisions[place.stage][place.division] = std::move(ranges);
    }
    return unmet.size();
}

Int8Split int8_split(SplitNetworkConfig config, SplitWeights weights, SplitRanges const& ranges)
{
    config.int8 = true;
    for (std::size_t b = 0; b < weights.blocks.size(); ++b)
        weights.blocks[b] = scales_of(ranges.blocks[b]);
    for (std::size_t s = 0; s < weights.stages.size(); ++s) {
        auto const forms = config.divisions(config.tree.stages[s]);
        for (std::size_t d = 0; d < forms.size(); ++d)
            round_division(config, forms[d], weights.stages[s].divisions[d], ranges.divisions[s][d],
                           weights.blocks[s], weights.blocks[s + 1]);
    }
    return {.config = std::move(config), .weights = std::move(weights)};
}

}  // namespace lowcal::graph
