#include "graph/model/element_type.hpp"
#include "graph/shapes/broadcast.hpp"
#include "graph/shapes/layout_arguments.hpp"
#include "graph/shapes/shape_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lowcal::graph {
namespace {

using Infos = std::vector<ValueInfo>;

/// Sizes and places.
bool is_index(ElementType type)
{
    return type == ElementType::int64 || type == ElementType::int32;
}

/// One float32 tensor in, one of the same shape out.
Infos unary(Operands const& operands)
{
    operands.require_type(0, ElementType::float32);
    return {{ElementType::float32, operands.shape(0)}};
}

/// Any type passes unchanged.
Infos same(Operands const& operands)
{
    return {{operands.type(0), operands.shape(0)}};
}

/// The shape that inputs from `first` on take together.
Shape common_shape(Operands const& operands, std::size_t first)
{
    Shape shape;
    for (std::size_t i = first; i < operands.count(); ++i) {
        auto const wider = broadcast(shape, operands.shape(i));
        if (!wider)
            operands.reject(fmt::format("its input '{}' of shape {} does not broadcast with {}",
                                        operands.node().inputs[i], describe(operands.shape(i)),
                                        describe(shape)));
        shape = *wider;
    }
    return shape;
}

/// All inputs broadcast together: float32, or the integers of sizes and places.
Infos broadcasting(Operands const& operands)
{
    bool const integers = is_index(operands.type(0));
    for (std::size_t i = 0; i < operands.count(); ++i)
        operands.require_type(i, integers ? operands.type(0) : ElementType::float32);
    return {{operands.type(0), common_shape(operands, 0)}};
}

/// float32 alone.
Infos broadcasting_floats(Operands const& operands)
{
    operands.require_type(0, ElementType::float32);
    return broadcasting(operands);
}

/// The exponent may be of integers.
Infos power(Operands const& operands)
{
    operands.require_type(0, ElementType::float32);
    return {{ElementType::float32, common_shape(operands, 0)}};
}

Infos comparison(Operands const& operands)
{
    operands.require_type(1, operands.type(0));
    return {{ElementType::boolean, common_shape(operands, 0)}};
}

Infos logical(Operands const& operands)
{
    for (std::size_t i = 0; i < operands.count(); ++i)
        operands.require_type(i, ElementType::boolean);
    return {{ElementType::boolean, common_shape(operands, 0)}};
}

Infos where(Operands const& operands)
{
    operands.require_type(0, ElementType::boolean);
    operands.require_type(2, operands.type(1));
    return {{operands.type(1), common_shape(operands, 0)}};
}

/// The slope broadcasts to the input, not the other way.
Infos prelu(Operands const& operands)
{
    for (std::size_t i = 0; i < operands.count(); ++i)
        operands.require_type(i, ElementType::float32);
    if (common_shape(operands, 0) != operands.shape(0))
        operands.reject(fmt::format("its slope has shape {}, its input {}",
                                    describe(operands.shape(1)), describe(operands.shape(0))));
    return {{ElementType::float32, operands.shape(0)}};
}

Infos clip(Operands const& operands)
{
    for (std::size_t i = 1; i < operands.count(); ++i) {
        operands.require_type(i, ElementType::float32);
        if (operands.has(i) && element_count(operands.shape(i)) != 1)
            operands.reject("its bound '" + operands.node().inputs[i] + "' is no single number");
    }
    return unary(operands);
}

Infos cast(Operands const& operands)
{
    auto const to = element_type_of_code(int_attribute(operands.node(), "to", 0));
    return {{to.value(), operands.shape(0)}};  // `check` knows the type
}

/// Outside training it does nothing; in training the network is none that can be run.
Infos dropout(Operands const& operands)
{
    if (operands.has(2)) {
        auto const& training = operands.constant(2, "whether it trains");
        if (training.integers.size() != 1 || training.integers.front() != 0)
            operands.reject("it is set to training", "export the network for inference");
    }
    return same(operands);
}

void require_usable_scales(Operands const& operands)
{
    operands.require_type(1, ElementType::float32);
    auto const& scales = operands.constant(1, "the scales").floats;
    auto const usable = [](float scale) { return std::isfinite(scale) && scale > 0.0F; };
    if (!std::all_of(scales.begin(), scales.end(), usable))
        operands.reject("a scale is not a positive number");
    if (operands.has(2)) operands.constant(2, "the zero points");
    quantisation_axis(operands);
}

bool is_int8(ElementType type)
{
    return type == ElementType::int8 || type == ElementType::uint8;
}

Infos quantize(Operands const& operands)
{
    operands.require_type(0, ElementType::float32);
    require_usable_scales(operands);
    auto const type = operands.has(2) ? operands.type(2) : ElementType::uint8;
    if (!is_int8(type))
        operands.reject("its zero point is of type " + describe(type), "use int8 or uint8");
    return {{type, operands.shape(0)}};
}

Infos dequantize(Operands const& operands)
{
    require_usable_scales(operands);
    auto const type = operands.type(0);
    if (!is_int8(type) && type != ElementType::int32)
        operands.reject("its input is of type " + describe(type), "use int8, uint8 or int32");
    operands.require_type(2, type);
    return {{ElementType::float32, operands.shape(0)}};
}

}  // namespace

std::map<std::string, ShapeRule> elementwise_shape_rules()
{
    std::map<std::string, ShapeRule> rules{
        {"Cast", cast},       {"Clip", clip},     {"DequantizeLinear", dequantize},
        {"Dropout", dropout}, {"Identity", same}, {"QuantizeLinear", quantize}};
    for (auto const* op : {"Abs",        "Atan",
                           "Ceil",       "Celu",
                           "Cos",        "Elu",
                           "Erf",        "Exp",
                           "Floor",      "HardSigmoid",
                           "HardSwish",  "LeakyRelu",
                           "Log",        "Neg",
                           "Reciprocal", "Relu",
                           "Round",      "Selu",
                           "Sigmoid",    "Sign",
                           "Sin",        "Softplus",
                           "Softsign",   "Sqrt",
                           "Tanh",       "ThresholdedRelu"})
        rules[op] = unary;
    for (auto const* op : {"Add", "Div", "Max", "Min", "Mul", "Sub"}) rules[op] = broadcasting;
    for (auto const* op : {"Mean", "Sum"}) rules[op] = broadcasting_floats;
    for (auto const* op : {"Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"})
        rules[op] = comparison;
    for (auto const* op : {"And", "Not", "Or", "Xor"}) rules[op] = logical;
    rules["Mod"] = broadcasting;
    rules["Pow"] = power;
    rules["PRelu"] = prelu;
    rules["Where"] = where;
    return rules;
}

}  // namespace lowcal::graph
