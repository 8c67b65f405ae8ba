#include "graph/passes/pass_config.hpp"

#include "graph/patterns/split_weights.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::graph {
namespace {

/// Number of the pass that draws cells of these parities.
std::int64_t pass_of(std::int64_t row, std::int64_t column)
{
    std::int64_t pass = 0;
    while (cell_passes[static_cast<std::size_t>(pass)].row != row ||
           cell_passes[static_cast<std::size_t>(pass)].column != column)
        ++pass;
    return pass;
}

}  // namespace

std::array<bool, window_cells> seen_cells(std::int64_t group, std::int64_t pass)
{
    auto const& own = cell_passes[static_cast<std::size_t>(pass)];
    std::array<bool, window_cells> seen{};
    auto one = seen.begin();
    for (int layer = -1; layer <= 1; ++layer)
        for (std::int64_t row = -1; row <= 1; ++row)
            for (std::int64_t column = -1; column <= 1; ++column)
                *one++ = layer == 0 ? pass_of((own.row + row) & 1, (own.column + column) & 1) < pass
                                    : layer < 0 || group > 0;
    return seen;
}

std::int64_t PassConfig::layer_features() const
{
    constexpr std::int64_t of_energies = 2 * layers_around + 1 + 1;  // and their sum
    constexpr std::int64_t of_hits = 2 * hits_around + 1 + 1;        // and beyond the usual
    constexpr std::int64_t of_shapes = 3 * shape_numbers;
    return of_energies + of_hits + primary + entry_numbers + layer_development + of_shapes;
}

std::int64_t PassConfig::root_inputs() const
{
    constexpr std::int64_t of_energies = 2 * layers_around + 1 + 1;
    return of_energies + primary + entry_numbers + layer_development + remembered_hits +
           layer_numbers;
}

float PassConfig::change(float layer_hits) const
{
    return std::clamp(std::log(changed_share * static_cast<float>(cells()) / layer_hits),
                      least_change, most_change);
}

std::int64_t PassConfig::pass_size(std::int64_t pass) const
{
    auto const& own = cell_passes[static_cast<std::size_t>(pass)];
    return ((rows - own.row + 1) / 2) * ((columns - own.column + 1) / 2);
}

std::int64_t PassConfig::cells_behind(std::int64_t pass) const
{
    std::int64_t behind = 0;
    for (auto other = pass + 1; other < pass_count; ++other) behind += pass_size(other);
    return behind;
}

double PassConfig::macs(double hits) const
{
    auto const product = [](std::int64_t one, std::int64_t other) {
        return static_cast<double>(one) * static_cast<double>(other);
    };
    auto const all = static_cast<double>(layers);
    double const of_layers =
        all * (product(root_inputs() + root_width, root_width) + product(root_width, root_numbers) +
               counted_passes * product(count_inputs() + context + count_numbers, context) +
               pass_count * product(context_inputs() + context + hidden + odds_numbers, context));
    double const of_cells = all * static_cast<double>(cells()) *
                            product(window_numbers + position_numbers + hidden + 1, hidden);
    return of_layers + of_cells +
           hits * (product(energy_inputs() + class_groups() + 1 + group_classes, energy) +
                   product(bright_inputs() + bright + bright_numbers, bright));
}

std::int64_t group_of(std::int64_t layer)
{
    if (layer % group_reach[0] == 0) return 0;
    return layer % group_reach[1] == 0 ? 1 : 2;
}

std::vector<LayerStep> layer_steps(std::int64_t layers)
{
    std::vector<LayerStep> steps;
    for (std::int64_t layer = 0; layer < layers; layer += group_reach[0])
        steps.push_back({.group = 0, .layers = {layer}});
    for (std::int64_t group = 1; group < group_count; ++group) {
        LayerStep step{.group = group};
        for (std::int64_t layer = 0; layer < layers; ++layer)
            if (group_of(layer) == group) step.layers.push_back(layer);
        if (!step.layers.empty()) steps.push_back(std::move(step));
    }
    return steps;
}

std::vector<std::int64_t> pass_cells(PassConfig const& config)
{
    std::vector<std::int64_t> cells;
    for (auto const& pass : cell_passes)
        for (auto row = pass.row; row < config.rows; row += 2)
            for (auto column = pass.column; column < config.columns; column += 2)
                cells.push_back(row * config.columns + column);
    return cells;
}

std::vector<float> cell_centres(PassConfig const& config)
{
    SplitNetworkConfig form{.tree = {.cells = {.rows = config.rows, .columns = config.columns}}};
    form.round_rows = config.round_rows;
    form.round_columns = config.round_columns;
    return cell_centres(form);
}

}  // namespace lowcal::graph
