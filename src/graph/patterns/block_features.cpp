// What the network of a division is told: the features of a block, gathered from what was divided
// before it.

#include "graph/patterns/shower_division.hpp"

#include <array>
#include <cmath>

namespace lowcal::graph {

void ShowerDivision::add_layer(std::int64_t layer, bool with_hits)
{
    float total = 0;
    for (float const energy : shower_.layers) total += energy;
    for (auto other = layer - layers_around; other <= layer + layers_around; ++other) {
        bool const there = other >= 0 && other < config_.layers;
        features_.push_back(there ? log_energy(shower_.layers[static_cast<std::size_t>(other)])
                                  : 0.0F);
    }
    if (with_hits) {
        features_.push_back(std::log1p(layer_hits_[static_cast<std::size_t>(layer)]));
        features_.push_back(hits_beyond_);
    }
    features_.insert(features_.end(), shower_.primary.begin(), shower_.primary.end());
    features_.insert(features_.end(), shower_.entry.begin(), shower_.entry.end());
    features_.push_back(log_energy(total));
    auto const remembered = memory_.means();
    features_.insert(features_.end(), remembered.begin(), remembered.end());
    if (!config_.development) return;
    auto const& here = development_[static_cast<std::size_t>(layer)];
    features_.push_back((log_energy(here.before) - log_energy(here.behind)) / usual_unit);
    features_.push_back(depth_unit * here.depth);
    features_.push_back(depth_unit * here.length);
}

std::array<float, usual_shapes> ShowerDivision::usual(std::int64_t layer) const
{
    float const own = log_energy(shower_.layers[static_cast<std::size_t>(layer)]);
    float sum = 0;
    for (float const energy : shower_.layers) sum += energy;
    float const total = log_energy(sum);
    auto const size = static_cast<std::size_t>(shape_regressors * usual_shapes);
    return usual_layer_shapes(
        std::span(network_.usual_shapes).subspan(static_cast<std::size_t>(layer) * size, size), own,
        total);
}

void ShowerDivision::add_parents(Level const& level, Block const& block)
{
    for (std::int64_t row = -2; row <= 2; ++row)
        for (std::int64_t column = -2; column <= 2; ++column) {
            auto const seen = around(level, {block.layer, block.row + row, block.column + column});
            features_.push_back(seen.log_energy);
            features_.push_back(seen.log_hits);
        }
}

void ShowerDivision::add_children(SplitStage const& stage, Level const& level, Block const& block,
                                  int back)
{
    auto const low_row = stage.by_rows() ? -2 : -1;
    auto const high_row = stage.by_rows() ? 3 : 1;
    auto const low_column = stage.by_rows() ? -1 : -2;
    auto const high_column = stage.by_rows() ? 1 : 3;
    auto const round = [](std::int64_t at, std::int64_t size) { return (at + size) % size; };
    for (std::int64_t row = low_row; row <= high_row; ++row)
        for (std::int64_t column = low_column; column <= high_column; ++column) {
            Block const child{block.layer - back, stage.child_row(block.row) + row,
                              stage.child_column(block.column) + column};
            auto seen = around(level, child);
            if (back == 0) {
                auto const at_row = round(child.row, level.grid.rows);
                auto const at_column = round(child.column, level.grid.columns);
                if (stage.pass_of(stage.by_rows() ? at_row / 2 : at_row,
                                  stage.by_rows() ? at_column : at_column / 2) != 0)
                    seen = {};
            }
            features_.push_back(seen.log_energy);
            if (back < layers_before) features_.push_back(seen.log_hits);
        }
}

ShowerDivision::Numbers ShowerDivision::odds_before(SplitStage const& stage, Level const& children,
                                                    Block const& block, int back) const
{
    Block const first{block.layer - back, stage.child_row(block.row),
                      stage.child_column(block.column)};
    Block const second{first.layer, first.row + (stage.by_rows() ? 1 : 0),
                       first.column + (stage.by_rows() ? 0 : 1)};
    auto const one = around(children, first);
    auto const other = around(children, second);
    return {.log_energy = one.log_energy - other.log_energy,
            .log_hits = one.log_hits - other.log_hits};
}

void ShowerDivision::add_own(SplitWeights::Stage const& stage, BlockGrid const& parents,
                             Block const& block, float energy, float hits)
{
    float const logarithm = log_energy(energy);
    features_.push_back(logarithm);
    features_.push_back(std::log1p(hits));
    features_.push_back(std::log(energy / hits / config_.unit + least_hit));
    for (float const few : {1.0F, 2.0F, 3.0F}) features_.push_back(hits == few ? 1.0F : 0.0F);
    auto const centre =
        std::span(stage.centres)
            .subspan(static_cast<std::size_t>(4 * (block.row * parents.columns + block.column)), 4);
    std::array<float, 4> distance{};
    for (std::size_t i = 0; i < distance.size(); ++i)
        distance[i] = centre[i] - shower_.entry[i % 2];
    for (std::size_t i = 0; i < 2; ++i)
        features_.push_back(distance_unit * 0.5F * (distance[i] + distance[i + 2]));
    for (std::size_t i = 0; i < 4; i += 2)
        features_.push_back(0.5F * std::log(distance[i] * distance[i] +
                                            distance[i + 1] * distance[i + 1] + nearest));
    features_.push_back(logarithm -
                        log_energy(shower_.layers[static_cast<std::size_t>(block.layer)]));
}

ShowerDivision::Odds ShowerDivision::gather(std::size_t s, Block const& block, int pass,
                                            SplitWeights::Division const& division)
{
    auto const& form = config_.tree.stages[s];
    auto const& stage = network_.stages[s];
    auto const& children = levels_[s + 1];
    auto const at = place(levels_[s], block);
    features_.clear();
    add_parents(levels_[s], block);
    for (int back = 1; back <= layers_before; ++back) add_children(form, children, block, back);
    add_layer(block.layer, true);
    float const usual_hits = stage.usual_hits[at];
    float const usual_energy = stage.usual_energy[at];
    auto const one = odds_before(form, children, block, 1);
    auto const two = odds_before(form, children, block, 2);
    auto const three = odds_before(form, children, block, 3);
    features_.insert(features_.end(), {usual_energy / usual_unit, usual_hits / usual_unit,
                                       one.log_energy, one.log_hits, two.log_energy, two.log_hits,
                                       three.log_energy, usual_energy - usual_hits});
    add_own(stage, form.parents, block, levels_[s].energy[at], levels_[s].hits[at]);
    if (met_ != nullptr) {
        auto const own = features_.size() - met_->features.size();
        for (std::size_t i = 0; i < met_->features.size(); ++i)
            met_->features[i].widen(features_[own + i]);
    }
    if (pass == 1) add_children(form, children, block, 0);
    auto const learnt = [&](std::vector<float> const& table, std::int64_t row, std::int64_t count) {
        auto const first = table.begin() + static_cast<std::ptrdiff_t>(row * count);
        features_.insert(features_.end(), first, first + static_cast<std::ptrdiff_t>(count));
    };
    learnt(division.places, block.row * form.parents.columns + block.column, place_numbers);
    learnt(division.layers, block.layer, layer_numbers);
    return {.hits = {usual_hits, one.log_hits, one.log_energy},
            .energy = {usual_energy, one.log_energy, two.log_energy}};
}

}  // namespace lowcal::graph
