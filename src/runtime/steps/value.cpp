#include "runtime/steps/value.hpp"

#include <numeric>

namespace lowcal::runtime {

std::size_t bytes_of(Element element)
{
    switch (element) {
        case Element::float32:
            return 4;
        case Element::bfloat16:
            return 2;
        case Element::uint8:
            break;
    }
    return 1;
}

AxisOrder row_major(std::size_t rank)
{
    AxisOrder order(rank);
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
}

AxisOrder channels_last(std::size_t rank)
{
    AxisOrder order{0};
    for (std::size_t axis = 2; axis < rank; ++axis) order.push_back(axis);
    if (rank > 1) order.push_back(1);
    return order;
}

std::size_t elements(graph::Shape const& shape)
{
    return static_cast<std::size_t>(graph::element_count(shape));
}

std::vector<std::int64_t> strides(PlanValue const& value)
{
    std::vector<std::int64_t> result(value.shape.size());
    std::int64_t step = 1;
    for (std::size_t i = value.order.size(); i-- > 0;) {
        result[value.order[i]] = step;
        step *= value.shape[value.order[i]];
    }
    return result;
}

bool same_memory(graph::Shape const& shape, AxisOrder const& first, AxisOrder const& second)
{
    auto significant = [&](AxisOrder const& order) {
        AxisOrder kept;
        for (auto const axis : order)
            if (shape[axis] != 1) kept.push_back(axis);
        return kept;
    };
    return significant(first) == significant(second);
}

}  // namespace lowcal::runtime
