#include "graph/model/model_info.hpp"

#include "graph/model/operators.hpp"
#include "graph/passes/pass_config.hpp"
#include "graph/patterns/split_config.hpp"
#include "graph/shapes/shape_inference.hpp"

#include <algorithm>
#include <set>

namespace lowcal::graph {
namespace {

using Shapes = std::map<std::string, Shape>;
using Names = std::set<std::string>;

Names const weighted_operators{
    "BatchNormalization", "Conv", "ConvTranspose", "Gemm", "MatMul", split_tree_operator,
    cell_passes_operator};
Names const arithmetic_operators{"Add", "Div", "Max", "Min", "Mul", "Pow", "Sub"};
Names const preparing_operators{"Cast", "DequantizeLinear", "Identity", "Reshape", "Transpose"};

/// Follows constants through the nodes that prepare them.
class Weights {
public:
    explicit Weights(Graph const& graph)
    {
        for (auto const& entry : graph.constants) origin_[entry.first] = entry.first;
    }

    bool is_fixed(std::string const& value) const
    {
        return value.empty() || origin_.contains(value);
    }

    /// Whether the node computes on constants alone; then its output is a constant, too.
    bool prepares(Node const& node)
    {
        if (!std::all_of(node.inputs.begin(), node.inputs.end(),
                         [this](auto const& input) { return is_fixed(input); }))
            return false;
        bool const passes_on = preparing_operators.contains(node.op);
        for (auto const& output : node.outputs)
            origin_[output] = passes_on ? origin_.at(node.inputs.front()) : output;
        return true;
    }

    /// Elements of the constants that the node reads first of all.
    std::int64_t claim(Node const& node, Shapes const& shapes)
    {
        bool const weighted = weighted_operators.contains(node.op);
        if (!weighted && !arithmetic_operators.contains(node.op)) return 0;
        std::int64_t parameters = 0;
        for (auto const& input : node.inputs) {
            if (input.empty() || !is_fixed(input)) continue;
            auto const count = element_count(shapes.at(input));
            if ((weighted || count > 1) && claimed_.insert(origin_.at(input)).second)
                parameters += count;
        }
        return parameters;
    }

private:
    std::map<std::string, std::string> origin_;
    Names claimed_;
};

/// Share of the cells of a shower that have energy, about.
constexpr double usual_hits = 0.125;

/// Product of the sizes from dimension `first` on.
double count_from(Shape const& shape, std::size_t first)
{
    double count = 1;
    for (std::size_t d = first; d < shape.size(); ++d) count *= static_cast<double>(shape[d]);
    return count;
}

double multiply_accumulates(Node const& node, Shapes const& shapes)
{
    auto const& output = shapes.at(node.outputs.front());
    if (node.op == "Conv") return count_from(output, 0) * count_from(shapes.at(node.inputs[1]), 1);
    if (node.op == "ConvTranspose")
        return count_from(shapes.at(node.inputs[0]), 0) * count_from(shapes.at(node.inputs[1]), 1);
    if (node.op == "MatMul")
        return count_from(output, 0) * static_cast<double>(shapes.at(node.inputs[0]).back());
    if (node.op == split_tree_operator)
        return count_from(output, 0) / count_from(output, 1) * split_config(node).most_macs();
    if (node.op == cell_passes_operator) {
        auto const config = pass_config(node);
        return count_from(output, 0) / count_from(output, 1) *
               config.macs(usual_hits * static_cast<double>(config.layers * config.cells()));
    }
    if (node.op != "Gemm") return 0;
    bool const transposed = int_attribute(node, "transA", 0) != 0;
    return count_from(output, 0) *
           static_cast<double>(shapes.at(node.inputs[0])[transposed ? 0 : 1]);
}

/// First dimension of the network's first input: `batch_dimension`, or showers of a fixed batch.
std::int64_t showers_of(Graph const& graph)
{
    if (graph.inputs.empty() || graph.inputs.front().shape.empty()) return 1;
    return graph.inputs.front().shape.front();
}

}  // namespace

ModelInfo model_info(Graph const& graph)
{
    auto const shapes = infer_shapes(graph, 1);
    auto const showers = showers_of(graph);
    auto const batch = static_cast<double>(std::max<std::int64_t>(1, showers));
    Weights weights(graph);
    ModelInfo info;
    for (auto const& node : graph.nodes) {
        if (weights.prepares(node)) continue;
        LayerInfo layer{node.name, node.op, shapes.at(node.outputs.front()),
                        weights.claim(node, shapes), multiply_accumulates(node, shapes) / batch};
        if (showers == batch_dimension && !layer.output_shape.empty())
            layer.output_shape.front() = batch_dimension;
        info.parameters += layer.parameters;
        info.multiply_accumulates += layer.multiply_accumulates;
        info.layers.push_back(std::move(layer));
    }
    return info;
}

std::int64_t parameter_count(Graph const& graph)
{
    return model_info(graph).parameters;
}

double macs_per_shower(Graph const& graph)
{
    return model_info(graph).multiply_accumulates;
}

}  // namespace lowcal::graph
