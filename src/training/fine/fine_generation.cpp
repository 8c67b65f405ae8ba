// Showers of the generator, layer by layer.

#include "training/fine/fine_networks.hpp"
#include "training/fine/layer_memory.hpp"

#include <torch/torch.h>

#include <algorithm>

namespace lowcal::training {
namespace {

using graph::layers_before;

/// A block at the edge that has one child passes on what it holds.
void pass_on_at_the_edge(graph::SplitStage const& stage, std::int64_t layer,
                         SplitLevel const& parents, SplitLevel& children)
{
    bool const by_rows = stage.by_rows();
    if ((by_rows ? stage.children.rows : stage.children.columns) % 2 == 0) return;
    std::int64_t const axis = by_rows ? 1 : 2;
    for (auto const member : {&SplitLevel::energy, &SplitLevel::hits}) {
        auto const last = [&](SplitLevel const& level) {
            return (level.*member).select(1, layer).select(axis, -1);
        };
        last(children).copy_(last(parents));
    }
}

/// Both children of the blocks, `first` and `second` of [blocks] each.
void put_children(graph::SplitStage const& stage, BlockIndex const& blocks, SplitLevel const& first,
                  SplitLevel const& second, SplitLevel& children)
{
    auto const places = children_of(stage, blocks);
    for (auto const member : {&SplitLevel::energy, &SplitLevel::hits}) {
        auto& all = children.*member;
        all.index_put_({blocks.shower, blocks.layer, places.row, places.column}, first.*member);
        all.index_put_({blocks.shower, blocks.layer, places.other_row, places.other_column},
                       second.*member);
    }
}

}  // namespace

void FineGeneratorImpl::draw_layer_hits(std::int64_t layer, LayerFacts& facts,
                                        torch::Tensor const& uniform)
{
    auto const own = uniform.narrow(1, layer * form().layer_uniforms(), graph::root_uniforms);
    auto const features = layer_features(facts, units());
    auto const shower = torch::arange(facts.energy.size(0), facts.energy.device());
    auto const mixture = layer_hits(features, facts.hits, shower, torch::full_like(shower, layer));
    auto const energy = facts.energy.select(1, layer);
    auto const most =
        torch::floor(energy / units().least).clamp(0, static_cast<double>(tree_.cells.count()));
    auto const drawn =
        torch::round(
            torch::exp(draw(mixture, own).clamp(graph::least_log_hits, graph::most_log_hits)))
            .clamp_min(1);
    auto const hits = facts.hits.select(1, layer);
    hits.copy_(torch::minimum(drawn, most));
    auto const usual = usual_shapes(usual_shapes_, facts.energy, units());
    facts.hits_beyond.select(1, layer).copy_(
        graph::shape_scale * (torch::log1p(hits) - usual.select(1, layer).select(1, 0)));
}

void FineGeneratorImpl::remember(std::int64_t layer, std::vector<SplitLevel> const& levels,
                                 torch::Tensor const& beyond, LayerFacts& facts) const
{
    auto const shapes =
        layer_shapes(levels.back().energy.narrow(1, layer, 1), cell_centres_, facts.entry);
    auto const usual = usual_shapes(usual_shapes_, facts.energy, units()).narrow(1, layer, 1);
    beyond.narrow(1, layer, 1).copy_(beyond_usual(shapes, usual));
    facts.memory = memory_of(beyond, levels.front().energy.flatten(1), units());
}

torch::Tensor FineGeneratorImpl::divide(LayerFacts facts, torch::Tensor const& uniform)
{
    torch::NoGradGuard const no_gradient;
    auto const showers = facts.energy.size(0);
    auto const options = facts.energy.options();
    facts.development = widths_.development;
    facts.hits = torch::zeros_like(facts.energy);
    facts.hits_beyond = torch::zeros_like(facts.energy);
    auto const beyond = torch::zeros({showers, geometry_.layers(), graph::shape_numbers}, options);
    facts.memory = memory_of(beyond, facts.hits, units());
    std::vector<SplitLevel> levels;
    auto const add_level = [&](graph::BlockGrid const& grid) {
        auto const empty =
            torch::zeros({showers, geometry_.layers(), grid.rows, grid.columns}, options);
        levels.push_back({.energy = empty, .hits = empty.clone()});
    };
    add_level({});
    for (auto const& stage : tree_.stages) add_level(stage.children);
    for (std::int64_t layer = 0; layer < geometry_.layers(); ++layer) {
        draw_layer_hits(layer, facts, uniform);
        auto const hits = facts.hits.select(1, layer);
        levels.front().hits.select(1, layer).copy_(hits.view({-1, 1, 1}));
        levels.front().energy.select(1, layer).copy_(
            (facts.energy.select(1, layer) * (hits > 0)).view({-1, 1, 1}));
        SplitSurroundings surroundings{.parents = {},
                                       .children = {},
                                       .layers = layer_features(facts, units()),
                                       .entry = facts.entry,
                                       .one_layer = true};
        for (std::size_t s = 0; s < tree_.stages.size(); ++s) {
            surroundings.usual = usual_[s];
            divide_level(s, layer, levels, surroundings, uniform);
        }
        remember(layer, levels, beyond, facts);
    }
    return levels.back()
        .energy.narrow(2, tree_.lead.rows, tree_.cells.rows)
        .narrow(3, tree_.lead.columns, tree_.cells.columns)
        .contiguous();
}

void FineGeneratorImpl::divide_level(std::size_t s, std::int64_t layer,
                                     std::vector<SplitLevel>& levels,
                                     SplitSurroundings surroundings, torch::Tensor const& uniform)
{
    auto const& stage = tree_.stages[s];
    auto const unit = units();
    auto first_uniform = layer * form().layer_uniforms() + graph::root_uniforms;
    for (std::size_t before = 0; before < s; ++before)
        first_uniform += graph::block_uniforms * tree_.stages[before].parents.count();
    auto const one = [&](SplitLevel const& level, std::int64_t first, std::int64_t count) {
        return SplitLevel{.energy = level.energy.narrow(1, first, count),
                          .hits = level.hits.narrow(1, first, count)};
    };
    auto& children = levels[s + 1];
    auto const parents = one(levels[s], layer, 1);
    surroundings.parents = around(parents, unit, geometry_);
    auto const before = std::min(layer, layers_before);
    surroundings.children =
        around(one(children, layer - before, before + 1), unit, geometry_, layers_before - before);
    pass_on_at_the_edge(stage, layer, levels[s], children);
    auto const forms = form().divisions(stage);
    for (std::size_t d = 0; d < forms.size(); ++d) {
        auto const& [pass, of_single] = forms[d];
        auto blocks = divided_blocks(parents.hits, stage, forms[d], widths_.single > 0);
        if (blocks.count() == 0) continue;
        auto const energy = block_values(parents.energy, blocks);
        auto const hits = block_values(parents.hits, blocks);
        blocks.layer = torch::full_like(blocks.layer, layer);
        if (pass == 1)
            surroundings.known = around_known(one(children, layer, 1), stage, unit, geometry_);
        auto division = divisions_[s][d];
        auto const views = features_[s](surroundings, blocks, energy, hits, unit, pass);
        auto const trunk = division->trunk(views.features, blocks);
        auto const bounds = hit_bounds(tree_, stage, blocks, hits);
        auto const number = blocks.row * stage.parents.columns + blocks.column;
        auto const places_of_uniform =
            (first_uniform + graph::block_uniforms * number).unsqueeze(1) +
            torch::arange(graph::block_uniforms, number.options());
        auto const own = uniform.index_select(0, blocks.shower).gather(1, places_of_uniform);
        auto const first = hits_at(
            draw(hit_mixture(division->hit_numbers(trunk), views.odds.hits), own.narrow(1, 0, 2)),
            hits, bounds.least, bounds.most);
        auto const second = hits - first;
        auto first_energy = torch::where(first == 0, torch::zeros_like(energy), energy);
        if (!of_single) {
            auto const excess = (energy - hits * unit.least).clamp_min(0);
            auto const mixture = energy_mixture(
                division->energy_numbers(trunk, first, second), views.odds.energy, anchors_,
                {.excess = excess, .first = first, .second = second, .least = unit.least});
            auto const share = torch::sigmoid(draw(mixture, own.narrow(1, 2, 2)));
            first_energy = torch::where((first == 0) | (second == 0), first_energy,
                                        first * unit.least + share * excess);
        }
        put_children(stage, blocks, {.energy = first_energy, .hits = first},
                     {.energy = energy - first_energy, .hits = second}, children);
    }
}

}  // namespace lowcal::training
