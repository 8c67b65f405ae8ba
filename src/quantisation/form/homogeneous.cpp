#include "quantisation/form/homogeneous.hpp"

#include <algorithm>

namespace lowcal::quantisation {
namespace {

using graph::Node;

/// What a Pad puts there scales with the rest: zeros, or what stands at the border.
bool pads_with_zero(Node const& node, graph::Graph const& network)
{
    if (graph::string_attribute(node, "mode", "constant") != "constant") return true;
    if (node.inputs.size() < 3 || node.inputs[2].empty()) return true;
    auto const value = network.constants.find(node.inputs[2]);
    return value != network.constants.end() && value->second.floats == std::vector<float>{0.0F};
}

}  // namespace

std::size_t divided_inputs(Node const& node, std::set<std::string> const& divided)
{
    return static_cast<std::size_t>(
        std::count_if(node.inputs.begin(), node.inputs.end(),
                      [&](auto const& input) { return divided.contains(input); }));
}

bool is_homogeneous(Node const& node, std::set<std::string> const& divided_values,
                    graph::Graph const& network)
{
    static std::set<std::string> const moving{
        "Abs",           "AveragePool", "DepthToSpace", "Dropout",
        "Expand",        "Flatten",     "Gather",       "GlobalAveragePool",
        "GlobalMaxPool", "Identity",    "LeakyRelu",    "MaxPool",
        "Neg",           "ReduceL1",    "ReduceL2",     "ReduceMax",
        "ReduceMean",    "ReduceMin",   "ReduceSum",    "Relu",
        "Reshape",       "Resize",      "Slice",        "SpaceToDepth",
        "Split",         "Squeeze",     "Tile",         "Transpose",
        "Unsqueeze"};
    static std::set<std::string> const joining{"Add", "Concat", "Max", "Mean", "Min", "Sub", "Sum"};
    auto const divided = divided_inputs(node, divided_values);
    if (moving.contains(node.op) || node.op == "PRelu")
        return divided == 1 && divided_values.contains(node.inputs[0]);
    if (joining.contains(node.op)) return divided == node.inputs.size();
    if (node.op == "Mul" || node.op == "MatMul") return divided == 1;
    if (node.op == "Div") return divided == 1 && divided_values.contains(node.inputs[0]);
    return node.op == "Pad" && pads_with_zero(node, network);
}

bool grows_on(Node const& node, graph::Graph const& network)
{
    static std::set<std::string> const growing{"Celu", "Clip", "Elu", "HardSwish", "Selu"};
    if (growing.contains(node.op)) return true;
    if (node.op != "Pow") return false;
    auto const exponent = network.constants.find(node.inputs[1]);
    if (exponent == network.constants.end() || exponent->second.floats.size() != 1) return false;
    return exponent->second.floats.front() > 0.5F && exponent->second.floats.front() < 1.5F;
}

}  // namespace lowcal::quantisation
