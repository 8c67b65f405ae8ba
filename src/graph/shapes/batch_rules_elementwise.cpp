#include "graph/shapes/batch_rules.hpp"
#include "graph/shapes/layout_arguments.hpp"

namespace lowcal::graph {
namespace {

BatchAxis same(BatchedNode const& node)
{
    return node.only_first();
}

BatchAxis broadcasting(BatchedNode const& node)
{
    return broadcast_batch(node, node.outputs.front().shape);
}

BatchAxis quantisation(BatchedNode const& node)
{
    auto const showers = node.only_first();
    if (quantisation_axis(node.operands) == showers.axis)
        node.reject("its scale differs from place to place in the batch");
    return showers;
}

}  // namespace

std::map<std::string, BatchRule> elementwise_batch_rules()
{
    std::map<std::string, BatchRule> rules{{"DequantizeLinear", quantisation},
                                           {"QuantizeLinear", quantisation}};
    for (auto const* op : {"Abs",
                           "Atan",
                           "Cast",
                           "Ceil",
                           "Celu",
                           "Clip",
                           "Cos",
                           "Dropout",
                           "Elu",
                           "Erf",
                           "Exp",
                           "Floor",
                           "HardSigmoid",
                           "HardSwish",
                           "Identity",
                           "LeakyRelu",
                           "Log",
                           "Neg",
                           "Not",
                           "Reciprocal",
                           "Relu",
                           "Round",
                           "Selu",
                           "Sigmoid",
                           "Sign",
                           "Sin",
                           "Softplus",
                           "Softsign",
                           "Sqrt",
                           "Tanh",
                           "ThresholdedRelu"})
        rules[op] = same;
    for (auto const* op :
         {"Add", "And", "Div", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Max",
          "Mean", "Min", "Mul", "Or", "PRelu", "Pow", "Sub", "Sum", "Where", "Xor"})
        rules[op] = broadcasting;
    rules["Mod"] = broadcasting;
    return rules;
}

}  // namespace lowcal::graph
