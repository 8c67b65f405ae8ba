#include "quantisation/form/exact_readers.hpp"

#include <algorithm>

namespace lowcal::quantisation {
namespace {

using graph::Graph;
using graph::Node;

using Names = std::set<std::string>;

/// The network's inputs and what operators that only move numbers make of them.
Names moved_inputs(Graph const& graph)
{
    static Names const movers{"Concat", "Flatten", "Identity",  "Reshape",  "Slice",
                              "Split",  "Squeeze", "Transpose", "Unsqueeze"};
    Names moved;
    for (auto const& input : graph.inputs) moved.insert(input.name);
    for (auto const& node : graph.nodes) {
        bool const moves =
            movers.contains(node.op) &&
            std::all_of(node.inputs.begin(), node.inputs.end(), [&](auto const& input) {
                return moved.contains(input) || graph.constants.contains(input);
            });
        if (moves) moved.insert(node.outputs.begin(), node.outputs.end());
    }
    return moved;
}

/// What an int8 layer reads, and what that is made of.
Names before_int8(Graph const& graph, Int8Plan const& plan)
{
    Names before;
    for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node)
        if (plan.precision_of(node->name) == LayerPrecision::int8 ||
            std::any_of(node->outputs.begin(), node->outputs.end(),
                        [&](auto const& output) { return before.contains(output); }))
            before.insert(node->inputs.begin(), node->inputs.end());
    return before;
}

}  // namespace

std::set<Node const*> exact_readers(Graph const& canonical, Int8Plan const& plan)
{
    auto const moved = moved_inputs(canonical);
    auto const before = before_int8(canonical, plan);
    std::set<Node const*> readers;
    for (auto const& node : canonical.nodes) {
        bool const reads_inputs =
            std::all_of(node.inputs.begin(), node.inputs.end(), [&](auto const& input) {
                return moved.contains(input) || canonical.constants.contains(input);
            });
        bool const precedes_int8 =
            plan.precision_of(node.name) == LayerPrecision::int8 ||
            std::any_of(node.outputs.begin(), node.outputs.end(),
                        [&](auto const& output) { return before.contains(output); });
        if (reads_inputs && !precedes_int8) readers.insert(&node);
    }
    return readers;
}

}  // namespace lowcal::quantisation
