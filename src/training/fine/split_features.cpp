#include "training/fine/split_features.hpp"

#include "graph/patterns/split_network.hpp"

#include <torch/torch.h>

#include <limits>

namespace lowcal::training {
namespace {

using graph::layers_around;
using graph::layers_before;
using graph::least_round;
using graph::neighbours;
using graph::SplitStage;
using graph::usual_unit;

constexpr std::int64_t margin = 3;  ///< blocks around a level

/// Margins along one axis of [N, layers, rows, columns, 2].
torch::Tensor with_margin(torch::Tensor const& blocks, std::int64_t axis, bool round)
{
    if (round && blocks.size(axis) >= least_round) {
        auto const size = blocks.size(axis);
        return torch::cat(
            {blocks.narrow(axis, size - margin, margin), blocks, blocks.narrow(axis, 0, margin)},
            axis);
    }
    std::vector<std::int64_t> ends(static_cast<std::size_t>(2 * (5 - axis)), 0);
    ends[ends.size() - 2] = ends[ends.size() - 1] = margin;
    return torch::constant_pad_nd(blocks, ends);
}

torch::Tensor centres_of(graph::SplitTree const& tree, SplitStage const& stage,
                         ShowerGeometry const& geometry)
{
    graph::SplitNetworkConfig config{.tree = tree};
    config.round_rows = geometry.goes_round(0);
    config.round_columns = geometry.goes_round(1);
    return torch::tensor(graph::child_centres(config, stage)).view({stage.parents.count(), 2, 2});
}

/// What blocks tell of themselves: [blocks, own_features]; `distance` [blocks, children, 2] is from
/// where the primary entered, `layer_row` the features of their layers.
torch::Tensor own_numbers(torch::Tensor const& energy, torch::Tensor const& hits,
                          torch::Tensor const& distance, torch::Tensor const& layer_row,
                          SplitUnits const& units)
{
    auto const radius = 0.5 * torch::log(distance.square().sum(2) + graph::nearest);
    auto const log_energy = logarithm(energy, units).unsqueeze(1);
    std::vector<torch::Tensor> own{
        log_energy, torch::log1p(hits).unsqueeze(1),
        torch::log(energy / hits / units.energy + graph::least_hit).unsqueeze(1)};
    for (double const few : {1.0, 2.0, 3.0})
        own.push_back((hits == few).to(energy.scalar_type()).unsqueeze(1));
    own.push_back(graph::distance_unit * distance.mean(1));
    own.push_back(radius);
    own.push_back(log_energy - layer_row.narrow(1, layers_around, 1));
    return torch::cat(own, 1);
}

/// [N, layers, development_numbers], as graph::find_development finds them.
torch::Tensor development(torch::Tensor const& energy, SplitUnits const& units)
{
    auto const total = energy.sum(1, true);
    auto const layer = torch::arange(energy.size(1), energy.options());
    auto const share = energy / total.clamp_min(std::numeric_limits<float>::min());
    auto const mean = (share * layer).sum(1, true);
    auto const length = (share * (layer - mean).square()).sum(1, true).sqrt();
    auto const before = energy.cumsum(1) - 0.5 * energy;
    auto const behind = (total - before).clamp_min(0);
    auto const there = (total > 0).to(energy.scalar_type());
    return torch::stack({(logarithm(before, units) - logarithm(behind, units)) / usual_unit,
                         graph::depth_unit * there * (mean - layer),
                         (graph::depth_unit * length).expand_as(energy)},
                        2);
}

}  // namespace

torch::Tensor logarithm(torch::Tensor const& energy, SplitUnits const& units)
{
    return torch::log1p(energy / units.energy);
}

torch::Tensor layer_features(LayerFacts const& facts, SplitUnits const& units)
{
    auto const layers = facts.energy.size(1);
    auto const padded =
        torch::constant_pad_nd(logarithm(facts.energy, units), {layers_around, layers_around});
    std::vector<torch::Tensor> features;
    for (std::int64_t i = 0; i <= 2 * layers_around; ++i)
        features.push_back(padded.narrow(1, i, layers).unsqueeze(2));
    features.push_back(torch::stack({torch::log1p(facts.hits), facts.hits_beyond}, 2));
    auto const total = logarithm(facts.energy.sum(1, true), units);
    features.push_back(
        torch::cat({facts.primary, facts.entry, total}, 1).unsqueeze(1).expand({-1, layers, -1}));
    features.push_back(facts.memory);
    if (facts.development) features.push_back(development(facts.energy, units));
    return torch::cat(features, 2);
}

torch::Tensor around(SplitLevel const& level, SplitUnits const& units,
                     ShowerGeometry const& geometry, std::int64_t before)
{
    auto blocks = torch::stack({logarithm(level.energy, units), torch::log1p(level.hits)}, 4);
    blocks = with_margin(with_margin(blocks, 3, geometry.goes_round(1)), 2, geometry.goes_round(0));
    return before == 0 ? blocks : torch::constant_pad_nd(blocks, {0, 0, 0, 0, 0, 0, before, 0});
}

torch::Tensor around_known(SplitLevel const& children, SplitStage const& stage,
                           SplitUnits const& units, ShowerGeometry const& geometry)
{
    auto mask = torch::zeros({stage.children.rows, stage.children.columns});
    auto fields = mask.accessor<float, 2>();
    for (std::int64_t i = 0; i < stage.children.rows; ++i)
        for (std::int64_t j = 0; j < stage.children.columns; ++j) {
            bool const by_rows = stage.by_rows();
            fields[i][j] = stage.pass_of(by_rows ? i / 2 : i, by_rows ? j : j / 2) == 0 ? 1.F : 0.F;
        }
    mask = mask.to(children.energy.device());
    return around({.energy = children.energy * mask, .hits = children.hits * mask}, units,
                  geometry);
}

SplitFeatures::SplitFeatures(graph::SplitTree const& tree, std::size_t stage,
                             ShowerGeometry const& geometry)
    : stage_(tree.stages[stage]), geometry_(geometry), centres_(centres_of(tree, stage_, geometry))
{
}

torch::Tensor SplitFeatures::window(torch::Tensor const& blocks, torch::Tensor const& first,
                                    bool of_children) const
{
    // Children: three of the layer around the two, and one across; six by three in all.
    std::int64_t low_row = -neighbours, high_row = neighbours;
    auto low_column = low_row, high_column = high_row;
    if (of_children) {
        bool const by_rows = stage_.by_rows();
        low_row = by_rows ? -2 : -1;
        high_row = by_rows ? 3 : 1;
        low_column = by_rows ? -1 : -2;
        high_column = by_rows ? 1 : 3;
    }
    auto const width = blocks.size(3);
    auto const rows = torch::arange(low_row, high_row + 1, first.options()).unsqueeze(1) * width;
    auto const columns = torch::arange(low_column, high_column + 1, first.options());
    auto const offsets = (rows + columns).flatten();
    auto const places = first.unsqueeze(1) + offsets;
    return blocks.reshape({-1, 2})
        .index_select(0, places.flatten())
        .view({first.size(0), offsets.size(0), 2});
}

BlockViews SplitFeatures::operator()(SplitSurroundings const& at, BlockIndex const& blocks,
                                     torch::Tensor const& energy, torch::Tensor const& hits,
                                     SplitUnits const& units, int pass) const
{
    auto const first_of = [&](torch::Tensor const& tensor, torch::Tensor const& layer,
                              torch::Tensor const& row, torch::Tensor const& column) {
        return ((blocks.shower * tensor.size(1) + layer) * tensor.size(2) + row + margin) *
                   tensor.size(3) +
               column + margin;
    };
    auto const layer = at.one_layer ? torch::zeros_like(blocks.layer) : blocks.layer;
    bool const by_rows = stage_.by_rows();
    auto const child_row = by_rows ? blocks.row * 2 : blocks.row;
    auto const child_column = by_rows ? blocks.column : blocks.column * 2;
    std::vector<torch::Tensor> features{
        window(at.parents, first_of(at.parents, layer, blocks.row, blocks.column), false)
            .flatten(1)};
    // The block's own two among the children's window.
    std::int64_t const one = by_rows ? 7 : 8;
    std::int64_t const other = by_rows ? 10 : 9;
    std::vector<torch::Tensor> before;
    for (std::int64_t back = 1; back <= layers_before; ++back) {
        auto const seen = window(
            at.children,
            first_of(at.children, layer + (layers_before - back), child_row, child_column), true);
        features.push_back(back < layers_before ? seen.flatten(1) : seen.select(2, 0));
        before.push_back(seen.select(1, one) - seen.select(1, other));
    }
    auto const layer_row = at.layers.index({blocks.shower, blocks.layer});
    features.push_back(layer_row);
    auto const usual_of = [&](torch::Tensor const& usual) {
        return usual.index({blocks.layer, blocks.row, blocks.column}).unsqueeze(1);
    };
    auto const usual_energy = usual_of(at.usual.energy);
    auto const usual_hits = usual_of(at.usual.hits);
    features.push_back(torch::cat({usual_energy / usual_unit, usual_hits / usual_unit, before[0],
                                   before[1], before[2].narrow(1, 0, 1), usual_energy - usual_hits},
                                  1));
    auto const parent = blocks.row * stage_.parents.columns + blocks.column;
    auto const distance = centres_.to(energy.device()).index_select(0, parent) -
                          at.entry.index_select(0, blocks.shower).unsqueeze(1);
    features.push_back(own_numbers(energy, hits, distance, layer_row, units));
    if (pass == 1)
        features.push_back(
            window(at.known, first_of(at.known, layer, child_row, child_column), true).flatten(1));
    auto const energy_before = [&](std::size_t back) { return before[back].narrow(1, 0, 1); };
    return {
        .features = torch::cat(features, 1),
        .odds = {.hits = torch::cat({usual_hits, before[0].narrow(1, 1, 1), energy_before(0)}, 1),
                 .energy = torch::cat({usual_energy, energy_before(0), energy_before(1)}, 1)}};
}

}  // namespace lowcal::training
