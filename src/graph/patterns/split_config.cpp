#include "graph/patterns/split_config.hpp"

#include "graph/patterns/split_weights.hpp"

#include <cmath>
#include <numbers>

namespace lowcal::graph {
namespace {

/// Middle of a block of `size` cells, from the middle of all `cells`, which begin behind `lead`.
double middle(std::int64_t block, std::int64_t size, std::int64_t lead, std::int64_t cells)
{
    return static_cast<double>(block * size - lead) + 0.5 * static_cast<double>(size) -
           0.5 * static_cast<double>(cells);
}

/// Of a block of `size` cells behind the lead.
struct Centre {
    double row, column;
};
Centre centre_of(SplitNetworkConfig const& config, std::int64_t row, std::int64_t column,
                 BlockGrid const& size)
{
    auto const& tree = config.tree;
    double const y = middle(row, size.rows, tree.lead.rows, tree.cells.rows);
    double const x = middle(column, size.columns, tree.lead.columns, tree.cells.columns);
    if (!config.round_rows && !config.round_columns) return {.row = y, .column = x};
    auto const angles = config.round_rows ? tree.cells.rows : tree.cells.columns;
    auto const rings = config.round_rows ? tree.cells.columns : tree.cells.rows;
    auto const angle =
        2 * std::numbers::pi * (config.round_rows ? y : x) / static_cast<double>(angles);
    auto const radius = (config.round_rows ? x : y) + 0.5 * static_cast<double>(rings);
    return {.row = radius * std::sin(angle), .column = radius * std::cos(angle)};
}

void append(std::vector<float>& centres, Centre const& centre)
{
    centres.push_back(static_cast<float>(centre.row));
    centres.push_back(static_cast<float>(centre.column));
}

}  // namespace

std::int64_t SplitNetworkConfig::layer_features() const
{
    constexpr std::int64_t entry_and_total = 3;
    return 2 * layers_around + 1 + own_hits + entry_and_total + memory_numbers + primary +
           (development ? development_numbers : 0);
}

std::int64_t SplitNetworkConfig::features(int pass) const
{
    return feature_places(*this, pass).end;
}

std::int64_t SplitNetworkConfig::layer_uniforms() const
{
    std::int64_t count = root_uniforms;
    for (auto const& stage : tree.stages) count += block_uniforms * stage.parents.count();
    return count;
}

std::vector<SplitNetworkConfig::Division> SplitNetworkConfig::divisions(
    SplitStage const& stage) const
{
    std::vector<Division> all;
    for (int pass = 0; pass < stage.passes; ++pass) {
        all.push_back({.pass = pass, .of_single = false});
        if (single > 0) all.push_back({.pass = pass, .of_single = true});
    }
    return all;
}

double SplitNetworkConfig::most_macs() const
{
    auto const block = [&](int pass) {
        return (features(pass) + trunk + hit_numbers) * trunk +
               (trunk + division_features + energy_numbers) * energy;
    };
    double sum = 0;
    for (auto const& stage : tree.stages)
        sum += static_cast<double>(stage.parents.count()) *
               static_cast<double>(stage.passes == 1 ? block(0) : (block(0) + block(1)) / 2);
    return sum * static_cast<double>(layers);
}

std::int64_t SplitNetworkConfig::root_inputs() const
{
    return layer_features() - own_hits + remembered_hits + layer_numbers;
}

std::vector<float> child_centres(SplitNetworkConfig const& config, SplitStage const& stage)
{
    std::vector<float> centres;
    for (std::int64_t i = 0; i < stage.parents.rows; ++i)
        for (std::int64_t j = 0; j < stage.parents.columns; ++j)
            for (std::int64_t child = 0; child < 2; ++child)
                append(centres,
                       centre_of(config, stage.child_row(i) + (stage.by_rows() ? child : 0),
                                 stage.child_column(j) + (stage.by_rows() ? 0 : child),
                                 stage.child_cells));
    return centres;
}

std::vector<float> cell_centres(SplitNetworkConfig const& config)
{
    auto const& tree = config.tree;
    std::vector<float> centres;
    for (std::int64_t row = 0; row < tree.lead.rows + tree.cells.rows; ++row)
        for (std::int64_t column = 0; column < tree.lead.columns + tree.cells.columns; ++column)
            append(centres, centre_of(config, row, column, {}));
    return centres;
}

}  // namespace lowcal::graph
