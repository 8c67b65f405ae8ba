#include "runtime/passes/packed_passes.hpp"

#include "runtime/division/block_levels.hpp"
#include "runtime/kernels/division_kernel.hpp"
#include "runtime/kernels/pass_kernel.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::runtime {
namespace {

using Dense = graph::SplitWeights::Dense;

/// All inputs.
PackedDense packed(Dense const& dense)
{
    return {dense, {{.first = 0, .last = dense.inputs}}};
}

/// With zeros, so that it has so many inputs and outputs.
Dense widened(Dense const& dense, std::size_t from, std::size_t to)
{
    Dense wide{.inputs = static_cast<std::int64_t>(from),
               .outputs = static_cast<std::int64_t>(to),
               .weights = std::vector<float>(from * to, 0.0F),
               .bias = dense.bias,
               .levels = {},
               .scales = {}};
    wide.bias.resize(to, 0.0F);
    auto const outputs = size(dense.outputs);
    for (std::size_t i = 0; i < size(dense.inputs); ++i)
        std::copy_n(dense.weights.begin() + static_cast<std::ptrdiff_t>(i * outputs), outputs,
                    wide.weights.begin() + static_cast<std::ptrdiff_t>(i * to));
    return wide;
}

/// Rows of `count` numbers, padded to `width`.
std::vector<float> padded_rows(std::vector<float> const& rows, std::size_t count, std::size_t width)
{
    std::vector<float> wide(rows.size() / count * width, 0.0F);
    for (std::size_t row = 0; row < rows.size() / count; ++row)
        std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(row * count), count,
                    wide.begin() + static_cast<std::ptrdiff_t>(row * width));
    return wide;
}

PackedPasses::Phase pack(graph::PassWeights::Phase const& phase, std::int64_t number,
                         std::size_t width)
{
    PackedPasses::Phase packed_phase{
        .seen = 0,
        .window = padded_rows(phase.window.weights, size(phase.window.outputs), width),
        .second = packed(widened(phase.second, width, width)),
        .hit = packed(widened(phase.hit, width, 1)),
        .energy = packed(phase.energy),
        .bright_first = packed(phase.bright_first),
        .bright_second = packed(phase.bright_second),
        .bright = packed(phase.bright),
        .bright_window = phase.bright_window};
    auto const seen = graph::seen_cells(number / graph::pass_count, number % graph::pass_count);
    for (std::size_t w = 0; w < seen.size(); ++w)
        if (seen[w]) packed_phase.seen |= std::uint32_t{1} << w;
    return packed_phase;
}

PackedPasses::Classes pack(graph::PassWeights::Classes const& classes)
{
    constexpr auto together = static_cast<std::size_t>(graph::group_classes);
    PackedPasses::Classes packed_classes{.groups = packed(classes.groups)};
    packed_classes.bias = classes.classes.bias;
    auto const inputs = size(classes.classes.inputs), outputs = size(classes.classes.outputs);
    for (std::size_t group = 0; group < outputs; group += together)
        for (std::size_t i = 0; i < inputs; ++i) {
            auto const first =
                classes.classes.weights.begin() + static_cast<std::ptrdiff_t>(i * outputs + group);
            packed_classes.weights.insert(packed_classes.weights.end(), first, first + together);
        }
    return packed_classes;
}

}  // namespace

PassVolume::PassVolume(graph::PassConfig const& config)
    : columns(size(config.columns) + 2),
      plane(columns * (size(config.rows) + 2)),
      planes(size(config.layers) + 2 * size(graph::group_reach.front())),
      before(size(graph::group_reach.front()))
{
}

PackedPasses::PackedPasses(graph::PassConfig const& configuration,
                           graph::PassWeights const& network)
    : config(configuration),
      weights(network),
      volume(config),
      width(padded(size(config.hidden), hidden_together)),
      steps(graph::layer_steps(config.layers)),
      gains(padded_rows(network.positions, size(config.hidden), width)),
      root_first(packed(network.root_first)),
      root_second(packed(network.root_second)),
      root(packed(network.root)),
      context(pack_layers(network.context_first, network.context_second, network.context,
                          graph::left_numbers + graph::pass_numbers)),
      count(pack_layers(network.count_first, network.count_second, network.count,
                        graph::left_numbers)),
      copies(volume.plane)
{
    for (std::size_t phase = 0; phase < network.phases.size(); ++phase)
        phases.push_back(pack(network.phases[phase], static_cast<std::int64_t>(phase), width));
    for (std::size_t group = 0; group < classes.size(); ++group)
        classes[group] = pack(network.classes[group]);
    for (float const edge : network.edges) log_edges.push_back(std::log(edge));
    pack_cells();
    pack_tables();
}

void PackedPasses::pack_cells()
{
    auto const in_plane = [&](std::int64_t row, std::int64_t column) {
        return static_cast<std::int32_t>((row + 1) * static_cast<std::int64_t>(volume.columns) +
                                         column + 1);
    };
    auto const place_rows = padded_rows(weights.places, size(config.hidden), width);
    std::size_t drawn = 0;
    for (std::size_t p = 0; p < passes.size(); ++p) {
        auto& pass = passes[p];
        pass.first = drawn;
        for (; drawn < weights.cells.size(); ++drawn) {
            auto const cell = weights.cells[drawn];
            auto const row = cell / config.columns, column = cell % config.columns;
            if (row % 2 != graph::cell_passes[p].row || column % 2 != graph::cell_passes[p].column)
                break;
            pass.volume.push_back(in_plane(row, column));
            pass.rows.push_back(weights.centres[size(2 * cell)]);
            pass.columns.push_back(weights.centres[size(2 * cell + 1)]);
            auto const first = place_rows.begin() + static_cast<std::ptrdiff_t>(size(cell) * width);
            pass.places.insert(pass.places.end(), first,
                               first + static_cast<std::ptrdiff_t>(width));
        }
        pass.count = drawn - pass.first;
        volume_places.insert(volume_places.end(), pass.volume.begin(), pass.volume.end());
        for (auto* middles : {&pass.rows, &pass.columns})
            middles->resize(pass.count + draw_padding, 1.0F);
    }
    // Rows that go round keep their parities only where their number is even.
    bool const rows = config.round_rows && config.rows % 2 == 0;
    bool const columns = config.round_columns && config.columns % 2 == 0;
    for (std::int64_t row = -1; row <= config.rows; ++row)
        for (std::int64_t column = -1; column <= config.columns; ++column) {
            auto const own_row = rows ? (row + config.rows) % config.rows : row;
            auto const own_column = columns ? (column + config.columns) % config.columns : column;
            bool const there = own_row >= 0 && own_row < config.rows && own_column >= 0 &&
                               own_column < config.columns;
            if (there && (own_row != row || own_column != column))
                copies[size(in_plane(own_row, own_column))].push_back(in_plane(row, column));
        }
}

void PackedPasses::pack_tables()
{
    shares.resize(volume.cells(), 0.0F);
    auto const cells = size(config.cells());
    for (std::int64_t layer = 0; layer < config.layers; ++layer)
        for (std::size_t p = 0; p < passes.size(); ++p) {
            float const left = weights.usual_left[size(layer * graph::pass_count) + p];
            for (std::size_t i = 0; i < passes[p].count; ++i) {
                auto const cell = size(layer) * cells + size(weights.cells[passes[p].first + i]);
                odds.push_back(weights.odds[cell]);
                log_shares.push_back(std::log(weights.usual_share[cell] / left));
                auto const place = passes[p].volume[i];
                shares[volume.at(layer) + static_cast<std::size_t>(place)] =
                    weights.usual_share[cell];
                for (auto const copy : copies[static_cast<std::size_t>(place)])
                    shares[volume.at(layer) + static_cast<std::size_t>(copy)] =
                        weights.usual_share[cell];
            }
        }
    odds.resize(odds.size() + draw_padding, 0.0F);
}

PackedPasses::LayerNetwork PackedPasses::pack_layers(Dense const& first, Dense const& second,
                                                     Dense const& last, std::int64_t left) const
{
    auto const features = config.layer_features();
    LayerNetwork network{
        .layer_first = PackedDense(first, {{.first = 0, .last = features}}),
        .left_first = PackedDense(first, {{.first = features, .last = features + left}}),
        .second = packed(second),
        .last = packed(last)};
    auto const own = size(features + left), outputs = size(first.outputs);
    auto const learnt = size(graph::layer_numbers);
    for (std::size_t layer = 0; layer < size(config.layers); ++layer) {
        auto const bias =
            network.bias.insert(network.bias.end(), first.bias.begin(), first.bias.end());
        for (std::size_t i = 0; i < learnt; ++i)
            for (std::size_t o = 0; o < outputs; ++o)
                bias[static_cast<std::ptrdiff_t>(o)] +=
                    weights.layers[layer * learnt + i] * first.weights[(own + i) * outputs + o];
    }
    return network;
}

std::size_t PackedPasses::LayerNetwork::bytes() const
{
    std::size_t sum = bias.size() * sizeof(float);
    for (auto const* dense : {&layer_first, &left_first, &second, &last}) sum += dense->bytes();
    return sum;
}

std::size_t PackedPasses::bytes() const
{
    std::size_t floats = odds.size() + log_shares.size() + shares.size() + gains.size() +
                         3 * weights.odds.size() + weights.bright_places.size();
    std::size_t sum = 0;
    for (auto const& pass : passes) floats += pass.places.size() + 3 * pass.count;
    for (auto const& phase : phases) {
        floats += phase.window.size();
        for (auto const* dense : {&phase.second, &phase.hit, &phase.energy, &phase.bright_first,
                                  &phase.bright_second, &phase.bright})
            sum += dense->bytes();
    }
    for (auto const& one : classes) {
        floats += one.weights.size() + one.bias.size();
        sum += one.groups.bytes();
    }
    for (auto const* dense : {&root_first, &root_second, &root}) sum += dense->bytes();
    sum += context.bytes() + count.bytes();
    return sum + floats * sizeof(float);
}

}  // namespace lowcal::runtime
