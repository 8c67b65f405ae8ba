#include "runtime/steps/loop_nest.hpp"

#include <algorithm>
#include <cassert>

namespace lowcal::runtime {
namespace {

/// Makes one loop of two that are one behind the other in both memories, the innermost first.
void join_levels(LoopNest& nest)
{
    std::size_t level = LoopNest::most_axes - 1;
    for (std::size_t outer = level; outer-- > 0;) {
        if (nest.counts[outer] == 1) continue;
        bool const single = nest.counts[level] == 1;
        bool const joins =
            nest.source_steps[outer] == nest.counts[level] * nest.source_steps[level] &&
            nest.destination_steps[outer] == nest.counts[level] * nest.destination_steps[level];
        if (!single && !joins) {
            level = outer;
            continue;
        }
        if (single) {
            nest.source_steps[level] = nest.source_steps[outer];
            nest.destination_steps[level] = nest.destination_steps[outer];
        }
        nest.counts[level] *= nest.counts[outer];
        nest.counts[outer] = 1;
    }
}

LoopNest nest_in_order(PlanValue const& source, PlanValue const& destination,
                       AxisOrder const& order)
{
    auto const from = strides(source);
    auto const to = strides(destination);
    assert(order.size() <= LoopNest::most_axes);
    LoopNest nest;
    nest.counts.fill(1);
    for (std::size_t i = 0; i < order.size(); ++i) {
        auto const axis = order[i];
        auto const level = LoopNest::most_axes - order.size() + i;
        nest.counts[level] = source.shape[axis];
        nest.source_steps[level] = from[axis];
        nest.destination_steps[level] = to[axis];
    }
    join_levels(nest);
    return nest;
}

/// The same loops, that over neighbours in the source, if there is one, next to the innermost.
LoopNest with_grids_innermost(LoopNest nest)
{
    constexpr auto last = LoopNest::most_axes - 1;
    for (std::size_t level = 0; level < last; ++level) {
        if (nest.source_steps[level] != 1 || nest.counts[level] == 1) continue;
        auto const to_its_place = [&](auto& numbers) {
            std::rotate(numbers.begin() + level, numbers.begin() + level + 1,
                        numbers.begin() + last);
        };
        to_its_place(nest.counts);
        to_its_place(nest.source_steps);
        to_its_place(nest.destination_steps);
        break;
    }
    return nest;
}

}  // namespace

LoopNest nest_between(PlanValue const& source, PlanValue const& destination, std::size_t axis,
                      std::int64_t first)
{
    auto nest = nest_in_order(source, destination, destination.order);
    auto const other = nest_in_order(source, destination, source.order);
    if (!nest.is_contiguous()) {
        auto const grids = with_grids_innermost(nest);
        bool const same_elements = source.element == destination.element;
        if (same_elements && grids.transposes())
            nest = grids;
        else if (other.counts.back() > nest.counts.back())
            nest = other;
    }
    if (first != 0) nest.destination_first = first * strides(destination)[axis];
    return nest;
}

}  // namespace lowcal::runtime
