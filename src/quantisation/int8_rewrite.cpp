#include "quantisation/int8_rewrite.hpp"

#include "graph/graph_builder.hpp"
#include "quantisation/weight_quantiser.hpp"

#include <cmath>

namespace lowcal::quantisation {
namespace {

using graph::Graph;
using graph::Node;

class Rewriter {
public:
    Rewriter(Graph const& canonical, Int8Plan const& plan, Statistics const& statistics,
             RewriteConfig const& config)
        : canonical_(canonical),
          plan_(plan),
          statistics_(statistics),
          config_(config),
          builder_(result_.graph)
    {
        for (auto const& group : plan.groups) choose_scale(group);
    }

    Int8Network run()
    {
        auto& graph = result_.graph;
        graph.name = canonical_.name;
        graph.opset = canonical_.opset;
        graph.inputs = canonical_.inputs;
        graph.outputs = canonical_.outputs;
        graph.metadata = canonical_.metadata;
        graph.constants = canonical_.constants;
        for (auto node : canonical_.nodes) {
            for (auto& input : node.inputs)
                if (scales_.contains(input)) input += dequantised_suffix;
            bool const convolution = node.op == "Conv" || node.op == "ConvTranspose";
            if (convolution && plan_.precision_of(node.name) == LayerPrecision::int8)
                write_int8(node);
            else
                graph.nodes.push_back(node);
            if (convolution) report(node);
            for (auto const& output : node.outputs)
                if (scales_.contains(output)) add_quantisation(output);
        }
        return std::move(result_);
    }

private:
    static constexpr char dequantised_suffix[] = ".dequantised";
    Graph const& canonical_;
    Int8Plan const& plan_;
    Statistics const& statistics_;
    RewriteConfig const& config_;
    Int8Network result_;
    graph::GraphBuilder builder_;
    std::map<std::string, Int8Scale> scales_;  ///< by quantised value
    std::map<std::string, double> weight_noise_;

    void choose_scale(std::vector<std::string> const& group)
    {
        RangeCalibrator joined;
        for (auto const& value : group) joined.merge(statistics_.at(value));
        auto const scale = joined.scale(config_.range);
        for (auto const& value : group) scales_[value] = scale;
    }

    void add_quantisation(std::string const& value)
    {
        auto const& scale = scales_.at(value);
        auto const scale_name = builder_.floats(value + ".scale", {}, {scale.scale});
        graph::Tensor zero{.type = graph::ElementType::uint8, .shape = {}};
        zero.integers = {scale.zero_point};
        auto const zero_name = builder_.constant(value + ".zero_point", std::move(zero));
        auto const levels = builder_.node({.name = value + ".quantised",
                                           .op = "QuantizeLinear",
                                           .inputs = {value, scale_name, zero_name}});
        builder_.node({.name = value + dequantised_suffix,
                       .op = "DequantizeLinear",
                       .inputs = {levels, scale_name, zero_name}});
    }

    void write_int8(Node node)
    {
        auto const& weights = canonical_.constants.at(node.inputs[1]);
        bool const transposed = node.op == "ConvTranspose";
        auto const quantised = quantise_weights(
            weights, transposed ? WeightOrder::input_first : WeightOrder::output_first);
        auto const name = node.inputs[1];
        result_.graph.constants.erase(name);
        auto const levels = builder_.constant(name + ".levels", quantised.levels);
        auto const channels = static_cast<std::int64_t>(quantised.scales.size());
        auto const scale = builder_.floats(name + ".scale", {channels}, quantised.scales);
        node.inputs[1] = builder_.node({.name = name + ".dequantised",
                                        .op = "DequantizeLinear",
                                        .inputs = {levels, scale},
                                        .attributes = {{"axis", quantised.channel_axis}}});
        auto const rounded = dequantised(quantised);
        note_weight_noise(node.name, weights.floats, rounded.floats);
        auto const correction = config_.corrections.find(node.name);
        if (correction == config_.corrections.end()) {
            builder_.node(std::move(node));
            return;
        }
        auto const result = node.outputs.front();
        auto const layer = node.name;
        node.outputs = {layer + ".uncorrected"};
        auto const value = builder_.node(std::move(node));
        graph::Shape shape(weights.shape.size(), 1);
        shape[1] = channels;
        builder_.node(
            {.name = layer + ".corrected",
             .op = "Add",
             .inputs = {value, builder_.floats(layer + ".correction", shape, correction->second)},
             .outputs = {result}});
    }

    void note_weight_noise(std::string const& layer, std::vector<float> const& before,
                           std::vector<float> const& after)
    {
        double noise = 0, size = 0;
        for (std::size_t i = 0; i < before.size(); ++i) {
            noise += std::pow(static_cast<double>(after[i]) - static_cast<double>(before[i]), 2);
            size += std::pow(static_cast<double>(before[i]), 2);
        }
        weight_noise_[layer] = size > 0 ? std::sqrt(noise / size) : 0.0;
    }

    void report(Node const& node);
};

void Rewriter::report(Node const& node)
{
    Int8Layer layer{.name = node.name, .precision = plan_.precision_of(node.name)};
    std::string source;
    for (auto const& choice : plan_.layers) {
        if (choice.name != node.name) continue;
        layer.reason = choice.reason;
        source = choice.source;
    }
    auto const found = scales_.find(source);
    if (found != scales_.end() && layer.precision == LayerPrecision::int8) {
        auto const& range = statistics_.at(source);
        layer.input = found->second;
        layer.input_low = range.low();
        layer.input_high = range.high();
        layer.clipped_share = range.clipped_share(layer.input);
    }
    layer.weight_noise = weight_noise_[node.name];
    result_.layers.push_back(layer);
}

}  // namespace

Int8Network rewrite_int8(Graph const& canonical, Int8Plan const& plan, Statistics const& statistics,
                         RewriteConfig const& config)
{
    return Rewriter(canonical, plan, statistics, config).run();
}

}  // namespace lowcal::quantisation
