#include "graph/patterns/split_weights.hpp"

#include "core/error.hpp"
#include "graph/patterns/stored_numbers.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::graph {
namespace {

/// The same levels for `count` inputs, none for `without` more.
std::vector<NumberLevels> levels_for(std::int64_t count, NumberLevels const& levels,
                                     std::int64_t without = 0)
{
    std::vector<NumberLevels> inputs(static_cast<std::size_t>(count), levels);
    inputs.resize(static_cast<std::size_t>(count + without));
    return inputs;
}

/// The levels and dense layers of an int8 network's division: see visit.
template <class Visitor>
void visit_rounded(SplitNetworkConfig const& config, SplitWeights& all, std::size_t s,
                   SplitNetworkConfig::Division const& form, SplitWeights::Division& division,
                   Visitor& visitor)
{
    division.features.resize(static_cast<std::size_t>(odds_features + own_features));
    for (auto& levels : division.features) visitor.levels(levels);
    for (auto* levels : {&division.of_first, &division.of_second}) visitor.levels(*levels);
    if (!form.of_single) visitor.levels(division.of_inner);
    auto const trunk = form.of_single ? config.single : config.trunk;
    auto const energy = config.energy;
    visitor.rounded(
        division.first, config.features(form.pass) + place_numbers + layer_numbers, trunk,
        levels_of_features(config, division.features, all.blocks[s], all.blocks[s + 1], form.pass));
    visitor.rounded(division.second, trunk, trunk, levels_for(trunk, division.of_first));
    visitor.rounded(division.hits, trunk, hit_numbers, levels_for(trunk, division.of_second));
    if (form.of_single) return;
    visitor.rounded(division.inner, trunk + division_features, energy,
                    levels_for(trunk, division.of_second, division_features));
    visitor.rounded(division.energy, energy, energy_numbers, levels_for(energy, division.of_inner));
}

/// What the numbers of a network are: each place once, in their order. Visitors are those of
/// stored_numbers.hpp.
template <class Visitor>
void visit(SplitNetworkConfig const& config, SplitWeights& all, Visitor& visitor)
{
    visitor.numbers(all.anchors, anchored_components);
    visitor.numbers(all.usual_shapes, config.layers * shape_regressors * usual_shapes);
    all.blocks.resize(config.tree.stages.size() + 1);
    if (config.int8)
        for (auto& scales : all.blocks) visitor.scales(scales);
    visitor.numbers(all.root_layers, config.layers * layer_numbers);
    visitor.dense(all.root_first, config.root_inputs(), root_width);
    visitor.dense(all.root_second, root_width, root_width);
    visitor.dense(all.root, root_width, root_numbers);
    all.stages.resize(config.tree.stages.size());
    for (std::size_t s = 0; s < all.stages.size(); ++s) {
        auto const& form = config.tree.stages[s];
        auto& stage = all.stages[s];
        visitor.numbers(stage.usual_hits, config.layers * form.parents.count());
        visitor.numbers(stage.usual_energy, config.layers * form.parents.count());
        auto const divisions = config.divisions(form);
        stage.divisions.resize(divisions.size());
        for (std::size_t d = 0; d < divisions.size(); ++d) {
            auto const& [pass, of_single] = divisions[d];
            auto& division = stage.divisions[d];
            visitor.numbers(division.places, form.parents.count() * place_numbers);
            visitor.numbers(division.layers, config.layers * layer_numbers);
            if (config.int8) {
                visit_rounded(config, all, s, divisions[d], division, visitor);
                continue;
            }
            auto const first = config.features(pass) + place_numbers + layer_numbers;
            auto const trunk = of_single ? config.single : config.trunk;
            visitor.dense(division.first, first, trunk);
            visitor.dense(division.second, trunk, trunk);
            visitor.dense(division.hits, trunk, hit_numbers);
            if (of_single) continue;
            visitor.dense(division.inner, trunk + division_features, config.energy);
            visitor.dense(division.energy, config.energy, energy_numbers);
        }
    }
}

}  // namespace

float NumberLevels::operator()(float x) const
{
    return std::clamp(std::nearbyint(x * (1.0F / scale)) + zero, 0.0F, highest_level) - zero;
}

void SplitWeights::Dense::operator()(std::span<float const> in, std::span<float> out,
                                     bool leaky) const
{
    std::ranges::copy(bias, out.begin());
    auto const* row = weights.data();
    for (std::size_t i = 0; i < in.size(); ++i) {
        bool const rounded = !levels.empty() && levels[i].scale > 0;
        float const number = rounded ? levels[i](in[i]) : in[i];
        for (std::size_t o = 0; o < out.size(); ++o) out[o] += number * row[o];
        row += out.size();
    }
    if (leaky)
        for (float& number : out) number = number > 0 ? number : split_slope * number;
}

SplitCounts split_counts(SplitNetworkConfig const& config)
{
    SplitWeights nothing;
    NumberCounter counter;
    visit(config, nothing, counter);
    return counter.counts();
}

SplitWeights::SplitWeights(SplitNetworkConfig const& config, std::span<float const> numbers,
                           std::span<std::int8_t const> levels)
    : centres(cell_centres(config))
{
    NumberReader reader("divide layers", numbers, levels);
    reader.require(split_counts(config));
    visit(config, *this, reader);
    reader.finish();
    for (std::size_t s = 0; s < stages.size(); ++s)
        stages[s].centres = child_centres(config, config.tree.stages[s]);
}

SplitWeights::Stored SplitWeights::stored(SplitNetworkConfig const& config) const
{
    auto copy = *this;
    NumberWriter writer;
    visit(config, copy, writer);
    return writer.stored();
}

FeaturePlaces feature_places(SplitNetworkConfig const& config, int pass)
{
    // Energies and hits, but of the layer furthest before, of which hits are not seen.
    constexpr std::int64_t windows = 2 * parent_window + (2 * layers_before - 1) * child_window;
    auto const own = windows + config.layer_features();
    auto const known = own + odds_features + own_features;
    return {.layer = windows,
            .own = own,
            .known = known,
            .end = known + (pass == 1 ? 2 * child_window : 0)};
}

std::vector<NumberLevels> levels_of_features(SplitNetworkConfig const& config,
                                             std::vector<NumberLevels> const& features,
                                             SplitWeights::BlockScales const& parents,
                                             SplitWeights::BlockScales const& children, int pass)
{
    auto const places = feature_places(config, pass);
    std::vector<NumberLevels> levels;
    auto const add = [&](SplitWeights::BlockScales const& scales, std::int64_t blocks) {
        for (std::int64_t i = 0; i < blocks; ++i) {
            levels.push_back({.scale = scales.energy});
            levels.push_back({.scale = scales.hits});
        }
    };
    add(parents, parent_window);
    add(children, (layers_before - 1) * child_window);
    levels.insert(levels.end(), static_cast<std::size_t>(child_window), {.scale = children.energy});
    levels.resize(static_cast<std::size_t>(places.own));
    levels.insert(levels.end(), features.begin(), features.end());
    if (pass == 1) add(children, child_window);
    levels.resize(static_cast<std::size_t>(places.end + place_numbers + layer_numbers));
    return levels;
}

}  // namespace lowcal::graph
