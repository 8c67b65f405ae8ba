#include "graph/patterns/shower_division.hpp"

#include "graph/patterns/mixture_draw.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace lowcal::graph {
namespace {

float followed(std::span<float const> numbers, std::array<float, followed_odds> const& odds)
{
    float offset = 0;
    auto const gains = numbers.last(followed_odds);
    for (std::size_t i = 0; i < odds.size(); ++i) offset += gains[i] * odds[i];
    return offset;
}

/// What is left of a number that is kept as a level of this scale, if any.
float as_level(float number, float scale)
{
    return scale > 0 ? scale * NumberLevels{.scale = scale}(number) : number;
}

void widen(NumberRange& range, std::span<float const> numbers)
{
    for (float const number : numbers) range.widen(number);
}

}  // namespace

ShowerDivision::ShowerDivision(SplitNetworkConfig const& config, SplitWeights const& network,
                               SplitNetwork::Shower const& shower, SplitRanges* ranges)
    : config_(config),
      network_(network),
      shower_(shower),
      ranges_(ranges),
      layer_hits_(static_cast<std::size_t>(config.layers)),
      development_(static_cast<std::size_t>(config.layers))
{
    find_development(shower.layers, development_);
    auto const add = [&](BlockGrid const& grid) {
        auto const blocks = static_cast<std::size_t>(config.layers * grid.count());
        auto const number = levels_.size();
        levels_.push_back({.scales = network.blocks[number],
                           .met = ranges == nullptr ? nullptr : &ranges->blocks[number],
                           .grid = grid,
                           .energy = std::vector<float>(blocks),
                           .hits = std::vector<float>(blocks),
                           .log_energy = std::vector<float>(blocks),
                           .log_hits = std::vector<float>(blocks)});
    };
    add({});
    for (auto const& stage : config.tree.stages) add(stage.children);
}

void ShowerDivision::run(std::span<float> cells)
{
    auto const& tree = config_.tree;
    for (std::int64_t layer = 0; layer < config_.layers; ++layer) {
        draw_layer_hits(layer);
        for (std::size_t s = 0; s < tree.stages.size(); ++s) divide_level(s, layer);
        remember(layer);
        for (std::int64_t row = 0; row < tree.cells.rows; ++row)
            for (std::int64_t column = 0; column < tree.cells.columns; ++column)
                cells[static_cast<std::size_t>(
                    (layer * tree.cells.rows + row) * tree.cells.columns + column)] =
                    levels_.back().energy[place(
                        levels_.back(), {layer, row + tree.lead.rows, column + tree.lead.columns})];
    }
}

std::size_t ShowerDivision::place(Level const& level, Block const& block) const
{
    return static_cast<std::size_t>(
        (block.layer * level.grid.rows + block.row) * level.grid.columns + block.column);
}

float ShowerDivision::log_energy(float energy) const
{
    return std::log1p(energy / config_.unit);
}

void ShowerDivision::put(Level& level, Block const& block, float energy, float hits)
{
    auto const at = place(level, block);
    level.energy[at] = energy;
    level.hits[at] = hits;
    level.log_energy[at] = as_level(log_energy(energy), level.scales.energy);
    level.log_hits[at] = as_level(std::log1p(hits), level.scales.hits);
    if (level.met == nullptr) return;
    level.met->energy.widen(level.log_energy[at]);
    level.met->hits.widen(level.log_hits[at]);
}

ShowerDivision::Numbers ShowerDivision::around(Level const& level, Block block) const
{
    auto const within = [](std::int64_t& at, std::int64_t size, bool round) {
        if (round && size >= least_round) at = (at + size) % size;
        return at >= 0 && at < size;
    };
    if (block.layer < 0 || !within(block.row, level.grid.rows, config_.round_rows) ||
        !within(block.column, level.grid.columns, config_.round_columns))
        return {};
    auto const at = place(level, block);
    return {.log_energy = level.log_energy[at], .log_hits = level.log_hits[at]};
}

void ShowerDivision::remember(std::int64_t layer)
{
    auto const& cells = levels_.back();
    auto const count = static_cast<std::size_t>(cells.grid.count());
    auto const shapes = find_layer_shapes(
        std::span(cells.energy).subspan(static_cast<std::size_t>(layer) * count, count),
        network_.centres, shower_.entry);
    if (!(shapes.energy > 0)) return memory_.fade();
    memory_.add(shapes.numbers, usual(layer), log_energy(shapes.energy));
}

void ShowerDivision::draw_layer_hits(std::int64_t layer)
{
    features_.clear();
    add_layer(layer, false);
    for (std::int64_t back = 1; back <= remembered_hits; ++back)
        features_.push_back(
            layer < back ? 0.0F : std::log1p(layer_hits_[static_cast<std::size_t>(layer - back)]));
    auto const learnt =
        std::span(network_.root_layers)
            .subspan(static_cast<std::size_t>(layer * layer_numbers), layer_numbers);
    features_.insert(features_.end(), learnt.begin(), learnt.end());
    std::array<float, root_width> first{}, second{};
    network_.root_first(features_, first, true);
    network_.root_second(first, second, true);
    numbers_.resize(static_cast<std::size_t>(network_.root.outputs));
    network_.root(second, numbers_, false);
    auto const uniform = shower_.uniform.subspan(
        static_cast<std::size_t>(layer * config_.layer_uniforms()), root_uniforms);
    float const logarithm = draw_mixture(numbers_, hit_components, root_scale, 0, uniform);
    float const energy = shower_.layers[static_cast<std::size_t>(layer)];
    float const most = std::clamp(std::floor(energy / config_.least), 0.0F,
                                  static_cast<float>(config_.tree.cells.count()));
    float const drawn = std::max(
        1.0F, std::nearbyint(std::exp(std::clamp(logarithm, least_log_hits, most_log_hits))));
    float const hits = std::min(drawn, most);
    layer_hits_[static_cast<std::size_t>(layer)] = hits;
    hits_beyond_ = shape_scale * (std::log1p(hits) - usual(layer)[0]);
    put(levels_.front(), {layer, 0, 0}, hits > 0 ? energy : 0.0F, hits);
}

void ShowerDivision::divide_level(std::size_t s, std::int64_t layer)
{
    auto const& stage = config_.tree.stages[s];
    auto const& parents = levels_[s];
    std::int64_t first_uniform = layer * config_.layer_uniforms() + root_uniforms;
    for (std::size_t before = 0; before < s; ++before)
        first_uniform += block_uniforms * config_.tree.stages[before].parents.count();
    for (int pass = 0; pass < stage.passes; ++pass)
        for (std::int64_t row = 0; row < stage.parents.rows; ++row)
            for (std::int64_t column = 0; column < stage.parents.columns; ++column) {
                Block const block{layer, row, column};
                auto const at = place(parents, block);
                if (parents.hits[at] == 0) continue;
                if (!stage.divides(row, column)) {
                    if (pass == 0)
                        put(levels_[s + 1],
                            {layer, stage.child_row(row), stage.child_column(column)},
                            parents.energy[at], parents.hits[at]);
                    continue;
                }
                if (stage.pass_of(row, column) != pass) continue;
                auto const number = row * stage.parents.columns + column;
                divide_block(s, block, pass,
                             shower_.uniform.subspan(
                                 static_cast<std::size_t>(first_uniform + block_uniforms * number),
                                 block_uniforms));
            }
}

void ShowerDivision::anchor_components(float first, float second, float excess, float offset)
{
    constexpr auto all = static_cast<std::size_t>(energy_components);
    constexpr auto of_odds = static_cast<std::size_t>(odds_components);
    constexpr auto anchored = static_cast<std::size_t>(anchored_components);
    for (std::size_t i = 0; i < of_odds; ++i) numbers_[all + i] += offset / energy_scale.mean;
    float const small = excess_offset * config_.least;
    for (std::size_t i = of_odds; i < all; ++i) {
        auto const which = (i - of_odds) % anchored;
        bool const of_first = i < of_odds + anchored;
        float const place = std::exp(network_.anchors[which] + anchor_step * numbers_[all + i]);
        if ((of_first ? first : second) != 1 || place >= excess) {
            numbers_[i] = impossible;
            continue;
        }
        float const odds = std::log(place + small) - std::log(excess - place + small);
        numbers_[all + i] = (of_first ? odds : -odds) / energy_scale.mean;
    }
}

float ShowerDivision::draw_hits(SplitStage const& form, SplitWeights::Division const& division,
                                Block const& block, float hits,
                                std::array<float, followed_odds> const& odds,
                                std::span<float const> uniform)
{
    first_.resize(static_cast<std::size_t>(division.first.outputs));
    trunk_.resize(static_cast<std::size_t>(division.second.outputs));
    division.first(features_, first_, true);
    division.second(first_, trunk_, true);
    if (met_ != nullptr) {
        widen(met_->of_first, first_);
        widen(met_->of_second, trunk_);
        met_->means.first.add(features_);
        met_->means.second.add(first_);
        met_->means.hits.add(trunk_);
    }
    numbers_.resize(static_cast<std::size_t>(division.hits.outputs));
    division.hits(trunk_, numbers_, false);
    auto const cells = config_.tree.cells_of_children(form, block.row, block.column);
    float const drawn =
        draw_mixture(numbers_, hit_components, hit_scale, followed(numbers_, odds), uniform);
    return std::min(std::max(std::floor(sigmoid(drawn) * (hits + 1.0F)),
                             std::max(hits - static_cast<float>(cells[1]), 0.0F)),
                    std::min(hits, static_cast<float>(cells[0])));
}

float ShowerDivision::draw_energy(SplitWeights::Division const& division, float energy, float first,
                                  float second, std::array<float, followed_odds> const& odds,
                                  std::span<float const> uniform)
{
    if (first == 0) return 0;
    if (second == 0) return energy;
    trunk_.insert(
        trunk_.end(),
        {std::log1p(first), std::log1p(second), std::log((first + 0.5F) / (second + 0.5F)),
         first == 1 ? 1.0F : 0.0F, second == 1 ? 1.0F : 0.0F, first == second ? 1.0F : 0.0F});
    inner_.resize(static_cast<std::size_t>(config_.energy));
    division.inner(trunk_, inner_, true);
    if (met_ != nullptr) {
        widen(met_->of_inner, inner_);
        met_->means.inner.add(trunk_);
        met_->means.energy.add(inner_);
    }
    numbers_.resize(static_cast<std::size_t>(division.energy.outputs));
    division.energy(inner_, numbers_, false);
    float const excess = std::max(energy - (first + second) * config_.least, 0.0F);
    anchor_components(first, second, excess, followed(numbers_, odds));
    float const share =
        sigmoid(draw_mixture(numbers_, energy_components, energy_scale, 0, uniform));
    return first * config_.least + share * excess;
}

void ShowerDivision::divide_block(std::size_t s, Block const& block, int pass,
                                  std::span<float const> uniform)
{
    auto const& form = config_.tree.stages[s];
    auto const at = place(levels_[s], block);
    float const energy = levels_[s].energy[at];
    float const hits = levels_[s].hits[at];
    auto const which = config_.division_of(pass, hits);
    auto const& division = network_.stages[s].divisions[which];
    if (ranges_ != nullptr) met_ = &ranges_->divisions[s][which];
    auto const odds = gather(s, block, pass, division);
    float const first = draw_hits(form, division, block, hits, odds.hits, uniform.first(2));
    float const second = hits - first;
    float const of_first =
        draw_energy(division, energy, first, second, odds.energy, uniform.last(2));
    Block const child{block.layer, form.child_row(block.row), form.child_column(block.column)};
    put(levels_[s + 1], child, of_first, first);
    put(levels_[s + 1],
        {block.layer, child.row + (form.by_rows() ? 1 : 0),
         child.column + (form.by_rows() ? 0 : 1)},
        energy - of_first, second);
}

}  // namespace lowcal::graph
