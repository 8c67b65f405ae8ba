#include "quantisation/scales/bias_correction.hpp"

#include "quantisation/scales/channel_moments.hpp"

#include <algorithm>

namespace lowcal::quantisation {
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
