#include "data/storage/box.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace lowcal::data {
namespace {

/// Steps through all places of the first `axes` axes of a box, the last of them fastest.
class Places {
public:
    Places(Box const& box, std::size_t axes) : box_(box), axes_(axes), place_(box.start) {}

    Shape const& operator*() const { return place_; }
    bool next()
    {
        for (std::size_t axis = axes_; axis-- > 0;) {
            if (++place_[axis] < box_.start[axis] + box_.count[axis]) return true;
            place_[axis] = box_.start[axis];
        }
        return false;
    }

private:
    Box const& box_;
    std::size_t axes_;
    Shape place_;
};

hsize_t offset_of(Shape const& place, Box const& box)
{
    hsize_t offset = 0;
    for (std::size_t axis = 0; axis < place.size(); ++axis)
        offset = offset * box.count[axis] + (place[axis] - box.start[axis]);
    return offset;
}

}  // namespace

hsize_t size_of(Shape const& shape)
{
    hsize_t size = 1;
    for (auto const extent : shape) size *= extent;
    return size;
}

std::string text_of(Shape const& shape)
{
    return fmt::format("[{}]", fmt::join(shape, ", "));
}

Box intersection(Box const& one, Box const& other)
{
    auto result = one;
    for (std::size_t axis = 0; axis < one.start.size(); ++axis) {
        auto const first = std::max(one.start[axis], other.start[axis]);
        auto const last =
            std::min(one.start[axis] + one.count[axis], other.start[axis] + other.count[axis]);
        result.start[axis] = first;
        result.count[axis] = last > first ? last - first : 0;
    }
    return result;
}

void copy_common(BoxView const& from, BoxView const& to)
{
    auto const common = intersection(from.box, to.box);
    if (size_of(common.count) == 0) return;
    // Axes that both boxes have whole are copied in one piece.
    std::size_t axes = common.count.size();
    hsize_t piece = 1;
    while (axes > 0) {
        --axes;
        piece *= common.count[axes];
        if (from.box.count[axes] != common.count[axes] || to.box.count[axes] != common.count[axes])
            break;
    }
    Places place(common, axes);
    do {
        auto const source = from.numbers.subspan(offset_of(*place, from.box), piece);
        auto const target = to.numbers.subspan(offset_of(*place, to.box), piece);
        std::copy(source.begin(), source.end(), target.begin());
    } while (place.next());
}

}  // namespace lowcal::data
