#include "graph/patterns/split_network.hpp"

#include "graph/patterns/shower_division.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace lowcal::graph {
namespace {

std::int64_t dense_count(std::int64_t inputs, std::int64_t outputs)
{
    return (inputs + 1) * outputs;
}

std::int64_t mixture_numbers(std::int64_t components)
{
    return 3 * components;
}

/// Takes weights off the front.
class Weights {
public:
    explicit Weights(std::span<float const> all) : rest_(all) {}
    std::vector<float> take(std::int64_t count)
    {
        auto const part = rest_.first(static_cast<std::size_t>(count));
        rest_ = rest_.subspan(part.size());
        return {part.begin(), part.end()};
    }
    SplitWeights::Dense dense(std::int64_t inputs, std::int64_t outputs)
    {
        SplitWeights::Dense dense{.inputs = inputs, .outputs = outputs, .weights = {}, .bias = {}};
        auto const rows = take(inputs * outputs);
        dense.weights.resize(rows.size());
        for (std::int64_t o = 0; o < outputs; ++o)
            for (std::int64_t i = 0; i < inputs; ++i)
                dense.weights[static_cast<std::size_t>(i * outputs + o)] =
                    rows[static_cast<std::size_t>(o * inputs + i)];
        dense.bias = take(outputs);
        return dense;
    }
    bool done() const { return rest_.empty(); }

private:
    std::span<float const> rest_;
};

/// Middle of a block of `size` cells, from the middle of all `cells`, which begin behind `lead`.
double middle(std::int64_t block, std::int64_t size, std::int64_t lead, std::int64_t cells)
{
    return static_cast<double>(block * size - lead) + 0.5 * static_cast<double>(size) -
           0.5 * static_cast<double>(cells);
}

std::int64_t root_inputs(SplitNetworkConfig const& config)
{
    return config.layer_features() - own_hits + remembered_hits + layer_numbers;
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
    return 2 * layers_around + 1 + own_hits + entry_and_total + memory_numbers + primary;
}

std::int64_t SplitNetworkConfig::features(int pass) const
{
    return 2 * parent_window + 5 * child_window + layer_features() + odds_features + own_features +
           (pass == 1 ? 2 * child_window : 0);
}

std::int64_t SplitNetworkConfig::layer_uniforms() const
{
    std::int64_t count = root_uniforms;
    for (auto const& stage : tree.stages) count += block_uniforms * stage.parents.count();
    return count;
}

std::int64_t SplitNetworkConfig::weight_count() const
{
    auto const root_outputs = mixture_numbers(hit_components);
    std::int64_t count =
        anchored_components + layers * (shape_regressors * usual_shapes + layer_numbers) +
        dense_count(root_inputs(*this), root_width) + dense_count(root_width, root_width) +
        dense_count(root_width, root_outputs);
    for (auto const& stage : tree.stages) {
        count += 2 * layers * stage.parents.count();
        for (int pass = 0; pass < stage.passes; ++pass)
            count += stage.parents.count() * place_numbers + layers * layer_numbers +
                     dense_count(features(pass) + place_numbers + layer_numbers, trunk) +
                     dense_count(trunk, trunk) +
                     dense_count(trunk, mixture_numbers(hit_components) + followed_odds) +
                     dense_count(trunk + division_features, energy) +
                     dense_count(energy, mixture_numbers(energy_components) + followed_odds);
    }
    return count;
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

void SplitWeights::Dense::operator()(std::span<float const> in, std::span<float> out,
                                     bool leaky) const
{
    std::ranges::copy(bias, out.begin());
    auto const* row = weights.data();
    for (float const number : in) {
        for (std::size_t o = 0; o < out.size(); ++o) out[o] += number * row[o];
        row += out.size();
    }
    if (leaky)
        for (float& number : out) number = number > 0 ? number : split_slope * number;
}

SplitWeights::SplitWeights(SplitNetworkConfig const& config, std::span<float const> numbers)
{
    Weights rest(numbers);
    anchors = rest.take(anchored_components);
    usual_shapes = rest.take(config.layers * shape_regressors * graph::usual_shapes);
    centres = cell_centres(config);
    root_layers = rest.take(config.layers * layer_numbers);
    root_first = rest.dense(root_inputs(config), root_width);
    root_second = rest.dense(root_width, root_width);
    root = rest.dense(root_width, mixture_numbers(hit_components));
    for (auto const& form : config.tree.stages) {
        auto const odds = config.layers * form.parents.count();
        Stage stage{.usual_hits = rest.take(odds), .usual_energy = {}, .centres = {}, .passes = {}};
        stage.usual_energy = rest.take(odds);
        stage.centres = child_centres(config, form);
        for (int pass = 0; pass < form.passes; ++pass) {
            Division division{};
            division.places = rest.take(form.parents.count() * place_numbers);
            division.layers = rest.take(config.layers * layer_numbers);
            division.first =
                rest.dense(config.features(pass) + place_numbers + layer_numbers, config.trunk);
            division.second = rest.dense(config.trunk, config.trunk);
            division.hits =
                rest.dense(config.trunk, mixture_numbers(hit_components) + followed_odds);
            division.inner = rest.dense(config.trunk + division_features, config.energy);
            division.energy =
                rest.dense(config.energy, mixture_numbers(energy_components) + followed_odds);
            stage.passes.push_back(std::move(division));
        }
        stages.push_back(std::move(stage));
    }
    assert(rest.done());
}

void SplitNetwork::divide(Shower const& shower, std::span<float> cells) const
{
    ShowerDivision(config_, weights_, shower).run(cells);
}

}  // namespace lowcal::graph
