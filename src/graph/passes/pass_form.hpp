#pragma once

#include "graph/patterns/split_form.hpp"

#include <array>
#include <cstdint>

namespace lowcal::graph {

// The form of all networks that draw cells in passes over the volume (pass_network.hpp): training,
// export and every implementation share it.

/// Layers are made in groups: every fourth, one after the other; those halfway between, all at
/// once; all others. Of each group the distance of the nearest layers that are there by then: of
/// the first only the one before.
inline constexpr std::array<std::int64_t, 3> group_reach{4, 2, 1};
/// In a layer, first the cells of even rows and columns, then those of odd rows and columns, then
/// the two mixed kinds.
struct CellPass {
    std::int64_t row, column;  ///< the first of its cells; every second follows
};
inline constexpr std::array<CellPass, 4> cell_passes{{{0, 0}, {1, 1}, {0, 1}, {1, 0}}};
inline constexpr auto pass_count = static_cast<std::int64_t>(cell_passes.size());
inline constexpr auto group_count = static_cast<std::int64_t>(group_reach.size());
/// How many hits a pass gives to a layer is drawn before its cells are; what is left of the layer's
/// hits by then is the last pass'.
inline constexpr std::int64_t counted_passes = pass_count - 1;
/// Uniform numbers of a layer's hits, and of those of its passes.
inline constexpr std::int64_t layer_uniforms = root_uniforms + counted_passes;
/// Each pass of each group has weights of its own.
inline constexpr std::int64_t phase_count = group_count * pass_count;

/// A cell sees 3 x 3 x 3 cells, by layer, row and column: whether each is hit, and its energy.
inline constexpr std::int64_t window_cells = 27;
inline constexpr std::int64_t window_numbers = 2 * window_cells;
/// Which of them are there when a cell is drawn.
std::array<bool, window_cells> seen_cells(std::int64_t group, std::int64_t pass);

/// Numbers of where a cell lies: how far from where the primary entered.
inline constexpr std::int64_t position_numbers = 4;
inline constexpr float least_distance = 0.02F;  ///< squared cells, added to squared distances
/// What a layer's network gives beside the hidden numbers: the odds of its cells, constant and
/// along the positions.
inline constexpr std::int64_t odds_numbers = 1 + position_numbers;
/// Cells around may change the logarithm of a cell's odds by so much at most: where that cannot
/// bring it among the hits, nothing else of it need be known. In layers of few hits, which go
/// together more, they may change it by more, until about this share of the cells could be hits.
inline constexpr float least_change = 1.0F;
inline constexpr float most_change = 3.0F;
inline constexpr float changed_share = 0.15F;

/// Logarithms of energies that a hit's may follow: its usual share of what is left of its layer,
/// and the same cell in the two nearest layers.
inline constexpr std::int64_t followed_cells = 3;
/// Of these, what networks of energies are told: themselves, differences, and squares of two.
inline constexpr std::int64_t follow_features = followed_cells + 5;
inline constexpr float most_difference = 3.0F;  ///< of two of them
inline constexpr float least_left = 1e-6F;      ///< usual share of the cells from some pass on
/// Classes of faint hits' energies are chosen in two steps: a group of so many, or that the hit is
/// bright, and one of the group.
inline constexpr std::int64_t group_classes = 8;
inline constexpr std::int64_t most_classes = 1024;
/// Of the mixture that bright hits are drawn from.
inline constexpr std::int64_t bright_components = 4;
/// Weights, means and widths; how far means follow the followed cells, and the window.
inline constexpr std::int64_t bright_numbers =
    3 * bright_components + followed_cells + window_cells;
/// What bright hits of each place follow beside, each place by gains of its own: how much more than
/// usual the window has, what followed cells are beyond the first, and how much more energy the
/// layer has than the two nearest.
inline constexpr std::int64_t bright_regressors = window_cells + 2 + 2;
/// Gains, then what is added to all means, and the logarithm of what the mixture is scaled by.
inline constexpr std::int64_t bright_place_numbers = bright_regressors + 2;
inline constexpr float narrowest_bright = -5.0F;  ///< logarithms of widths
inline constexpr float widest_bright = 2.0F;
/// Logarithms of how much more than usual the cells of the window have are kept within this.
inline constexpr float most_excess = 4.0F;

/// What a layer's network is told.
inline constexpr std::int64_t hits_around = 1;    ///< layers whose hits are seen, before and behind
inline constexpr std::int64_t entry_numbers = 5;  ///< with squares
inline constexpr std::int64_t layer_development = 6;
inline constexpr std::int64_t left_numbers = 4;  ///< of energy and hits that are left
inline constexpr std::int64_t pass_numbers = 2;  ///< of the hits of the pass
/// What a layer's other network gives: a share of the hits that are left, as log odds, and the
/// logarithm of the width about it, in its usual deviations, of each pass but the last.
inline constexpr std::int64_t count_numbers = 2 * counted_passes;
inline constexpr float narrowest_count = -4.0F;
inline constexpr float widest_count = 2.0F;
inline constexpr float least_count_width = 0.05F;  ///< in hits
inline constexpr float least_count_variance = 1e-6F;
/// Scales of what is of the order of some units.
inline constexpr float logarithm_scale = 0.25F;
inline constexpr float excess_scale = 0.5F;
inline constexpr float least_length = 0.5F;  ///< of a shower, in layers
inline constexpr float square_scale = 4.0F;  ///< of products of places within a cell

/// A layer's sum comes out within a fifth or so. Its bright hits are moved along their own
/// distributions, each by its share in the spread times one number, which is looked for within
/// these bounds and in so many steps.
inline constexpr float most_tilt = 12.0F;
inline constexpr float most_tilt_step = 3.0F;
inline constexpr int tilt_steps = 8;
inline constexpr float least_tilt_step = 1e-4F;  ///< the last: what is still wrong is scaled
inline constexpr float least_slope = 1e-3F;      ///< of the logarithm of the sum
/// Bright hits are not moved to less than this share of what they have; then all hits are scaled.
inline constexpr float least_bright_share = 0.1F;

}  // namespace lowcal::graph
