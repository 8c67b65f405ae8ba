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

/// All inputs broadcast together.
Infos broadcasting(Operands const& operands)
{
    Shape shape;
    for (std::size_t i = 0; i < operands.count(); ++i) {
        operands.require_type(i, ElementType::float32);
        auto const wider = broadcast(shape, operands.shape(i));
        if (!wider)
            operands.reject(fmt::format("its input '{}' of shape {} does not broadcast with {}",
                                        operands.node().inputs[i], describe(operands.shape(i)),
                                        describe(shape)));
        shape = *wider;
    }
    return {{ElementType::float32, shape}};
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
    for (auto const* op :
         {"Abs", "Exp", "LeakyRelu", "Log", "Neg", "Relu", "Sigmoid", "Softplus", "Sqrt", "Tanh"})
        rules[op] = unary;
    for (auto const* op : {"Add", "Div", "Max", "Min", "Mul", "Pow", "Sub"})
        rules[op] = broadcasting;
    return rules;
}

}  // namespace lowcal::graph
