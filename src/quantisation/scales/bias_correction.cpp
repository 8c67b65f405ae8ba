#include "quantisation/scales/bias_correction.hpp"

#include "quantisation/form/canonical_form.hpp"
#include "quantisation/scales/channel_moments.hpp"

#include <algorithm>
#include <set>

namespace lowcal::quantisation {
namespace {

/// Mean over showers of the sum of the network's output divided by n(e), where it has that: showers
/// of all energies count alike.
double mean_output(graph::Graph const& network, NetworkRunner const& runner)
{
    auto value = network.outputs.front().name;
    for (auto const& node : network.nodes)
        if (node.outputs.front() == value + per_unit_suffix) {
            value += per_unit_suffix;
            break;
        }
    double sum = 0;
    std::size_t count = 0;
    runner.run(network, {value}, [&](std::size_t, std::span<float const> numbers) {
        for (float const number : numbers) sum += static_cast<double>(number);
        count += numbers.size();
    });
    return sum / static_cast<double>(count);
}

/// Whether the output grows with the result of a layer: false where what follows it makes sums of
/// its own, to which cells are scaled.
bool scales_output(graph::Graph const& network, std::string const& layer)
{
    std::set<std::string> reached;
    for (auto const& node : network.nodes) {
        bool const reads = std::any_of(node.inputs.begin(), node.inputs.end(),
                                       [&](auto const& input) { return reached.contains(input); });
        if (reads && node.op == "ReduceSum") return false;
        if (reads || node.name == layer) reached.insert(node.outputs.begin(), node.outputs.end());
    }
    return true;
}

}  // namespace

double match_response(Int8Network& network, graph::Graph const& canonical,
                      NetworkRunner const& runner)
{
    if (!scales_output(network.graph, network.layers.back().name)) return 1.0;
    double const wanted = mean_output(canonical, runner);
    double const found = mean_output(network.graph, runner);
    if (!(wanted > 0) || !(found > 0)) return 1.0;
    auto const& last = network.layers.back().name;
    std::string const bias = last + bias_suffix, shift = last + shift_suffix;
    for (auto const& name :
         {last + ".weight", last + ".weight.scale", last + ".weight.bfloat16",
          last + correction_suffix + ".scale", bias + ".constant", shift + ".constant"}) {
        auto const constant = network.graph.constants.find(name);
        if (constant == network.graph.constants.end()) continue;
        for (auto& number : constant->second.floats)
            number = static_cast<float>(static_cast<double>(number) * wanted / found);
    }
    return wanted / found;
}

namespace {

/// An int8 layer that is corrected.
struct CorrectedLayer {
    std::string name;
    std::string value;      ///< its result
    std::size_t depth = 0;  ///< int8 layers before it, along the longest way
};

std::vector<CorrectedLayer> corrected_layers(graph::Graph const& canonical, Int8Plan const& plan)
{
    std::vector<CorrectedLayer> layers;
    std::map<std::string, std::size_t> depths;  // by value: int8 layers that it depends on
    for (auto const& node : canonical.nodes) {
        std::size_t depth = 0;
        for (auto const& input : node.inputs)
            if (auto const found = depths.find(input); found != depths.end())
                depth = std::max(depth, found->second);
        bool const int8 =
            std::any_of(plan.layers.begin(), plan.layers.end(), [&](LayerChoice const& layer) {
                return layer.name == node.name && layer.precision == LayerPrecision::int8;
            });
        if (int8)
            layers.push_back({.name = node.name, .value = node.outputs.front(), .depth = depth++});
        for (auto const& output : node.outputs) depths[output] = depth;
    }
    return layers;
}

}  // namespace

Corrections correct_biases(graph::Graph const& canonical, Int8Plan const& plan,
                           Statistics const& statistics, RewriteConfig config,
                           NetworkRunner const& runner)
{
    auto const layers = corrected_layers(canonical, plan);
    std::vector<std::string> all;
    std::size_t depths = 0;
    for (auto const& layer : layers) {
        all.push_back(layer.value);
        depths = std::max(depths, layer.depth + 1);
    }
    auto const wanted = channel_moments(canonical, all, runner);
    for (std::size_t depth = 0; depth < depths; ++depth) {
        std::vector<std::size_t> now;
        std::vector<std::string> values;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            if (layers[i].depth != depth) continue;
            now.push_back(i);
            values.push_back(layers[i].value);
        }
        auto const network = rewrite_int8(canonical, plan, statistics, config).graph;
        auto const found = channel_moments(network, values, runner);
        for (std::size_t k = 0; k < now.size(); ++k) {
            auto& correction = config.corrections[layers[now[k]].name];
            for (std::size_t channel = 0; channel < found[k].means.size(); ++channel)
                correction.push_back(
                    static_cast<float>(wanted[now[k]].means[channel] - found[k].means[channel]));
        }
    }
    return config.corrections;
}

}  // namespace lowcal::quantisation
