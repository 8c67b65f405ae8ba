#include "quantisation/scales/distortion.hpp"

#include "graph/shapes/shape_inference.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace lowcal::quantisation {
namespace {

using graph::Graph;

constexpr char second_suffix[] = " (int8)";  ///< no network has such a name

/// Both networks as one graph on the same inputs, so that one run shows values of both; names of
/// the second get a suffix.
Graph side_by_side(Graph const& first, Graph const& second)
{
    auto both = first;
    std::set<std::string> inputs{""};
    for (auto const& input : first.inputs) inputs.insert(input.name);
    auto const renamed = [&](std::string const& name) {
        return inputs.contains(name) ? name : name + second_suffix;
    };
    for (auto const& [name, tensor] : second.constants) both.constants[renamed(name)] = tensor;
    for (auto node : second.nodes) {
        node.name += second_suffix;
        for (auto& input : node.inputs) input = renamed(input);
        for (auto& output : node.outputs) output = renamed(output);
        both.nodes.push_back(std::move(node));
    }
    return both;
}

/// Sums over showers and cells, per channel.
struct Sums {
    std::vector<double> square, difference, square_difference;
    std::size_t cells = 0;       ///< of a channel of a shower
    double count = 0;            ///< numbers of a channel seen
    std::vector<float> exact{};  ///< of the block being compared

    Sums(std::size_t channels, std::size_t channel_cells)
        : square(channels), difference(channels), square_difference(channels), cells(channel_cells)
    {
    }
    void add(std::span<float const> rounded)
    {
        for (std::size_t i = 0; i < rounded.size(); ++i) {
            auto const channel = i / cells % square.size();
            auto const wanted = static_cast<double>(exact[i]);
            double const shift = static_cast<double>(rounded[i]) - wanted;
            square[channel] += wanted * wanted;
            difference[channel] += shift;
            square_difference[channel] += shift * shift;
        }
        auto const per_channel = rounded.size() / square.size();
        count += static_cast<double>(per_channel);
    }
};

double decibels(double signal, double noise)
{
    return noise > 0 ? 10.0 * std::log10(signal / noise) : HUGE_VAL;
}

LayerDistortion summary_of(std::string const& layer, Sums const& sums, std::size_t worst_channels)
{
    auto const total = [](std::vector<double> const& numbers) {
        return std::accumulate(numbers.begin(), numbers.end(), 0.0);
    };
    LayerDistortion result{
        .layer = layer,
        .signal_to_noise = decibels(total(sums.square), total(sums.square_difference))};
    for (std::size_t c = 0; c < sums.square.size(); ++c) {
        if (!(sums.square[c] > 0)) continue;  // a dead channel
        double const rms = std::sqrt(sums.square[c] / sums.count);
        result.mean_shift =
            std::max(result.mean_shift, std::abs(sums.difference[c] / sums.count) / rms);
        result.worst.push_back(
            {.index = c, .signal_to_noise = decibels(sums.square[c], sums.square_difference[c])});
    }
    std::sort(result.worst.begin(), result.worst.end(),
              [](auto const& a, auto const& b) { return a.signal_to_noise < b.signal_to_noise; });
    if (result.worst.size() > worst_channels) result.worst.resize(worst_channels);
    return result;
}

}  // namespace

std::vector<LayerDistortion> measure_distortion(Graph const& canonical, Int8Network const& int8,
                                                NetworkRunner const& runner,
                                                std::size_t worst_channels)
{
    auto const shapes = graph::infer_shapes(canonical, 1);
    std::vector<std::string> layers, values;
    std::vector<Sums> sums;
    for (auto const& layer : int8.layers) {
        if (layer.precision != LayerPrecision::int8) continue;
        for (auto const& node : canonical.nodes) {
            if (node.name != layer.name) continue;
            auto const& shape = shapes.at(node.outputs.front());
            auto const channels = static_cast<std::size_t>(shape[1]);
            layers.push_back(layer.name);
            values.push_back(node.outputs.front());
            sums.emplace_back(channels,
                              static_cast<std::size_t>(graph::element_count(shape)) / channels);
        }
    }
    auto const own = values;
    for (auto const& value : own) values.push_back(value + second_suffix);
    runner.run(side_by_side(canonical, int8.graph), values,
               [&](std::size_t value, std::span<float const> numbers) {
                   if (value < own.size())
                       sums[value].exact.assign(numbers.begin(), numbers.end());
                   else
                       sums[value - own.size()].add(numbers);
               });
    std::vector<LayerDistortion> result;
    for (std::size_t i = 0; i < layers.size(); ++i)
        result.push_back(summary_of(layers[i], sums[i], worst_channels));
    return result;
}

}  // namespace lowcal::quantisation
