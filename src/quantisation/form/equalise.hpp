#pragma once

#include "quantisation/plan/int8_rewrite.hpp"

namespace lowcal::quantisation {

/// The same function, its channels scaled alike: one int8 scale serves all channels of a value, and
/// a channel with small activations beside one with large ones would be left only a few levels.
/// Channel c of each block's result is multiplied by f_c, and the input channel of the one
/// convolution that reads it divided by f_c, which LeakyReLU lets through: a power of two, exact in
/// float32, near
///
///     f_c = w_c^(1 - strength) / a_c^strength
///
/// where a_c is the channel's largest |x| in calibration and w_c the rms of the weights that read
/// it, both relative to the largest of all channels: strength 0 leaves the activations to the
/// weights, 1 makes all activations alike, one half shares the burden (Nagel et al. 2019,
/// arXiv:1906.04721; Xiao et al. 2022, arXiv:2211.10438). Channels without activations stay.
///
/// Blocks that anything but one int8 convolution reads stay as they are.
graph::Graph equalise_channels(graph::Graph canonical, Int8Plan const& plan,
                               NetworkRunner const& runner, double strength);

/// The same for values that a concatenation joins, which share one scale: each branch's last block
/// is multiplied by a power of two that brings its range to that of the largest, or to that of the
/// branches that no block makes (noise), and the convolution behind the concatenation divides by
/// it.
///
/// Branches whose concatenation is read by anything but one int8 convolution stay as they are.
/// Ranges in `statistics` are those of `canonical`, not of the result.
graph::Graph equalise_branches(graph::Graph canonical, Int8Plan const& plan,
                               Statistics const& statistics);

}  // namespace lowcal::quantisation
