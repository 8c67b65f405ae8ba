#include "graph/onnx/opset_conversion.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <set>

namespace lowcal::graph {
namespace {

std::set<std::string> value_names(Graph const& graph)
{
    std::set<std::string> names;
    for (auto const& input : graph.inputs) names.insert(input.name);
    for (auto const& entry : graph.constants) names.insert(entry.first);
    for (auto const& node : graph.nodes) names.insert(node.outputs.begin(), node.outputs.end());
    return names;
}

/// Moves a list of integers from an attribute to a second, constant input; `taken` are the names
/// of all values.
void attribute_to_input(Graph& graph, Node& node, std::string const& key,
                        std::set<std::string>& taken)
{
    if (!node.attributes.contains(key)) return;
    if (node.inputs.size() != 1)
        throw InputError("cannot use " + describe(node),
                         "in this opset it has one input and the attribute '" + key + "'");
    auto const values = ints_attribute(node, key, {});
    auto name = node.name + "." + key;
    while (!taken.insert(name).second) name += "_";
    graph.constants[name] = {
        ElementType::int64, {static_cast<std::int64_t>(values.size())}, {}, values};
    node.inputs.push_back(name);
    node.attributes.erase(key);
}

/// Dropout's ratio was an attribute; it means nothing outside training.
void to_opset_13(Graph& graph)
{
    auto taken = value_names(graph);
    for (auto& node : graph.nodes) {
        if (node.op == "Squeeze" || node.op == "Unsqueeze" || node.op == "ReduceSum")
            attribute_to_input(graph, node, "axes", taken);
        else if (node.op == "Split")
            attribute_to_input(graph, node, "split", taken);
        else if (node.op == "Dropout")
            node.attributes.erase("ratio");
    }
    graph.opset = 13;
}

void reduce_mean_to_opset_17(Graph& graph, Node& node)
{
    bool const has_axes = node.inputs.size() == 2;
    if (int_attribute(node, "noop_with_empty_axes", 0) != 0 && !has_axes)
        throw InputError("cannot use " + describe(node),
                         "its attribute 'noop_with_empty_axes' is not supported");
    node.attributes.erase("noop_with_empty_axes");
    if (!has_axes) return;
    auto const axes = graph.constants.find(node.inputs.back());
    if (axes == graph.constants.end() || axes->second.type != ElementType::int64 ||
        axes->second.integers.empty())
        throw InputError("cannot use " + describe(node), "its axes are not constant integers");
    node.attributes["axes"] = axes->second.integers.values();
    node.inputs.pop_back();
}

void to_opset_17(Graph& graph)
{
    for (auto& node : graph.nodes) {
        if (node.op == "ReduceMean") reduce_mean_to_opset_17(graph, node);
        // Equal parts are what Split means without it; others are found by shape inference.
        if (node.op == "Split" && node.inputs.size() == 1) node.attributes.erase("num_outputs");
    }
    graph.opset = 17;
}

}  // namespace

void convert_opset(Graph& graph)
{
    if (graph.opset < 13) to_opset_13(graph);
    if (graph.opset > 17) to_opset_17(graph);
}

}  // namespace lowcal::graph
