#include "graph/shapes/broadcast.hpp"

#include <algorithm>
#include <cassert>

namespace lowcal::graph {

std::optional<Shape> broadcast(Shape const& a, Shape const& b)
{
    Shape shape(std::max(a.size(), b.size()), 1);
    for (std::size_t from_end = 1; from_end <= shape.size(); ++from_end) {
        auto const size_a = from_end <= a.size() ? a[a.size() - from_end] : 1;
        auto const size_b = from_end <= b.size() ? b[b.size() - from_end] : 1;
        if (size_a != size_b && size_a != 1 && size_b != 1) return std::nullopt;
        shape[shape.size() - from_end] = size_a == 1 ? size_b : size_a;
    }
    return shape;
}

std::vector<std::size_t> broadcast_positions(Shape const& from, Shape const& to)
{
    assert(broadcast(from, to) == to);
    auto const missing = to.size() - from.size();
    std::vector<std::size_t> positions{0};
    std::size_t stride = static_cast<std::size_t>(element_count(from));
    for (std::size_t d = 0; d < to.size(); ++d) {
        auto const size = d < missing ? 1 : from[d - missing];
        stride /= static_cast<std::size_t>(size);
        std::vector<std::size_t> finer;
        finer.reserve(positions.size() * static_cast<std::size_t>(to[d]));
        for (auto const start : positions)
            for (std::int64_t i = 0; i < to[d]; ++i)
                finer.push_back(start + (size == 1 ? 0 : static_cast<std::size_t>(i) * stride));
        positions = std::move(finer);
    }
    return positions;
}

}  // namespace lowcal::graph
