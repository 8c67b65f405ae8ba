#include "quantisation/plan/int8_plan.hpp"

#include "core/error.hpp"
#include "graph/model/model_info.hpp"
#include "quantisation/form/blocks.hpp"

#include <algorithm>
#include <set>

namespace lowcal::quantisation {
namespace {

using graph::Graph;
using graph::Node;

bool is_convolution(Node const& node)
{
    return node.op == "Conv" || node.op == "ConvTranspose";
}

/// A product with a constant matrix.
bool is_dense(Graph const& graph, Node const& node)
{
    if (node.op != "Gemm" && node.op != "MatMul") return false;
    auto const weights = graph.constants.find(node.inputs[1]);
    return weights != graph.constants.end() && weights->second.shape.size() == 2;
}

/// Whether a node makes nothing but numbers of its input, or zeros: bytes as well as floats.
bool picks(Node const& node)
{
    static std::set<std::string> const pickers{"Slice", "Split", "Squeeze", "Tile", "Unsqueeze"};
    bool const nearest =
        node.op == "Resize" && graph::string_attribute(node, "mode", "nearest") == "nearest";
    return nearest || pickers.contains(node.op);
}

/// The values that a value consists of: what views and concatenations only move.
class Sources {
public:
    explicit Sources(Graph const& graph)
    {
        for (auto const& node : graph.nodes)
            for (auto const& output : node.outputs) makers_[output] = &node;
    }

    /// Each once, in the order in which they are met.
    std::vector<std::string> operator()(std::string const& value) const
    {
        std::vector<std::string> found, open{value};  // not by recursion: chains have any length
        std::set<std::string> seen{value};
        while (!open.empty()) {
            auto const name = std::move(open.back());
            open.pop_back();
            auto const parts = parts_of(name);
            if (parts.empty()) found.push_back(name);
            for (auto part = parts.rbegin(); part != parts.rend(); ++part)
                if (seen.insert(*part).second) open.push_back(*part);
        }
        return found;
    }

private:
    std::map<std::string, Node const*> makers_;

    /// Whether a value is a part of an input or a constant: its own numbers have levels then, not
    /// the whole that nobody makes.
    bool starts_at_input(std::string value) const
    {
        for (auto maker = makers_.find(value); maker != makers_.end();
             maker = makers_.find(value)) {
            if (!is_view(*maker->second) && !picks(*maker->second)) return false;
            value = maker->second->inputs[0];
        }
        return true;
    }

    /// What a view or concatenation moves; nothing of other values.
    std::vector<std::string> parts_of(std::string const& value) const
    {
        auto const maker = makers_.find(value);
        if (maker == makers_.end()) return {};
        auto const& node = *maker->second;
        if (is_view(node) || (picks(node) && !starts_at_input(value))) return {node.inputs[0]};
        return node.op == "Concat" ? node.inputs : std::vector<std::string>{};
    }
};

/// Of the network's multiply-accumulates, by layer.
using Shares = std::map<std::string, double>;

Shares work_shares(Graph const& graph)
{
    auto const info = graph::model_info(graph);
    Shares shares;
    for (auto const& layer : info.layers)
        shares[layer.name] = layer.multiply_accumulates / info.multiply_accumulates;
    return shares;
}

/// Why this convolution cannot be int8; empty if it can.
std::string obstacle(Graph const& graph, Node const& node, std::int64_t least_channels,
                     std::vector<std::string> const& sources)
{
    auto const& weights = graph.constants.at(node.inputs[1]);
    auto const channels = weights.shape[node.op == "Conv" ? 1 : 0];
    if (graph::int_attribute(node, "group", 1) != 1) return "it has groups";
    if (channels < least_channels)
        return "it has " + std::to_string(channels) + " input channels only";
    for (auto const& source : sources)
        if (graph.constants.contains(source) ||
            std::any_of(graph.inputs.begin(), graph.inputs.end(),
                        [&](auto const& input) { return input.name == source; }))
            return "it reads '" + source + "', which no layer makes";
    return {};
}

/// Joins groups that share a value.
void add_group(std::vector<std::vector<std::string>>& groups, std::vector<std::string> added)
{
    for (auto group = groups.begin(); group != groups.end();) {
        bool const common = std::any_of(group->begin(), group->end(), [&](auto const& value) {
            return std::find(added.begin(), added.end(), value) != added.end();
        });
        if (!common) {
            ++group;
            continue;
        }
        added.insert(added.end(), group->begin(), group->end());
        group = groups.erase(group);
    }
    std::set<std::string> const unique(added.begin(), added.end());
    groups.emplace_back(unique.begin(), unique.end());
}

}  // namespace

std::string_view name_of(LayerPrecision precision)
{
    switch (precision) {
        case LayerPrecision::int8:
            return "int8";
        case LayerPrecision::int8_weights:
            return "int8 weights";
        case LayerPrecision::bfloat16:
            return "bf16";
        case LayerPrecision::float32:
            break;
    }
    return "f32";
}

LayerPrecision Int8Plan::precision_of(std::string const& layer) const
{
    for (auto const& choice : layers)
        if (choice.name == layer) return choice.precision;
    return LayerPrecision::float32;
}

namespace {

/// Channels from which on a convolution is int8.
std::int64_t least_channels(Node const& node, Int8PlanConfig const& config, Shares const& shares)
{
    bool const chosen = config.least_channels != Int8PlanConfig{}.least_channels;
    auto const share = shares.find(node.name);
    bool const much_work = share != shares.end() && share->second >= much_of_the_work;
    return much_work && !chosen ? std::min(config.least_channels, fewest_channels)
                                : config.least_channels;
}

LayerChoice choose(Graph const& graph, Node const& node, Int8PlanConfig const& config,
                   Shares const& shares, std::vector<std::string> const& sources)
{
    LayerChoice choice{.name = node.name, .source = sources.front()};
    if (auto const found = config.fallbacks.find(node.name); found != config.fallbacks.end()) {
        choice.precision = found->second.precision;
        choice.reason = found->second.reason;
        return choice;
    }
    choice.reason = is_convolution(node)
                        ? obstacle(graph, node, least_channels(node, config, shares), sources)
                        : "it is a dense layer";
    if (choice.reason.empty()) return choice;
    bool const grouped = node.op == "ConvTranspose" && graph::int_attribute(node, "group", 1) != 1;
    choice.precision = grouped ? LayerPrecision::float32 : LayerPrecision::int8_weights;
    return choice;
}

/// The nodes from which a way leads to the output past all int8 layers.
std::set<Node const*> nodes_past_int8(Graph const& graph, Int8Plan const& plan)
{
    std::set<std::string> wanted;
    for (auto const& output : graph.outputs) wanted.insert(output.name);
    std::set<Node const*> found;
    for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
        bool const reaches =
            std::any_of(node->outputs.begin(), node->outputs.end(),
                        [&](auto const& output) { return wanted.contains(output); });
        if (!reaches || plan.precision_of(node->name) == LayerPrecision::int8) continue;
        found.insert(&*node);
        wanted.insert(node->inputs.begin(), node->inputs.end());
    }
    return found;
}

/// Dense layers whose results reach the output past all int8 layers (energies that cells are scaled
/// to) stay float32: nothing would hide their rounding.
void keep_dense_past_int8(Graph const& graph, Int8Plan& plan)
{
    for (auto const* node : nodes_past_int8(graph, plan)) {
        if (is_convolution(*node)) continue;
        for (auto& layer : plan.layers)
            if (layer.name == node->name && layer.precision == LayerPrecision::int8_weights) {
                layer.precision = LayerPrecision::float32;
                layer.reason = "its result reaches the output past all int8 layers";
            }
    }
}

void check_fallbacks(Graph const& graph, Int8PlanConfig const& config, Int8Plan const& plan)
{
    for (auto const& [name, fallback] : config.fallbacks)
        if (std::none_of(plan.layers.begin(), plan.layers.end(),
                         [&wanted = name](auto const& layer) { return layer.name == wanted; }))
            throw InputError(
                "no convolution or dense layer '" + name + "' in network '" + graph.name + "'",
                "it is to be " + std::string(name_of(fallback.precision)));
}

}  // namespace

namespace {

Int8Plan plan_with(Graph const& canonical, Int8PlanConfig const& config)
{
    Sources const sources(canonical);
    auto const shares = work_shares(canonical);
    Int8Plan plan;
    for (auto const& node : canonical.nodes) {
        if (!is_convolution(node) && !is_dense(canonical, node)) continue;
        auto const read = sources(node.inputs[0]);
        plan.layers.push_back(choose(canonical, node, config, shares, read));
        if (plan.layers.back().precision == LayerPrecision::int8) add_group(plan.groups, read);
    }
    return plan;
}

/// Why none of the layers is int8.
std::string first_reason(Graph const& canonical, Int8Plan const& plan)
{
    for (auto const& node : canonical.nodes)
        if (is_convolution(node))
            for (auto const& layer : plan.layers)
                if (layer.name == node.name) return layer.reason;
    return "it has none";
}

}  // namespace

Int8Plan plan_int8(Graph const& canonical, Int8PlanConfig const& config)
{
    auto plan = plan_with(canonical, config);
    check_fallbacks(canonical, config, plan);
    bool const chosen = config.least_channels != Int8PlanConfig{}.least_channels;
    if (plan.groups.empty() && !chosen) {
        auto narrow = config;
        narrow.least_channels = fewest_channels;
        plan = plan_with(canonical, narrow);
    }
    if (!plan.groups.empty()) {
        keep_dense_past_int8(canonical, plan);
        return plan;
    }
    bool const stored = std::any_of(plan.layers.begin(), plan.layers.end(), [](auto const& layer) {
        return layer.precision == LayerPrecision::int8_weights;
    });
    if (!stored || chosen || !config.fallbacks.empty())
        throw InputError("no convolution of network '" + canonical.name + "' can be int8",
                         first_reason(canonical, plan));
    return plan;
}

namespace {

/// What stands between a convolution and the quantised value that its block makes; empty where the
/// block makes none.
std::vector<std::string> values_within_block(Graph const& graph, Node const& convolution,
                                             std::set<std::string> const& quantised)
{
    std::vector<std::string> within;
    auto value = convolution.outputs.front();
    while (!quantised.contains(value)) {
        Node const* reader = nullptr;
        for (auto const& node : graph.nodes) {
            if (std::find(node.inputs.begin(), node.inputs.end(), value) == node.inputs.end())
                continue;
            if (reader != nullptr) return {};
            reader = &node;
        }
        if (reader == nullptr) return {};
        within.push_back(value);
        if (reader->op == "Add" && !graph.constants.contains(reader->inputs[1]))
            within.push_back(reader->inputs[1]);
        value = reader->outputs.front();
    }
    return within;
}

}  // namespace

void add_values_within_blocks(Int8Plan& plan, Graph const& canonical)
{
    std::set<std::string> quantised;
    for (auto const& group : plan.groups) quantised.insert(group.begin(), group.end());
    for (auto const& node : canonical.nodes) {
        if (!is_convolution(node) || plan.precision_of(node.name) != LayerPrecision::int8) continue;
        for (auto const& value : values_within_block(canonical, node, quantised))
            add_group(plan.groups, {value});
    }
}

}  // namespace lowcal::quantisation
