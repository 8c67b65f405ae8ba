#pragma once

#include <array>
#include <cstdint>

namespace lowcal::graph {

// The form of all networks that divide layers (split_network.hpp): training, export and every
// implementation share it.

/// Components of the mixtures that divisions are drawn from.
inline constexpr std::int64_t hit_components = 3;
/// Of energy: those of the odds between two children, and for either child, where it is a single
/// hit, some whose places are energies of a cell: what spectra have at certain energies stays
/// sharp.
inline constexpr std::int64_t odds_components = 5;
inline constexpr std::int64_t anchored_components = 3;
inline constexpr std::int64_t energy_components = odds_components + 2 * anchored_components;
/// By how much a network can move an anchor, in logarithms of energy, with each of its numbers.
inline constexpr float anchor_step = 0.5F;
/// Added to energies beyond the least, in units of the least: logarithms stay finite.
inline constexpr float excess_offset = 0.01F;
/// In the place of the logarithm of the weight of a component that cannot be.
inline constexpr float impossible = -1e4F;
/// Logarithms of odds that a mixture's means may follow: the usual ones, and those of layers
/// before.
inline constexpr std::int64_t followed_odds = 3;
/// Learnt numbers of each block, and of each layer.
inline constexpr std::int64_t place_numbers = 8;
inline constexpr std::int64_t layer_numbers = 16;
inline constexpr std::int64_t root_width = 64;  ///< of the network of a layer's hits
/// What the network of energies is told of how hits were divided.
inline constexpr std::int64_t division_features = 6;
inline constexpr float split_slope = 0.1F;  ///< of LeakyReLU
/// Shapes that are remembered of a finished layer (layer_shapes.hpp), of which the first few beyond
/// what is usual for its energy, a linear function of regressors.
inline constexpr std::int64_t shape_numbers = 6;
inline constexpr std::int64_t usual_shapes = 4;
inline constexpr std::int64_t shape_regressors = 5;
/// By how much a layer counts less for those behind it with each layer between.
inline constexpr std::array memory_decays{0.75F, 1.0F};
inline constexpr std::int64_t memory_numbers =
    shape_numbers * static_cast<std::int64_t>(memory_decays.size());
/// Of how far a shower has developed where a layer stands (shower_development.hpp).
inline constexpr std::int64_t development_numbers = 3;
inline constexpr float depth_unit = 0.25F;      ///< in which distances along the depth are given
inline constexpr float shape_scale = 4.0F;      ///< of what is remembered: to be of order one
inline constexpr float regressor_scale = 0.1F;  ///< of squares among the regressors
inline constexpr float nearest = 0.01F;         ///< squared cells, added to squared distances

/// How a mixture's numbers, which are of order one, become means and logarithms of widths.
struct MixtureScale {
    float mean, shift, narrowest, widest;
};
inline constexpr MixtureScale hit_scale{.mean = 2, .shift = 0, .narrowest = -4, .widest = 2};
inline constexpr MixtureScale energy_scale{.mean = 3, .shift = 0, .narrowest = -5, .widest = 2.5F};
inline constexpr MixtureScale root_scale{.mean = 2, .shift = 3, .narrowest = -5, .widest = 2};
/// Uniform numbers keep this far from 0 and 1 where a density is drawn from.
inline constexpr float uniform_margin = 1e-6F;

/// What a network sees of the blocks around one that it divides, each an energy and hits: those
/// around itself, and children, three around the two along the axis and one across.
inline constexpr std::int64_t neighbours = 2;
inline constexpr std::int64_t parent_window = (2 * neighbours + 1) * (2 * neighbours + 1);
inline constexpr std::int64_t child_window = 6 * 3;
inline constexpr std::int64_t layers_before = 3;  ///< whose children are seen; the third's energies
inline constexpr std::int64_t layers_around = 2;  ///< whose energies are seen, before and behind
inline constexpr std::int64_t own_features = 11;
inline constexpr std::int64_t odds_features = 8;
inline constexpr std::int64_t least_round = 4;      ///< blocks of a level that goes round
inline constexpr float usual_unit = 3.0F;           ///< in which usual odds' logarithms are given
inline constexpr std::int64_t own_hits = 2;         ///< of a layer: how many, and beyond the usual
inline constexpr std::int64_t remembered_hits = 2;  ///< of layers before, for the next one's
inline constexpr std::int64_t root_uniforms = 2;
inline constexpr std::int64_t block_uniforms = 4;
/// Numbers of a mixture: a weight, a mean and a width for each component; and how far means follow
/// odds.
inline constexpr std::int64_t root_numbers = 3 * hit_components;
inline constexpr std::int64_t hit_numbers = 3 * hit_components + followed_odds;
inline constexpr std::int64_t energy_numbers = 3 * energy_components + followed_odds;
inline constexpr float least_hit = 1e-3F;  ///< added to a hit's energy in units: finite logarithms
inline constexpr float distance_unit = 0.25F;  ///< in which distances from the axis are given
/// Logarithms of a layer's hits are kept in this range.
inline constexpr float least_log_hits = -1.0F;
inline constexpr float most_log_hits = 20.0F;

}  // namespace lowcal::graph
