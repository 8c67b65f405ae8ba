#include "quantisation/division/division_quantiser.hpp"

#include "core/error.hpp"
#include "graph/model/fresh_names.hpp"
#include "graph/model/operators.hpp"
#include "graph/patterns/split_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace lowcal::quantisation {
namespace {

using graph::Graph;
using graph::Node;

constexpr std::size_t weights_at = 4;

bool divides(Node const& node)
{
    return node.op == graph::split_tree_operator && graph::int_attribute(node, "int8", 0) == 0;
}

graph::SplitRanges ranges_of(Graph const& network, Node const& node,
                             graph::SplitNetworkConfig const& config,
                             graph::SplitWeights const& weights, NetworkRunner const& runner)
{
    auto const problem = "cannot calibrate " + graph::describe(node);
    graph::SplitRanges ranges(config);
    graph::SplitNetwork const reference(config, weights);
    std::vector<float> cells(static_cast<std::size_t>(config.layers * config.tree.cells.count()));
    std::array<std::vector<float>, graph::shower_inputs> inputs;
    auto const divide = [&] {
        auto const showers = inputs[0].size() / static_cast<std::size_t>(config.layers);
        auto const row = [&](std::size_t input, std::size_t shower) {
            auto const width = inputs[input].size() / showers;
            return std::span<float const>(inputs[input]).subspan(shower * width, width);
        };
        for (std::size_t i = 0; i < showers; ++i)
            reference.divide({.layers = row(0, i),
                              .primary = row(1, i),
                              .entry = row(2, i),
                              .uniform = row(3, i)},
                             cells, &ranges);
    };
    runner.run(network, {node.inputs.begin(), node.inputs.begin() + graph::shower_inputs},
               [&](std::size_t value, std::span<float const> numbers) {
                   for (float const number : numbers)
                       if (!std::isfinite(number))
                           throw InputError(problem,
                                            "the network makes numbers that are not finite");
                   inputs[value].assign(numbers.begin(), numbers.end());
                   if (value + 1 == graph::shower_inputs) divide();
               });
    return ranges;
}

/// Gives divisions that no shower met others' ranges; says so, or nothing.
std::string complete(graph::SplitRanges& ranges, graph::SplitNetworkConfig const& config,
                     Node const& node)
{
    std::size_t unmet = 0;
    try {
        unmet = ranges.complete(config);
    } catch (InputError const& error) {
        throw InputError("cannot calibrate " + graph::describe(node), error.what());
    }
    if (unmet == 0) return {};
    return fmt::format(
        "calibration met no block of {} networks of {}: they have the ranges of "
        "others; more showers may meet some",
        unmet, graph::describe(node));
}

bool is_used(Graph const& network, std::string const& value)
{
    return std::ranges::any_of(network.outputs,
                               [&](auto const& output) { return output.name == value; }) ||
           std::ranges::any_of(network.nodes, [&](Node const& node) {
               return std::ranges::find(node.inputs, value) != node.inputs.end();
           });
}

Int8Layer report(std::string const& name, graph::SplitRanges const& ranges)
{
    auto const& cells = ranges.blocks.back().energy;
    auto const scale = cells.levels().scale;
    return {.name = name,
            .input = {.scale = scale, .zero_point = 0},
            .input_low = static_cast<double>(cells.least),
            .input_high = static_cast<double>(cells.largest)};
}

}  // namespace

bool has_divisions(Graph const& network)
{
    return std::ranges::any_of(network.nodes, divides);
}

Int8Network quantise_divisions(Graph network, NetworkRunner const& runner)
{
    for (auto const& node : network.nodes)
        if (node.op == "Conv" || node.op == "ConvTranspose")
            throw InputError("cannot quantise " + graph::describe(node),
                             "the network divides layers beside");
    Int8Network result{.graph = network};
    graph::FreshNames fresh(network);
    for (auto& node : result.graph.nodes) {
        if (!divides(node)) continue;
        auto const config = graph::split_config(node);
        auto const found = network.constants.find(node.inputs[weights_at]);
        if (found == network.constants.end())
            throw InputError("cannot quantise " + graph::describe(node),
                             "its weights are no constant");
        graph::SplitWeights const weights(config, found->second.floats);
        auto ranges = ranges_of(network, node, config, weights, runner);
        if (auto said = complete(ranges, config, node); !said.empty())
            result.remark = std::move(said);
        auto const made = graph::int8_split(config, weights, ranges);
        auto stored = made.weights.stored(made.config);
        auto const numbers = fresh(node.name + ".numbers");
        auto const levels = fresh(node.name + ".levels");
        auto const old = std::exchange(node.inputs[weights_at], numbers);
        node.inputs.push_back(levels);
        node.attributes = graph::attributes_of(made.config);
        auto& constants = result.graph.constants;
        constants[numbers] = {.shape = {static_cast<std::int64_t>(stored.numbers.size())},
                              .floats = std::move(stored.numbers)};
        constants[levels] = {.type = graph::ElementType::int8,
                             .shape = {static_cast<std::int64_t>(stored.levels.size())}};
        constants[levels].integers.assign(stored.levels.begin(), stored.levels.end());
        if (!is_used(result.graph, old)) constants.erase(old);
        result.layers.push_back(report(node.name, ranges));
    }
    return result;
}

}  // namespace lowcal::quantisation
