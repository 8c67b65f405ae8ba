#include "graph/model/element_type.hpp"
#include "graph/reference/reference_operators.hpp"
#include "graph/shapes/layout_arguments.hpp"

#include <cmath>

namespace lowcal::graph {
namespace {

/// Scale and zero point of each element: one pair for all, or one for each channel.
class Levels {
public:
    explicit Levels(ReferenceCall const& call)
        : call_(call), axis_(quantisation_axis(call.operands()))
    {
    }

    float scale(Shape const& index) const { return call_.input(1).floats[channel(index)]; }
    std::int64_t zero_point(Shape const& index) const
    {
        return call_.has(2) ? call_.input(2).integers[channel(index)] : 0;
    }

private:
    std::size_t channel(Shape const& index) const
    {
        return axis_ ? static_cast<std::size_t>(index[*axis_]) : 0;
    }

    ReferenceCall const& call_;
    std::optional<std::size_t> axis_;
};

/// saturate(round(x / scale) + zero point); the quotient is a float32 as in other engines, and
/// halves go to the even neighbour.
void quantize(ReferenceCall const& call)
{
    Levels const levels(call);
    auto& out = call.output();
    auto const range = integer_range(out.type);
    for_each_element(out.shape, [&](Shape const& index, std::size_t position) {
        auto const steps = std::nearbyint(call.input(0).floats[position] / levels.scale(index));
        auto const level =
            static_cast<double>(steps) + static_cast<double>(levels.zero_point(index));
        // NaN has no level; it goes to the lowest so that the result is defined.
        out.integers.set(position, !(level > static_cast<double>(range.lowest)) ? range.lowest
                                   : level >= static_cast<double>(range.highest)
                                       ? range.highest
                                       : static_cast<std::int64_t>(level));
    });
}

/// (level - zero point) scale
void dequantize(ReferenceCall const& call)
{
    Levels const levels(call);
    auto& out = call.output();
    for_each_element(out.shape, [&](Shape const& index, std::size_t position) {
        auto const steps = call.input(0).integers[position] - levels.zero_point(index);
        out.floats[position] =
            static_cast<float>(static_cast<double>(steps) * double{levels.scale(index)});
    });
}

}  // namespace

std::map<std::string, ReferenceOperator> quantisation_reference()
{
    return {{"DequantizeLinear", dequantize}, {"QuantizeLinear", quantize}};
}

}  // namespace lowcal::graph
