#include "graph/model/element_type.hpp"
#include "graph/model/half_float.hpp"
#include "graph/reference/reference_operators.hpp"
#include "graph/shapes/broadcast.hpp"

#include <cmath>
#include <limits>

namespace lowcal::graph {
namespace {

/// Applies a function of one number to every element.
template <double (*function)(double)>
void unary(ReferenceCall const& call)
{
    auto const& in = call.input(0).floats;
    std::transform(in.begin(), in.end(), call.output().floats.begin(),
                   [](float x) { return static_cast<float>(function(x)); });
}

// Comparisons are written so that NaN passes through.
double relu(double x)
{
    return x < 0 ? 0 : x;
}
double sigmoid(double x)
{
    return 1 / (1 + std::exp(-x));
}
double negative(double x)
{
    return -x;
}
/// log(1 + exp(x)) without overflow.
double softplus(double x)
{
    return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x)));
}

void leaky_relu(ReferenceCall const& call)
{
    double const slope = float_attribute(call.node, "alpha", 0.01F);
    auto const& in = call.input(0).floats;
    std::transform(in.begin(), in.end(), call.output().floats.begin(),
                   [slope](float x) { return x < 0 ? static_cast<float>(slope * x) : x; });
}

double add(double a, double b)
{
    return a + b;
}
double subtract(double a, double b)
{
    return a - b;
}
double multiply(double a, double b)
{
    return a * b;
}
double divide(double a, double b)
{
    return a / b;
}
double larger(double a, double b)
{
    return std::isnan(a) || a > b ? a : b;
}
double smaller(double a, double b)
{
    return std::isnan(a) || a < b ? a : b;
}

/// Combines the first input with the second, the result with the third, and so on.
template <double (*function)(double, double)>
void broadcasting(ReferenceCall const& call)
{
    auto& out = call.output();
    auto const first = broadcast_positions(call.input(0).shape, out.shape);
    for (std::size_t i = 0; i < first.size(); ++i) out.floats[i] = call.input(0).floats[first[i]];
    for (std::size_t operand = 1; operand < call.inputs.size(); ++operand) {
        auto const& next = call.input(operand);
        auto const positions = broadcast_positions(next.shape, out.shape);
        for (std::size_t i = 0; i < positions.size(); ++i)
            out.floats[i] = static_cast<float>(function(out.floats[i], next.floats[positions[i]]));
    }
}

/// min(max(x, lowest), highest): the upper bound wins where they cross.
void clip(ReferenceCall const& call)
{
    constexpr float infinity = std::numeric_limits<float>::infinity();
    float const lowest = call.has(1) ? call.input(1).floats.front() : -infinity;
    float const highest = call.has(2) ? call.input(2).floats.front() : infinity;
    auto const& in = call.input(0).floats;
    std::transform(in.begin(), in.end(), call.output().floats.begin(), [=](float x) {
        return static_cast<float>(smaller(larger(x, lowest), highest));
    });
}

float rounded_to(ElementType type, float value)
{
    if (type == ElementType::float16) return widen_float16(narrow_to_float16(value));
    if (type == ElementType::bfloat16) return widen_bfloat16(narrow_to_bfloat16(value));
    return value;
}

/// Cuts off the fraction. ONNX leaves open what becomes of numbers out of range: they saturate.
std::int64_t truncated(double value, IntegerRange range)
{
    if (std::isnan(value)) return 0;
    if (value >= static_cast<double>(range.highest)) return range.highest;
    if (value <= static_cast<double>(range.lowest)) return range.lowest;
    return static_cast<std::int64_t>(value);
}

void cast(ReferenceCall const& call)
{
    auto const& in = call.input(0);
    auto& out = call.output();
    auto const count = out.floats.size() + out.integers.size();
    for (std::size_t i = 0; i < count; ++i) {
        bool const from_floats = is_floating(in.type);
        if (is_floating(out.type)) {
            auto const value = from_floats ? in.floats[i] : static_cast<float>(in.integers[i]);
            out.floats[i] = rounded_to(out.type, value);
        } else if (out.type == ElementType::boolean) {
            out.integers.set(i, from_floats ? in.floats[i] != 0.0F : in.integers[i] != 0);
        } else {
            auto const range = integer_range(out.type);
            out.integers.set(i, from_floats
                                    ? truncated(in.floats[i], range)
                                    : std::clamp(in.integers[i], range.lowest, range.highest));
        }
    }
}

void copy(ReferenceCall const& call)
{
    call.output().floats = call.input(0).floats;
    call.output().integers = call.input(0).integers;
}

}  // namespace

std::map<std::string, ReferenceOperator> elementwise_reference()
{
    return {{"Abs", unary<std::fabs>},
            {"Add", broadcasting<add>},
            {"Cast", cast},
            {"Clip", clip},
            {"Div", broadcasting<divide>},
            {"Dropout", copy},
            {"Exp", unary<std::exp>},
            {"Identity", copy},
            {"LeakyRelu", leaky_relu},
            {"Log", unary<std::log>},
            {"Max", broadcasting<larger>},
            {"Min", broadcasting<smaller>},
            {"Mul", broadcasting<multiply>},
            {"Neg", unary<negative>},
            {"Pow", broadcasting<std::pow>},
            {"Relu", unary<relu>},
            {"Sigmoid", unary<sigmoid>},
            {"Softplus", unary<softplus>},
            {"Sqrt", unary<std::sqrt>},
            {"Sub", broadcasting<subtract>},
            {"Tanh", unary<std::tanh>}};
}

}  // namespace lowcal::graph
