#pragma once

#include "quantisation/int8_rewrite.hpp"

namespace lowcal::quantisation {

/// The same function, its branches scaled alike: values that a concatenation joins share one int8
/// scale, and a branch with small activations beside one with large ones would be left only a few
/// levels. Each branch's last block is multiplied by a power of two that brings its range to that
/// of the largest, and the convolution behind the concatenation divides by it: exact in float32.
///
/// Branches that do not end in a block, or whose concatenation is read by anything but one
/// convolution, stay as they are. Ranges in `statistics` are those of `canonical`, not of the
/// result.
graph::Graph equalise_branches(graph::Graph canonical, Int8Plan const& plan,
                               Statistics const& statistics);

}  // namespace lowcal::quantisation
