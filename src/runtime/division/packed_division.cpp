#include "runtime/division/packed_division.hpp"

#include "runtime/kernels/dense_kernel.hpp"

namespace lowcal::runtime {
namespace {

using graph::child_window;
using graph::layer_numbers;
using graph::parent_window;
using graph::place_numbers;

constexpr std::int64_t window_features = 2 * parent_window + 5 * child_window;

/// What rows of a learnt table add to a layer: [rows][outputs].
std::vector<float> through(std::vector<float> const& table, std::int64_t width,
                           graph::SplitWeights::Dense const& dense, std::int64_t first_input)
{
    auto const rows = static_cast<std::int64_t>(table.size()) / width;
    std::vector<float> sums(static_cast<std::size_t>(rows * dense.outputs), 0.0F);
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t i = 0; i < width; ++i)
            for (std::int64_t o = 0; o < dense.outputs; ++o)
                sums[static_cast<std::size_t>(row * dense.outputs + o)] +=
                    table[static_cast<std::size_t>(row * width + i)] *
                    dense.weights[static_cast<std::size_t>((first_input + i) * dense.outputs + o)];
    return sums;
}

}  // namespace

PackedDense::PackedDense(graph::SplitWeights::Dense const& dense, std::vector<Range> const& ranges)
    : outputs(static_cast<std::size_t>(dense.outputs)), bias(padded_outputs(outputs), 0.0F)
{
    for (auto const& [first, last] : ranges) inputs += static_cast<std::size_t>(last - first);
    weights.resize(inputs * padded_outputs(outputs), 0.0F);
    std::size_t to = 0;
    for (auto const& [first, last] : ranges)
        for (auto i = first; i < last; ++i, ++to)
            for (std::size_t o = 0; o < outputs; ++o)
                weights[weight_index(inputs, to, o)] =
                    dense.weights[static_cast<std::size_t>(i) * outputs + o];
    std::copy(dense.bias.begin(), dense.bias.end(), bias.begin());
}

void PackedDense::operator()(std::size_t rows, float const* source, float* result, bool leaky,
                             Start start) const
{
    dense_kernels.fastest()({.rows = rows,
                             .inputs = inputs,
                             .outputs = outputs,
                             .source = source,
                             .weights = weights.data(),
                             .bias = start.bias != nullptr ? start.bias : bias.data(),
                             .slope = leaky ? graph::split_slope : 1.0F,
                             .result = result,
                             .start = start.start});
}

std::size_t block_features(int pass)
{
    return static_cast<std::size_t>(window_features + graph::odds_features + graph::own_features +
                                    (pass == 1 ? 2 * child_window : 0));
}

PackedDivision::PackedDivision(graph::SplitNetworkConfig const& config,
                               graph::SplitWeights::Division const& division, int pass)
{
    auto const& first = division.first;
    auto const of_layer = window_features + config.layer_features();
    auto const features = config.features(pass);
    of_blocks = PackedDense(first, {{0, window_features}, {of_layer, features}});
    of_layers = PackedDense(first, {{window_features, of_layer}});
    places = through(division.places, place_numbers, first, features);
    auto const learnt = through(division.layers, layer_numbers, first, features + place_numbers);
    auto const trunk = first.bias.size();
    layer_start.resize(learnt.size() / trunk * padded_outputs(trunk), 0.0F);
    for (std::size_t i = 0; i < learnt.size(); ++i)
        layer_start[i / trunk * padded_outputs(trunk) + i % trunk] =
            first.bias[i % trunk] + learnt[i];
    auto const whole = [](graph::SplitWeights::Dense const& dense) {
        return PackedDense(dense, {{0, dense.inputs}});
    };
    second = whole(division.second);
    hits = whole(division.hits);
    inner = PackedDense(division.inner, {{0, config.trunk}});
    of_hits = PackedDense(division.inner, {{config.trunk, division.inner.inputs}});
    energy = whole(division.energy);
}

std::size_t PackedDivision::bytes() const
{
    std::size_t sum = (places.size() + layer_start.size()) * sizeof(float);
    for (auto const* dense : {&of_blocks, &of_layers, &second, &hits, &inner, &of_hits, &energy})
        sum += dense->bytes();
    return sum;
}

PackedNetwork::PackedNetwork(graph::SplitNetworkConfig form, graph::SplitWeights const& weights)
    : config(std::move(form)),
      anchors(weights.anchors),
      usual_shapes(weights.usual_shapes),
      centres(weights.centres),
      root_layers(weights.root_layers),
      root_first(weights.root_first, {{0, weights.root_first.inputs}}),
      root_second(weights.root_second, {{0, weights.root_second.inputs}}),
      root(weights.root, {{0, weights.root.inputs}})
{
    for (auto const& stage : weights.stages) {
        auto& packed = stages.emplace_back(Stage{.usual_hits = stage.usual_hits,
                                                 .usual_energy = stage.usual_energy,
                                                 .centres = stage.centres,
                                                 .passes = {}});
        for (std::size_t pass = 0; pass < stage.passes.size(); ++pass)
            packed.passes.emplace_back(config, stage.passes[pass], static_cast<int>(pass));
    }
}

std::size_t PackedNetwork::bytes() const
{
    auto sum = (anchors.size() + usual_shapes.size() + centres.size() + root_layers.size()) *
                   sizeof(float) +
               root_first.bytes() + root_second.bytes() + root.bytes();
    for (auto const& stage : stages) {
        sum += (stage.usual_hits.size() + stage.usual_energy.size() + stage.centres.size()) *
               sizeof(float);
        for (auto const& pass : stage.passes) sum += pass.bytes();
    }
    return sum;
}

}  // namespace lowcal::runtime
