#pragma once

#include "runtime/steps/value.hpp"

#include <array>

namespace lowcal::runtime {

/// Loops over two strided tensors of the same axes, outermost first.
struct LoopNest {
    static constexpr std::size_t most_axes = graph::most_dimensions;
    std::array<std::int64_t, most_axes> counts{};
    std::array<std::int64_t, most_axes> source_steps{};
    std::array<std::int64_t, most_axes> destination_steps{};
    std::int64_t destination_first = 0;

    /// True if the innermost loop runs over neighbours in both.
    bool is_contiguous() const { return source_steps.back() == 1 && destination_steps.back() == 1; }
    /// True if the two innermost loops run over a grid whose rows are neighbours in the source and
    /// whose columns are in the destination.
    bool transposes() const
    {
        return source_steps[most_axes - 2] == 1 && destination_steps.back() == 1 &&
               counts[most_axes - 2] > 1;
    }
};

/// The loops that copy a tensor into a slice of another, which begins at index `first` of `axis`:
/// over runs that lie one behind the other in both; otherwise, of one element type, over grids that
/// are transposed; otherwise in the memory order of that one of the two which makes the innermost
/// loop longer.
LoopNest nest_between(PlanValue const& source, PlanValue const& destination, std::size_t axis,
                      std::int64_t first);

}  // namespace lowcal::runtime
