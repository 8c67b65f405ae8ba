#include "graph/model/element_type.hpp"
#include "graph/reference/reference_operators.hpp"
#include "graph/shapes/broadcast.hpp"

namespace lowcal::graph {
namespace {

/// Numbers of any type; those of sizes and places are exact up to 2^53.
double number_at(Tensor const& tensor, std::size_t position)
{
    return is_floating(tensor.type) ? double{tensor.floats[position]}
                                    : static_cast<double>(tensor.integers[position]);
}

/// NaN is neither less than, nor equal to, nor greater than any number.
template <bool (*holds)(double, double)>
void compare(ReferenceCall const& call)
{
    auto& out = call.output();
    auto const first = broadcast_positions(call.input(0).shape, out.shape);
    auto const second = broadcast_positions(call.input(1).shape, out.shape);
    for (std::size_t i = 0; i < first.size(); ++i)
        out.integers.set(
            i, holds(number_at(call.input(0), first[i]), number_at(call.input(1), second[i])));
}

bool equal(double a, double b)
{
    return a == b;
}
bool greater(double a, double b)
{
    return a > b;
}
bool greater_or_equal(double a, double b)
{
    return a >= b;
}
bool less(double a, double b)
{
    return a < b;
}
bool less_or_equal(double a, double b)
{
    return a <= b;
}
bool both(double a, double b)
{
    return a != 0 && b != 0;
}
bool either(double a, double b)
{
    return a != 0 || b != 0;
}
bool differ(double a, double b)
{
    return (a != 0) != (b != 0);
}

void logical_not(ReferenceCall const& call)
{
    auto& out = call.output();
    for (std::size_t i = 0; i < out.integers.size(); ++i)
        out.integers.set(i, call.input(0).integers[i] == 0);
}

void where(ReferenceCall const& call)
{
    auto& out = call.output();
    auto const condition = broadcast_positions(call.input(0).shape, out.shape);
    auto const chosen = broadcast_positions(call.input(1).shape, out.shape);
    auto const other = broadcast_positions(call.input(2).shape, out.shape);
    for (std::size_t i = 0; i < condition.size(); ++i) {
        bool const holds = call.input(0).integers[condition[i]] != 0;
        copy_element(call.input(holds ? 1 : 2), holds ? chosen[i] : other[i], out, i);
    }
}

void prelu(ReferenceCall const& call)
{
    auto& out = call.output();
    auto const slopes = broadcast_positions(call.input(1).shape, out.shape);
    for (std::size_t i = 0; i < slopes.size(); ++i) {
        auto const x = call.input(0).floats[i];
        out.floats[i] = x < 0 ? x * call.input(1).floats[slopes[i]] : x;
    }
}

}  // namespace

std::map<std::string, ReferenceOperator> comparison_reference()
{
    return {{"And", compare<both>},
            {"Equal", compare<equal>},
            {"Greater", compare<greater>},
            {"GreaterOrEqual", compare<greater_or_equal>},
            {"Less", compare<less>},
            {"LessOrEqual", compare<less_or_equal>},
            {"Not", logical_not},
            {"Or", compare<either>},
            {"PRelu", prelu},
            {"Where", where},
            {"Xor", compare<differ>}};
}

}  // namespace lowcal::graph
