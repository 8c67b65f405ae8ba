#pragma once

#include "training/lean/energy_head.hpp"

#include <torch/types.h>

namespace lowcal::training {

/// Real showers have the symmetries of the square, where the geometry has them, though a batch of
/// them has them only about; generated ones have what the network gives them.
enum class Sample { real, generated };

/// Showers whose means are matched.
struct MeansInput {
    ShowerGeometry const& geometry;
    torch::Tensor roots;  ///< [N, layers, rows, columns], cube roots of MeV
    Primary primary;
    torch::Tensor entry{};  ///< [N, 2] as in ShowerSet, or undefined
    Sample sample = Sample::real;
};

// Means over the batch, [weights, ...], scaled so that the sum of squares over what is averaged is
// a mean. Weights are P0 to P3, Legendre's polynomials of log E over 2-500 GeV: a mean that fits
// over all must fit at both ends and in the middle, too; and one that falls from 4 at 0 GeV over 2
// at 4 GeV to nothing: showers of few hits are few. Where the entry point is known, also its
// distance from the centre, and, of features, its coordinates; and each condition.

/// What roots [N, z, x, y] are beyond what their layers' energies (MeV, [N, z]) say: `usual` root
/// of each cell [z, x, y] for a layer of 1 MeV, times the layer's root. A few per cent of a bright
/// cell are nothing beside what it varies by from 2 to 500 GeV, and much of this.
torch::Tensor beyond_usual(torch::Tensor const& roots, torch::Tensor const& layers,
                           torch::Tensor const& usual);

/// Spread of each number of image_means over these showers, the square's symmetries averaged where
/// the geometry has them: [2 layers, rows, columns].
torch::Tensor image_spread(torch::Tensor const& residuals, ShowerGeometry const& geometry);

/// Mean images of residuals (beyond_usual, [N, z, x, y]) and of their
/// squares, in units of their spread, so that a rare hit far from the axis counts as the
/// core does: [weights, 2 layers, rows, columns].
torch::Tensor image_means(torch::Tensor const& residuals, MeansInput const& input,
                          torch::Tensor const& spread);

/// Spread of each number of depth_means over these showers, as of images.
torch::Tensor depth_spread(torch::Tensor const& roots, ShowerGeometry const& geometry);

/// Mean images, near the axis, of how cells differ from their neighbours in depth (DepthRoughness)
/// and of the squares of that, in units of their spread. Where a network makes a cell of one layer
/// brighter in every shower, this is many times what image_means see, and rings of cells, in which
/// some are brighter and some darker, cannot tell it from fluctuations. The central cell weighs
/// four times as much as those far from it. [weights, 2 (layers - 2), cells near the axis]
torch::Tensor depth_means(MeansInput const& input, torch::Tensor const& spread);

/// Mean lateral profiles in units of their mean content. Their tails weigh more, as the second
/// moment has them: [weights, rows + columns].
torch::Tensor profile_means(MeansInput const& input);

/// Means and mean squares of features [N, f]: showers must not only be as wide as real ones, but
/// vary as they do. [weights, 2 f]
torch::Tensor feature_means(torch::Tensor const& features, MeansInput const& input);

/// Mean roots of the numbers of hits in twenty bins of the spectrum of cells, in units of their
/// spread: a lack in one bin, which is little beside all hits above it. [weights, 20]
torch::Tensor spectrum_means(MeansInput const& input);

/// Means of the products of any two features [N, f], which are scaled to mean 0 and spread 1: what
/// goes together in a real shower, and what does not, as the numbers of hits of its layers. The sum
/// of squares over one feature's row is a mean: [f, f].
torch::Tensor feature_products(torch::Tensor const& features);

}  // namespace lowcal::training
