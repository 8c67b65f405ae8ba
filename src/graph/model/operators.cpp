#include "graph/model/operators.hpp"

#include <algorithm>

namespace lowcal::graph {
namespace {

AttributeRule integer(std::string name)
{
    return {std::move(name), AttributeKind::integer};
}
AttributeRule number(std::string name)
{
    return {std::move(name), AttributeKind::number};
}
AttributeRule integers(std::string name)
{
    return {std::move(name), AttributeKind::integers};
}

AttributeRule text(std::string name, std::vector<std::string> allowed)
{
    return {std::move(name), AttributeKind::text, false, std::move(allowed)};
}

AttributeRule at_least(std::int64_t least, AttributeRule rule)
{
    rule.least = least;
    return rule;
}

AttributeRule flag(std::string name)
{
    return {std::move(name), AttributeKind::integer, false, {}, 0, 1};
}

/// An attribute of which only one value is supported.
AttributeRule always(std::int64_t value, std::string name)
{
    return {std::move(name), AttributeKind::integer, false, {}, value, value};
}

AttributeRule required(AttributeRule rule)
{
    rule.required = true;
    return rule;
}

std::vector<AttributeRule> convolution_attributes()
{
    return {text("auto_pad", {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"}),
            at_least(1, integers("dilations")),
            at_least(1, integer("group")),
            at_least(1, integers("kernel_shape")),
            at_least(0, integers("pads")),
            at_least(1, integers("strides"))};
}

std::vector<AttributeRule> transposed_convolution_attributes()
{
    auto rules = convolution_attributes();
    rules.push_back(at_least(0, integers("output_padding")));
    rules.push_back(at_least(1, integers("output_shape")));
    return rules;
}

std::vector<AttributeRule> resize_attributes()
{
    return {always(0, "antialias"),
            integers("axes"),
            text("coordinate_transformation_mode", {"half_pixel", "asymmetric", "align_corners",
                                                    "pytorch_half_pixel", "half_pixel_symmetric"}),
            number("cubic_coeff_a"),
            flag("exclude_outside"),
            number("extrapolation_value"),
            text("keep_aspect_ratio_policy", {"stretch"}),
            text("mode", {"nearest", "linear", "cubic"}),
            text("nearest_mode", {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"})};
}

std::vector<AttributeRule> pool_attributes()
{
    return {text("auto_pad", {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"}),
            flag("ceil_mode"),
            flag("count_include_pad"),
            at_least(1, integers("dilations")),
            required(at_least(1, integers("kernel_shape"))),
            at_least(0, integers("pads")),
            always(0, "storage_order"),
            at_least(1, integers("strides"))};
}

std::vector<AttributeRule> constant_attributes()
{
    return {{"value", AttributeKind::tensor},
            number("value_float"),
            {"value_floats", AttributeKind::numbers},
            integer("value_int"),
            integers("value_ints")};
}

std::vector<AttributeRule> split_tree_attributes()
{
    std::vector<AttributeRule> rules;
    for (auto const* name : {"columns", "energy_width", "layers", "lead_columns", "lead_rows",
                             "primary", "round_columns", "round_rows", "rows", "trunk_width"})
        rules.push_back(required(at_least(0, integer(name))));
    for (auto const* name : {"development", "int8"}) rules.push_back(flag(name));
    rules.push_back(at_least(0, integer("single_width")));
    for (auto const* name : {"least", "unit"}) rules.push_back(required(number(name)));
    return rules;
}

std::vector<AttributeRule> cell_passes_attributes()
{
    std::vector<AttributeRule> rules;
    for (auto const* name : {"bright_width", "classes", "columns", "context_width", "energy_width",
                             "hidden", "layers", "primary", "round_columns", "round_rows", "rows"})
        rules.push_back(required(at_least(0, integer(name))));
    for (auto const* name : {"least", "unit"}) rules.push_back(required(number(name)));
    return rules;
}

std::vector<OperatorRule> dense_operators()
{
    return {
        {"BatchNormalization",
         5,
         5,
         {number("epsilon"), number("momentum"), always(0, "training_mode")}},
        {"Conv", 2, 3, convolution_attributes()},
        {"ConvTranspose", 2, 3, transposed_convolution_attributes()},
        {"Gemm", 2, 3, {number("alpha"), number("beta"), flag("transA"), flag("transB")}},
        {"InstanceNormalization", 3, 3, {number("epsilon")}},
        {"LayerNormalization", 2, 3, {integer("axis"), number("epsilon"), always(1, "stash_type")}},
        {"LogSoftmax", 1, 1, {integer("axis")}},
        {"LpNormalization",
         1,
         1,
         {integer("axis"), {"p", AttributeKind::integer, false, {}, 1, 2}}},
        {"MatMul", 2, 2},
        {"Softmax", 1, 1, {integer("axis")}},
        {split_tree_operator, 5, 6, split_tree_attributes()},
        {cell_passes_operator, 5, 5, cell_passes_attributes()}};
}

std::vector<OperatorRule> elementwise_operators()
{
    std::vector<OperatorRule> rules;
    for (auto const* op :
         {"Abs",      "Atan", "Ceil",     "Cos",      "Erf",        "Exp",  "Floor", "HardSwish",
          "Identity", "Log",  "Neg",      "Not",      "Reciprocal", "Relu", "Round", "Sigmoid",
          "Sign",     "Sin",  "Softplus", "Softsign", "Sqrt",       "Tanh"})
        rules.push_back({op, 1, 1});
    for (auto const* op : {"Add", "And", "Div", "Equal", "Greater", "GreaterOrEqual", "Less",
                           "LessOrEqual", "Mul", "Or", "PRelu", "Pow", "Sub", "Xor"})
        rules.push_back({op, 2, 2});
    for (auto const* op : {"Max", "Mean", "Min", "Sum"}) rules.push_back({op, 1, any_number});
    for (auto const* op : {"Celu", "Elu", "ThresholdedRelu"})
        rules.push_back({op, 1, 1, {number("alpha")}});
    rules.push_back({"HardSigmoid", 1, 1, {number("alpha"), number("beta")}});
    rules.push_back({"Selu", 1, 1, {number("alpha"), number("gamma")}});
    rules.push_back({"Mod", 2, 2, {flag("fmod")}});
    rules.push_back({"Where", 3, 3});
    rules.push_back({"Cast", 1, 1, {required(integer("to")), flag("saturate")}});
    rules.push_back({"Clip", 1, 3});
    rules.push_back({"Dropout", 1, 3, {integer("seed")}});
    rules.push_back({"LeakyRelu", 1, 1, {number("alpha")}});
    return rules;
}

std::vector<OperatorRule> quantisation_operators()
{
    std::vector<AttributeRule> const attributes{integer("axis"), always(0, "block_size"),
                                                always(0, "output_dtype"), always(0, "precision"),
                                                flag("saturate")};
    return {{"DequantizeLinear", 2, 3, attributes}, {"QuantizeLinear", 2, 3, attributes}};
}

std::vector<OperatorRule> reductions()
{
    std::vector<OperatorRule> rules;
    for (auto const* op : {"ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax",
                           "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSumSquare"})
        rules.push_back({op, 1, 1, {integers("axes"), flag("keepdims")}});
    rules.push_back({"ReduceSum", 1, 2, {flag("keepdims"), flag("noop_with_empty_axes")}});
    for (auto const* op : {"AveragePool", "MaxPool"})
        rules.push_back({op, 1, 1, pool_attributes()});
    for (auto const* op : {"GlobalAveragePool", "GlobalMaxPool"}) rules.push_back({op, 1, 1});
    return rules;
}

std::vector<OperatorRule> layout_operators()
{
    return {{"Concat", 1, any_number, {required(integer("axis"))}},
            {"Constant", 0, 0, constant_attributes()},
            {"ConstantOfShape", 1, 1, {{"value", AttributeKind::tensor}}},
            {"DepthToSpace",
             1,
             1,
             {required(at_least(1, integer("blocksize"))), text("mode", {"DCR", "CRD"})}},
            {"Expand", 2, 2},
            {"Flatten", 1, 1, {integer("axis")}},
            {"Gather", 2, 2, {integer("axis")}},
            {"Pad", 2, 3, {text("mode", {"constant", "edge", "reflect"})}},
            {"Range", 3, 3},
            {"Reshape", 2, 2, {flag("allowzero")}},
            {"Resize", 1, 4, resize_attributes()},
            {"Shape", 1, 1, {integer("end"), integer("start")}},
            {"Size", 1, 1},
            {"Slice", 3, 5},
            {"SpaceToDepth", 1, 1, {required(at_least(1, integer("blocksize")))}},
            {"Split", 1, 2, {integer("axis"), at_least(1, integer("num_outputs"))}, any_number},
            {"Squeeze", 1, 2},
            {"Tile", 2, 2},
            {"Transpose", 1, 1, {integers("perm")}},
            {"Unsqueeze", 2, 2}};
}

std::vector<OperatorRule> all_operators()
{
    std::vector<OperatorRule> rules;
    for (auto const& family : {dense_operators(), elementwise_operators(), quantisation_operators(),
                               reductions(), layout_operators()})
        rules.insert(rules.end(), family.begin(), family.end());
    std::sort(rules.begin(), rules.end(), [](auto const& a, auto const& b) { return a.op < b.op; });
    return rules;
}

std::vector<OperatorRule> const& operators()
{
    static std::vector<OperatorRule> const rules = all_operators();
    return rules;
}

}  // namespace

OperatorRule const* find_operator(std::string const& op)
{
    auto const& rules = operators();
    auto const found =
        std::find_if(rules.begin(), rules.end(), [&op](auto const& rule) { return rule.op == op; });
    return found == rules.end() ? nullptr : &*found;
}

std::string supported_operators()
{
    std::string text;
    for (auto const& rule : operators()) text += (text.empty() ? "" : ", ") + rule.op;
    return text;
}

}  // namespace lowcal::graph
