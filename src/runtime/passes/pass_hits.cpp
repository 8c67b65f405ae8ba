// Which cells of a pass are hits: of each layer so many, those with the highest scores.

#include "runtime/division/block_levels.hpp"
#include "runtime/kernels/division_kernel.hpp"
#include "runtime/passes/shower_passes.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::runtime {
namespace {

/// So many times as many cells as there are to be hits are looked at first, at least.
constexpr std::size_t looked_at_for_each_hit = 2;

}  // namespace

std::size_t ShowerPasses::find_hits(graph::LayerStep const& step, std::size_t pass)
{
    std::size_t count = 0;
    layers_of_pass_.clear();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (layers_[slots_[i]].hits_of_pass == 0) continue;
        bound_cells(i, pass);
        auto const threshold = likely_threshold(i, pass);
        auto const last = append_possible(i, pass, threshold, INFINITY, count);
        layers_of_pass_.push_back(
            {.number = i, .threshold = threshold, .first = count, .last = last});
        count = last;
    }
    score_possible(step, pass, 0, count);
    // Cells that were left out and may yet have higher scores than the last of the hits.
    auto const first_more = count;
    for (auto& layer : layers_of_pass_) {
        layer.first_more = count;
        layer.exceeded = exceeded_score(layer, gather_scores(layer));
        if (layer.exceeded < layer.threshold)
            count = append_possible(layer.number, pass, layer.exceeded, layer.threshold, count);
        layer.last_more = count;
    }
    score_possible(step, pass, first_more, count);
    std::size_t found = 0;
    for (auto const& layer : layers_of_pass_) found = choose_hits(layer, found);
    uniforms_left_kernels.fastest()({.count = found,
                                     .odds = possible_.chances.data(),
                                     .uniform = possible_.uniforms.data(),
                                     .shift = possible_.shifts.data(),
                                     .result = possible_.left.data()});
    return found;
}

/// How far the scores of a layer's cells could go, whatever is around them.
void ShowerPasses::bound_cells(std::size_t number, std::size_t pass)
{
    auto const& own = layers_[slots_[number]];
    auto const& cells = network_.passes[pass];
    auto const first = size(own.layer * config_.cells()) + cells.first;
    auto const step = cells.count + draw_padding;
    auto const* const context =
        context_.data() + number * size(config_.hidden + graph::odds_numbers);
    hit_bound_kernels.fastest()(
        {.count = cells.count,
         .odds = network_.odds.data() + first,
         .positions = positions_[pass].data() + own.shower * size(graph::position_numbers) * step,
         .position_step = step,
         .gains = context + config_.hidden,
         .change = own.change,
         .uniform = uniform_of(own.shower) + first,
         .usual = all_cells_.usual.data() + number * step,
         .bound = all_cells_.bound.data() + number * step});
}

/// Scores under which there are hardly hits, as far as bounds say.
float ShowerPasses::likely_threshold(std::size_t number, std::size_t pass)
{
    auto const cells = network_.passes[pass].count;
    auto const bounds = bounds_of(number, pass);
    auto const least =
        looked_at_for_each_hit * static_cast<std::size_t>(layers_[slots_[number]].hits_of_pass);
    if (least >= cells) return -INFINITY;
    if (list_kernels.fastest()(bounds, 0.0F) > least) return 0;
    return exceeded_kernels.fastest()(bounds, least);
}

LargestNumbers ShowerPasses::bounds_of(std::size_t number, std::size_t pass)
{
    auto const cells = network_.passes[pass].count;
    return {.count = cells,
            .numbers = all_cells_.bound.data() + number * (cells + draw_padding),
            .scratch = all_cells_.listed.data()};
}

/// Cells with bounds above one threshold, but not above another, as rows from `row` on; the next
/// row.
std::size_t ShowerPasses::append_possible(std::size_t number, std::size_t pass, float above,
                                          float up_to, std::size_t row)
{
    auto& p = possible_;
    auto const& own = layers_[slots_[number]];
    auto const bounds = bounds_of(number, pass);
    auto const* const usual =
        all_cells_.usual.data() + number * (network_.passes[pass].count + draw_padding);
    auto const* const uniforms = uniform_of(own.shower);
    auto const all = layer_count() * size(config_.cells());
    auto const first = size(own.layer * config_.cells()) + network_.passes[pass].first;
    auto const count = list_kernels.fastest()(bounds, above);
    for (std::size_t i = 0; i < count; ++i) {
        auto const cell = static_cast<std::size_t>(bounds.scratch[i]);
        if (bounds.numbers[cell] > up_to) continue;
        p.cell[row] = bounds.scratch[i];
        p.layer[row] = static_cast<std::int32_t>(slots_[number]);
        p.number[row] = static_cast<std::int32_t>(number);
        p.usual[row] = usual[cell];
        p.bound[row] = bounds.numbers[cell];
        p.most[row] = own.change;
        p.uniform[row] = uniforms[first + cell];
        p.shift[row++] = uniforms[first + cell + 1 == all ? 0 : first + cell + 1];
    }
    return row;
}

/// The log odds and scores of the rows [first, last), those of one layer together.
void ShowerPasses::score_possible(graph::LayerStep const& step, std::size_t pass, std::size_t first,
                                  std::size_t last)
{
    auto& p = possible_;
    auto const& phase = network_.phase(step.group, pass);
    for (auto row = first; row < last;) {
        auto end = row;
        while (end < last && p.number[end] == p.number[row]) ++end;
        find_first_numbers(step, pass, row, end);
        row = end;
    }
    auto const count = last - first;
    phase.second(count, p.first.data() + first * network_.width,
                 p.second.data() + first * network_.width, true);
    phase.hit(count, p.second.data() + first * network_.width, p.change.data() + first, false);
    hit_score_kernels.fastest()({.count = count,
                                 .change = p.change.data() + first,
                                 .most = p.most.data() + first,
                                 .usual = p.usual.data() + first,
                                 .bound = p.bound.data() + first,
                                 .odds = p.odds.data() + first,
                                 .score = p.score.data() + first});
}

/// Of rows of one layer.
void ShowerPasses::find_first_numbers(graph::LayerStep const& step, std::size_t pass,
                                      std::size_t first, std::size_t last)
{
    auto const number = static_cast<std::size_t>(possible_.number[first]);
    auto const& own = layers_[slots_[number]];
    auto const& cells = network_.passes[pass];
    auto const& phase = network_.phase(step.group, pass);
    auto const position_step = cells.count + draw_padding;
    auto const numbers = size(graph::position_numbers);
    std::copy_n(context_.data() + number * size(config_.hidden + graph::odds_numbers),
                size(config_.hidden), context_padded_.begin());
    first_number_kernels.fastest()(
        {.count = last - first,
         .width = network_.width,
         .context = context_padded_.data(),
         .cells = possible_.cell.data() + first,
         .places = cells.places.data(),
         .positions = positions_[pass].data() + own.shower * numbers * position_step,
         .position_step = position_step,
         .gains = network_.gains.data() + size(own.layer) * numbers * network_.width,
         .volume = cells.volume.data(),
         .hits = hit_.data() + own.plane,
         .energies = scaled_.data() + own.plane,
         .plane = graph::group_reach[size(step.group)] *
                  static_cast<std::ptrdiff_t>(network_.volume.plane),
         .row = static_cast<std::ptrdiff_t>(network_.volume.columns),
         .seen = phase.seen,
         .window = phase.window.data(),
         .result = possible_.first.data() + first * network_.width});
}

/// Of the scores of a layer that are known, the one that as many others exceed as it has hits; if
/// there is none, what all exceed.
float ShowerPasses::exceeded_score(LayerOfPass const& layer, LargestNumbers const& scores) const
{
    auto const hits = static_cast<std::size_t>(layers_[slots_[layer.number]].hits_of_pass);
    return hits < scores.count ? exceeded_kernels.fastest()(scores, hits) : -INFINITY;
}

LargestNumbers ShowerPasses::gather_scores(LayerOfPass const& layer)
{
    std::size_t count = 0;
    auto const add = [&](std::size_t first, std::size_t last) {
        for (auto row = first; row < last; ++row) {
            all_cells_.rows[count] = static_cast<std::int32_t>(row);
            all_cells_.scores[count++] = possible_.score[row];
        }
    };
    add(layer.first, layer.last);
    add(layer.first_more, layer.last_more);
    return {
        .count = count, .numbers = all_cells_.scores.data(), .scratch = all_cells_.listed.data()};
}

/// The hits of a layer, behind `found` others; how many there are by then.
std::size_t ShowerPasses::choose_hits(LayerOfPass const& layer, std::size_t found)
{
    auto& p = possible_;
    auto const scores = gather_scores(layer);
    bool const more = layer.last_more > layer.first_more;
    float const threshold = more ? exceeded_score(layer, scores) : layer.exceeded;
    auto const count = list_kernels.fastest()(scores, threshold);
    for (std::size_t i = 0; i < count; ++i, ++found) {
        auto const row = all_cells_.rows[static_cast<std::size_t>(scores.scratch[i])];
        p.found[found] = row;
        p.chances[found] = p.odds[static_cast<std::size_t>(row)] - threshold;
        p.uniforms[found] = p.uniform[static_cast<std::size_t>(row)];
        p.shifts[found] = p.shift[static_cast<std::size_t>(row)];
    }
    return found;
}

}  // namespace lowcal::runtime
