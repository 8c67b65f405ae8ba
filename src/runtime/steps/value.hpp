#pragma once

#include "graph/model/graph.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lowcal::runtime {

enum class Element { float32, bfloat16, uint8 };

/// What the levels of a uint8 tensor stand for: scale x (level - zero_point).
struct Levels {
    float scale = 1.0F;
    std::int32_t zero_point = 0;
    bool operator==(Levels const&) const = default;
};

std::size_t bytes_of(Element element);

/// Memory order of a tensor's logical axes, outermost first; {0, 2, 3, 1} is channels last.
using AxisOrder = std::vector<std::size_t>;

AxisOrder row_major(std::size_t rank);
/// N, spatial axes, C.
AxisOrder channels_last(std::size_t rank);

/// Where a value of the graph lives while a plan runs: a dense tensor in some axis order. A
/// transposition changes `order` alone; memory moves only where a consumer needs another order.
struct PlanValue {
    graph::Shape shape{};  ///< logical, batch included
    AxisOrder order{};
    std::size_t buffer = 0;
    Element element = Element::float32;
    Levels levels{};  ///< of a uint8 tensor
};

std::size_t elements(graph::Shape const& shape);
/// Distance in elements between neighbours along each logical axis.
std::vector<std::int64_t> strides(PlanValue const& value);
/// True if both orders mean the same memory (axes of size 1 do not count).
bool same_memory(graph::Shape const& shape, AxisOrder const& first, AxisOrder const& second);

}  // namespace lowcal::runtime
