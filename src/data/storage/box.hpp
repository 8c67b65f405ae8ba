#pragma once

#include <hdf5.h>

#include <span>
#include <string>
#include <vector>

namespace lowcal::data {

using Shape = std::vector<hsize_t>;

/// A box of numbers of a data set: `count` of them along each axis, from `start` on.
struct Box {
    Shape start;
    Shape count;
};

/// Numbers in a box; 1 for a box without axes.
hsize_t size_of(Shape const& shape);

/// "[100, 25, 25, 25]"
std::string text_of(Shape const& shape);

/// Where two boxes of one data set meet; a count of zero where they do not.
Box intersection(Box const& one, Box const& other);

/// The numbers of a box, the last axis fastest.
struct BoxView {
    Box box;
    std::span<float> numbers;
};

/// Copies what both boxes hold.
void copy_common(BoxView const& from, BoxView const& to);

}  // namespace lowcal::data
