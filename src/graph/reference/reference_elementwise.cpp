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

double reciprocal(double x)
{
    return 1 / x;
}
double softsign(double x)
{
    return x / (1 + std::fabs(x));
}
double sign(double x)
{
    return x > 0 ? 1 : x < 0 ? -1 : x;
}
/// Halves go to the even neighbour.
double round_to_even(double x)
{
    return std::nearbyint(x);
}
double hard_sigmoid(double x, double slope, double offset)
{
    auto const line = slope * x + offset;
    return line < 0 ? 0 : line > 1 ? 1 : line;
}
double hard_swish(double x)
{
    return x * hard_sigmoid(x, 1.0 / 6.0, 0.5);
}

/// Functions with the attributes `alpha` and another one.
struct Curve {
    double (*function)(double x, double alpha, double second);
    float alpha;
    char const* second = "";
    float second_fallback = 0.0F;
};

Curve curve_of(std::string const& op)
{
    static std::map<std::string, Curve> const curves{
        {"Celu",
         {[](double x, double a, double) { return x < 0 ? a * std::expm1(x / a) : x; }, 1.0F}},
        {"Elu", {[](double x, double a, double) { return x < 0 ? a * std::expm1(x) : x; }, 1.0F}},
        {"HardSigmoid", {hard_sigmoid, 0.2F, "beta", 0.5F}},
        {"Selu",
         {[](double x, double a, double gamma) { return gamma * (x > 0 ? x : a * std::expm1(x)); },
          1.67326319217681884765625F, "gamma", 1.05070102214813232421875F}},
        {"ThresholdedRelu", {[](double x, double a, double) { return x <= a ? 0 : x; }, 1.0F}}};
    return curves.at(op);
}

void curve(ReferenceCall const& call)
{
    auto const curve = curve_of(call.node.op);
    double const alpha = float_attribute(call.node, "alpha", curve.alpha);
    double const second = float_attribute(call.node, curve.second, curve.second_fallback);
    auto const& in = call.input(0).floats;
    std::transform(in.begin(), in.end(), call.output().floats.begin(),
                   [&](float x) { return static_cast<float>(curve.function(x, alpha, second)); });
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

/// Cuts off the fraction. ONNX leaves open what becomes of numbers out of range: they saturate.
std::int64_t truncated(double value, IntegerRange range)
{
    if (std::isnan(value)) return 0;
    if (value >= static_cast<double>(range.highest)) return range.highest;
    if (value <= static_cast<double>(range.lowest)) return range.lowest;
    return static_cast<std::int64_t>(value);
}

/// Of sizes and places: quotients lose their fraction, as in C.
template <double (*function)(double, double)>
std::int64_t of_integers(std::int64_t a, std::int64_t b)
{
    // Exact up to 2^53, far beyond any tensor; larger ones stand for "to the end".
    auto const result = std::trunc(function(static_cast<double>(a), static_cast<double>(b)));
    return truncated(result, integer_range(ElementType::int64));
}

/// Combines the first input with the second, the result with the third, and so on.
template <double (*function)(double, double)>
void broadcasting(ReferenceCall const& call)
{
    auto& out = call.output();
    auto const first = broadcast_positions(call.input(0).shape, out.shape);
    for (std::size_t i = 0; i < first.size(); ++i) copy_element(call.input(0), first[i], out, i);
    for (std::size_t operand = 1; operand < call.inputs.size(); ++operand) {
        auto const& next = call.input(operand);
        auto const positions = broadcast_positions(next.shape, out.shape);
        for (std::size_t i = 0; i < positions.size(); ++i)
            if (is_floating(out.type))
                out.floats[i] =
                    static_cast<float>(function(out.floats[i], next.floats[positions[i]]));
            else
                out.integers.set(
                    i, of_integers<function>(out.integers[i], next.integers[positions[i]]));
    }
}

double remainder_of(double a, double b)
{
    return std::fmod(a, b);
}

/// With the sign of the divisor.
double floor_remainder(double a, double b)
{
    return a - std::floor(a / b) * b;
}

void modulus(ReferenceCall const& call)
{
    if (int_attribute(call.node, "fmod", 0) != 0)
        broadcasting<remainder_of>(call);
    else
        broadcasting<floor_remainder>(call);
}

void power(ReferenceCall const& call)
{
    auto& out = call.output();
    auto const& exponents = call.input(1);
    auto const bases = broadcast_positions(call.input(0).shape, out.shape);
    auto const places = broadcast_positions(exponents.shape, out.shape);
    for (std::size_t i = 0; i < places.size(); ++i) {
        auto const exponent = is_floating(exponents.type)
                                  ? double{exponents.floats[places[i]]}
                                  : static_cast<double>(exponents.integers[places[i]]);
        out.floats[i] =
            static_cast<float>(std::pow(double{call.input(0).floats[bases[i]]}, exponent));
    }
}

void mean(ReferenceCall const& call)
{
    std::vector<double> sums(call.output().floats.size(), 0.0);
    for (auto const* input : call.inputs) {
        auto const positions = broadcast_positions(input->shape, call.output().shape);
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += input->floats[positions[i]];
    }
    for (std::size_t i = 0; i < sums.size(); ++i)
        call.output().floats[i] =
            static_cast<float>(sums[i] / static_cast<double>(call.inputs.size()));
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
    std::map<std::string, ReferenceOperator> operators{{"Abs", unary<std::fabs>},
                                                       {"Add", broadcasting<add>},
                                                       {"Atan", unary<std::atan>},
                                                       {"Cast", cast},
                                                       {"Ceil", unary<std::ceil>},
                                                       {"Clip", clip},
                                                       {"Cos", unary<std::cos>},
                                                       {"Div", broadcasting<divide>},
                                                       {"Dropout", copy},
                                                       {"Erf", unary<std::erf>},
                                                       {"Exp", unary<std::exp>},
                                                       {"Floor", unary<std::floor>},
                                                       {"HardSwish", unary<hard_swish>},
                                                       {"Identity", copy},
                                                       {"LeakyRelu", leaky_relu},
                                                       {"Log", unary<std::log>},
                                                       {"Max", broadcasting<larger>},
                                                       {"Mean", mean},
                                                       {"Min", broadcasting<smaller>},
                                                       {"Mod", modulus},
                                                       {"Mul", broadcasting<multiply>},
                                                       {"Neg", unary<negative>},
                                                       {"Pow", power},
                                                       {"Reciprocal", unary<reciprocal>},
                                                       {"Relu", unary<relu>},
                                                       {"Round", unary<round_to_even>},
                                                       {"Sigmoid", unary<sigmoid>},
                                                       {"Sign", unary<sign>},
                                                       {"Sin", unary<std::sin>},
                                                       {"Softplus", unary<softplus>},
                                                       {"Softsign", unary<softsign>},
                                                       {"Sqrt", unary<std::sqrt>},
                                                       {"Sub", broadcasting<subtract>},
                                                       {"Sum", broadcasting<add>},
                                                       {"Tanh", unary<std::tanh>}};
    for (auto const* op : {"Celu", "Elu", "HardSigmoid", "Selu", "ThresholdedRelu"})
        operators[op] = curve;
    return operators;
}

}  // namespace lowcal::graph
