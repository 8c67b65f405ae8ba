#pragma once

#include "graph/shapes/layout_arguments.hpp"

namespace lowcal::graph {

/// An element that goes into one output of a Resize, and by which factor.
struct ResizeTap {
    std::int64_t source = 0;
    float weight = 1.0F;
};

/// For each output along one axis of a Resize what it is made of, in float32 as other engines do:
/// one element where the mode is nearest, two where it is linear, up to four where it is cubic.
/// Axes follow one another: the result is that of all axes at once but for rounding.
std::vector<std::vector<ResizeTap>> resize_taps(Node const& node, ResizeAxis const& axis,
                                                std::int64_t input_size);

/// Whether each output is one element of the input.
bool resizes_to_nearest(Node const& node);

}  // namespace lowcal::graph
