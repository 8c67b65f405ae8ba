#pragma once

#include "quantisation/plan/int8_rewrite.hpp"

namespace lowcal::quantisation {

/// With fewer calibration showers their chances would be matched: 16 make conv2d worse, 64 better.
inline constexpr std::size_t fewest_matched = 64;

/// How far means were off, and are, as the weights' first order says: sums of squares, each miss in
/// units of the spread from shower to shower.
struct MatchedMeans {
    double before = 0, after = 0;
};

/// Moves the weights of an int8 network's last convolution so that the mean output of each cell,
/// and of each channel its energy, that times place and its square along each axis, and its number
/// of cells above zero, become those of the canonical network on the calibration inputs, for
/// showers of little and of much energy alike. Rounding is noise, of which the ReLU at the end
/// makes energy where there is little, and it has a mean of its own at each place, which no factor
/// and no bias of a channel takes off.
///
/// Least squares in the means of groups of showers; what the change does to single showers counts
/// as noise (`noise_cost`). Nothing is done, and both numbers are 0, where the last layer is not a
/// plain convolution in float32 behind which sums and a ReLU follow, or is too large: more than
/// 4096 weights a channel, or these times a channel's cells more than 16 million; and where there
/// are fewer than `fewest` showers.
MatchedMeans match_means(Int8Network& network, graph::Graph const& canonical,
                         NetworkRunner const& runner, std::size_t fewest = fewest_matched);

}  // namespace lowcal::quantisation
