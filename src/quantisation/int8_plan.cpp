#include "quantisation/int8_plan.hpp"

#include "core/error.hpp"

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

/// The values that a value consists of: what views and concatenations only move.
class Sources {
public:
    explicit Sources(Graph const& graph)
    {
        for (auto const& node : graph.nodes)
            for (auto const& output : node.outputs) makers_[output] = &node;
    }

    std::vector<std::string> operator()(std::string const& value) const
    {
        static std::set<std::string> const views{"Transpose", "Reshape", "Identity", "Flatten"};
        auto const maker = makers_.find(value);
        if (maker == makers_.end()) return {value};
        auto const& node = *maker->second;
        if (views.contains(node.op)) return (*this)(node.inputs[0]);
        if (node.op != "Concat") return {value};
        std::vector<std::string> all;
        for (auto const& input : node.inputs)
            for (auto& source : (*this)(input)) all.push_back(std::move(source));
        return all;
    }

private:
    std::map<std::string, Node const*> makers_;
};

/// Why this convolution cannot be int8; empty if it can.
std::string obstacle(Graph const& graph, Node const& node, Int8PlanConfig const& config,
                     std::vector<std::string> const& sources)
{
    if (auto const found = config.excluded.find(node.name); found != config.excluded.end())
        return found->second;
    auto const& weights = graph.constants.at(node.inputs[1]);
    auto const channels = weights.shape[node.op == "Conv" ? 1 : 0];
    if (graph::int_attribute(node, "group", 1) != 1) return "it has groups";
    if (channels < config.least_channels)
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

LayerPrecision Int8Plan::precision_of(std::string const& layer) const
{
    for (auto const& choice : layers)
        if (choice.name == layer) return choice.precision;
    return LayerPrecision::float32;
}

Int8Plan plan_int8(Graph const& canonical, Int8PlanConfig const& config)
{
    Sources const sources(canonical);
    Int8Plan plan;
    bool any = false;
    for (auto const& node : canonical.nodes) {
        if (!is_convolution(node)) continue;
        auto const read = sources(node.inputs[0]);
        auto reason = obstacle(canonical, node, config, read);
        bool const possible = reason.empty();
        plan.layers.push_back(
            {.name = node.name,
             .precision = possible ? LayerPrecision::int8 : LayerPrecision::float32,
             .reason = std::move(reason),
             .source = read.front()});
        if (possible) add_group(plan.groups, read);
        any = any || possible;
    }
    for (auto const& [name, reason] : config.excluded)
        if (std::none_of(plan.layers.begin(), plan.layers.end(),
                         [&](auto const& layer) { return layer.name == name; }))
            throw InputError("no convolution '" + name + "' in network '" + canonical.name + "'",
                             "it is to stay in float32");
    if (!any)
        throw InputError("no convolution of network '" + canonical.name + "' can be int8",
                         plan.layers.empty() ? "it has none" : plan.layers.front().reason);
    return plan;
}

}  // namespace lowcal::quantisation
