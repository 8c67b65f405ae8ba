#include "quantisation/plan/int8_rewrite.hpp"

#include "graph/model/fresh_names.hpp"
#include "graph/model/graph_builder.hpp"
#include "quantisation/form/exact_readers.hpp"
#include "quantisation/scales/weight_quantiser.hpp"
#include "quantisation/store_as.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::quantisation {
namespace {

using graph::Graph;
using graph::Node;

/// Root mean square difference over the root mean square.
double relative_noise(std::vector<float> const& exact, std::vector<float> const& rounded)
{
    double noise = 0, size = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        noise += std::pow(static_cast<double>(rounded[i]) - static_cast<double>(exact[i]), 2);
        size += std::pow(static_cast<double>(exact[i]), 2);
    }
    return size > 0 ? std::sqrt(noise / size) : 0.0;
}

/// Which axis of a layer's weights counts its outputs.
WeightOrder weight_order(Node const& node)
{
    if (node.op == "Conv") return WeightOrder::output_first;
    if (node.op == "Gemm" && graph::int_attribute(node, "transB", 0) != 0)
        return WeightOrder::output_first;
    return WeightOrder::input_first;
}

class Rewriter {
public:
    Rewriter(Graph const& canonical, Int8Plan const& plan, Statistics const& statistics,
             RewriteConfig const& config)
        : canonical_(canonical),
          plan_(plan),
          statistics_(statistics),
          config_(config),
          fresh_(canonical),
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
        auto const exact = exact_readers(canonical_, plan_);
        for (auto const& original : canonical_.nodes) {
            auto node = original;
            for (auto& input : node.inputs)
                if (auto const found = dequantised_.find(input);
                    found != dequantised_.end() && !exact.contains(&original))
                    input = found->second;
            if (auto const* const choice = choice_of(node.name))
                write_layer(std::move(node), *choice);
            else
                builder_.node(std::move(node));
            auto const outputs = graph.nodes.back().outputs;
            for (auto const& output : outputs)
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
    graph::FreshNames fresh_;
    graph::GraphBuilder builder_;
    std::map<std::string, Int8Scale> scales_;           ///< by quantised value
    std::map<std::string, std::string> dequantised_{};  ///< name of its levels' numbers, likewise

    LayerChoice const* choice_of(std::string const& layer) const
    {
        auto const found = std::find_if(plan_.layers.begin(), plan_.layers.end(),
                                        [&](auto const& choice) { return choice.name == layer; });
        return found == plan_.layers.end() ? nullptr : &*found;
    }

    void choose_scale(std::vector<std::string> const& group)
    {
        RangeCalibrator joined;
        for (auto const& value : group) joined.merge(statistics_.at(value));
        auto const scale = joined.scale(config_.range);
        for (auto const& value : group) {
            scales_[value] = scale;
            dequantised_[value] = fresh_(value + dequantised_suffix);
        }
    }

    void add_quantisation(std::string const& value)
    {
        auto const& scale = scales_.at(value);
        auto const scale_name = builder_.floats(fresh_(value + ".scale"), {}, {scale.scale});
        graph::Tensor zero{.type = graph::ElementType::uint8, .shape = {}};
        zero.integers = {scale.zero_point};
        auto const zero_name = builder_.constant(fresh_(value + ".zero_point"), std::move(zero));
        auto const levels = builder_.node({.name = fresh_(value + ".quantised"),
                                           .op = "QuantizeLinear",
                                           .inputs = {value, scale_name, zero_name}});
        builder_.node({.name = dequantised_.at(value),
                       .op = "DequantizeLinear",
                       .inputs = {levels, scale_name, zero_name}});
    }

    void write_layer(Node node, LayerChoice const& choice)
    {
        Int8Layer layer{.name = node.name, .precision = choice.precision, .reason = choice.reason};
        switch (choice.precision) {
            case LayerPrecision::int8:
                note_input(layer, choice.source);
                write_levels(node, layer, LevelUse::integers);
                write_correction(node, layer);
                break;
            case LayerPrecision::int8_weights:
                write_levels(node, layer, LevelUse::floats);
                break;
            case LayerPrecision::bfloat16:
                node.inputs[1] =
                    store_as(result_.graph, node.inputs[1], graph::ElementType::bfloat16, fresh_);
                break;
            case LayerPrecision::float32:
                break;
        }
        result_.layers.push_back(std::move(layer));
        builder_.node(std::move(node));
    }

    void note_input(Int8Layer& layer, std::string const& source) const
    {
        auto const& range = statistics_.at(source);
        layer.input = scales_.at(source);
        layer.input_low = range.low();
        layer.input_high = range.high();
        layer.clipped_share = range.clipped_share(layer.input);
        layer.zeroed_share = range.zeroed_share(layer.input);
    }

    InputProducts const* products_of(std::string const& layer) const
    {
        if (config_.products == nullptr) return nullptr;
        auto const found = config_.products->find(layer);
        return found == config_.products->end() ? nullptr : &found->second;
    }

    /// The weights as levels, with a DequantizeLinear before the layer.
    void write_levels(Node& node, Int8Layer& layer, LevelUse use)
    {
        auto const name = node.inputs[1];
        auto const& weights = canonical_.constants.at(name);
        auto const order = weight_order(node);
        auto const* const products = use == LevelUse::integers ? products_of(node.name) : nullptr;
        auto const quantised = quantise_weights(weights, order, use, products);
        layer.weight_noise = relative_noise(weights.floats, dequantised(quantised).floats);
        layer.weight_scales = quantised.scales;
        result_.graph.constants.erase(name);
        auto const levels = builder_.constant(fresh_(name + ".levels"), quantised.levels);
        auto const scale =
            builder_.floats(fresh_(name + ".scale"),
                            {static_cast<std::int64_t>(quantised.scales.size())}, quantised.scales);
        node.inputs[1] = builder_.node({.name = fresh_(name + dequantised_suffix),
                                        .op = "DequantizeLinear",
                                        .inputs = {levels, scale},
                                        .attributes = {{"axis", quantised.channel_axis}}});
    }

    /// The correction as the convolution's bias, in integers of the accumulator's unit.
    void write_correction(Node& node, Int8Layer const& layer)
    {
        auto const found = config_.corrections.find(node.name);
        if (found == config_.corrections.end()) return;
        auto const& wanted = found->second;
        auto const channels = static_cast<std::int64_t>(wanted.size());
        graph::Tensor integers{.type = graph::ElementType::int32, .shape = {channels}};
        std::vector<float> scales;
        for (std::size_t channel = 0; channel < wanted.size(); ++channel) {
            scales.push_back(layer.input.scale * layer.weight_scales[channel]);
            double const unit = static_cast<double>(scales.back());
            integers.integers.push_back(static_cast<std::int64_t>(
                std::clamp(std::nearbyint(static_cast<double>(wanted[channel]) / unit),
                           -2147483647.0, 2147483647.0)));
        }
        auto const name = node.name + correction_suffix;
        auto const levels = builder_.constant(fresh_(name + ".levels"), std::move(integers));
        auto const scale = builder_.floats(fresh_(name + ".scale"), {channels}, std::move(scales));
        node.inputs.resize(2);
        node.inputs.push_back(builder_.node({.name = fresh_(name + dequantised_suffix),
                                             .op = "DequantizeLinear",
                                             .inputs = {levels, scale},
                                             .attributes = {{"axis", std::int64_t{0}}}}));
    }
};

}  // namespace

Int8Network rewrite_int8(Graph const& canonical, Int8Plan const& plan, Statistics const& statistics,
                         RewriteConfig const& config)
{
    return Rewriter(canonical, plan, statistics, config).run();
}

}  // namespace lowcal::quantisation
