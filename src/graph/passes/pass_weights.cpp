#include "graph/passes/pass_weights.hpp"

#include "core/error.hpp"
#include "graph/patterns/stored_numbers.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::graph {
namespace {

/// What the numbers of a network are: each place once, in their order. Visitors are those of
/// stored_numbers.hpp.
template <class Visitor>
void visit(PassConfig const& config, PassWeights& all, Visitor& visitor)
{
    auto const cells = config.layers * config.cells();
    visitor.numbers(all.edges, config.classes + 1);
    visitor.numbers(all.odds, cells);
    visitor.numbers(all.usual_share, cells);
    visitor.numbers(all.usual_shapes, config.layers * shape_regressors * usual_shapes);
    visitor.numbers(all.root_layers, config.layers * layer_numbers);
    visitor.dense(all.root_first, config.root_inputs(), root_width);
    visitor.dense(all.root_second, root_width, root_width);
    visitor.dense(all.root, root_width, root_numbers);
    visitor.numbers(all.layers, config.layers * layer_numbers);
    visitor.dense(all.context_first, config.context_inputs(), config.context);
    visitor.dense(all.context_second, config.context, config.context);
    visitor.dense(all.context, config.context, config.hidden + odds_numbers);
    visitor.dense(all.count_first, config.count_inputs(), config.context);
    visitor.dense(all.count_second, config.context, config.context);
    visitor.dense(all.count, config.context, count_numbers);
    visitor.numbers(all.positions, config.layers * position_numbers * config.hidden);
    visitor.numbers(all.places, config.cells() * config.hidden);
    visitor.numbers(all.bright_places, group_count * config.cells() * bright_place_numbers);
    for (auto& phase : all.phases) {
        visitor.dense(phase.window, window_numbers, config.hidden);
        visitor.dense(phase.second, config.hidden, config.hidden);
        visitor.dense(phase.hit, config.hidden, 1);
        visitor.dense(phase.energy, config.energy_inputs(), config.energy);
        visitor.dense(phase.bright_first, config.bright_inputs(), config.bright);
        visitor.dense(phase.bright_second, config.bright, config.bright);
        visitor.dense(phase.bright, config.bright, bright_numbers);
        visitor.numbers(phase.bright_window, window_cells);
    }
    for (auto& classes : all.classes) {
        visitor.dense(classes.groups, config.energy, config.class_groups() + 1);
        visitor.dense(classes.classes, config.energy, config.classes);
    }
}

/// [layers][passes]
std::vector<float> find_usual_left(PassConfig const& config, std::span<float const> usual_share)
{
    std::vector<float> all;
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        double left = 1;
        for (auto const& pass : cell_passes) {
            all.push_back(std::max(static_cast<float>(left), least_left));
            for (auto row = pass.row; row < config.rows; row += 2)
                for (auto column = pass.column; column < config.columns; column += 2)
                    left -= static_cast<double>(usual_share[static_cast<std::size_t>(
                        layer * config.cells() + row * config.columns + column)]);
        }
    }
    return all;
}

}  // namespace

std::int64_t pass_counts(PassConfig const& config)
{
    PassWeights nothing;
    NumberCounter counter;
    visit(config, nothing, counter);
    return counter.counts().numbers;
}

PassWeights::PassWeights(PassConfig const& config, std::span<float const> numbers)
    : centres(cell_centres(config)), cells(pass_cells(config))
{
    NumberReader reader("draw cells", numbers, {});
    reader.require({.numbers = pass_counts(config)});
    visit(config, *this, reader);
    reader.finish();
    bool const rising = std::ranges::is_sorted(edges, std::ranges::less_equal()) && edges[0] > 0;
    if (!rising || std::ranges::any_of(usual_share, [](float share) { return !(share > 0); }))
        throw InputError(
            "cannot draw cells",
            "the network's classes of energies do not rise, or a share is not above 0");
    usual_left = find_usual_left(config, usual_share);
    for (std::size_t i = 0; i + 1 < edges.size(); ++i)
        log_widths.push_back(std::log(edges[i + 1] / edges[i]));
}

}  // namespace lowcal::graph
