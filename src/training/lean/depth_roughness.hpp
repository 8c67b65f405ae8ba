#pragma once

#include <torch/types.h>

#include <limits>

namespace lowcal::training {

/// By how much the log of a cell's energy differs from the mean of its neighbours' in depth, over
/// the spread that sampling gives it: of real showers the square is about 1. Knows only cells that
/// have, as both neighbours, at least 0.5 MeV; fainter ones are single hits.
struct DepthRoughness {
    torch::Tensor
        deviation;        ///< [N, layers - 2, rows, columns], of inner layers; 0 where not known
    torch::Tensor known;  ///< the same, bool
    torch::Tensor here;   ///< the same: the cell's energy, MeV, at least 0.5
};

/// `cells` in MeV, [N, z, x, y]; differentiable.
DepthRoughness depth_roughness(torch::Tensor const& cells);

/// Squares of the deviation, at most `greatest`, less 1: 0 on average for real showers. Weighted by
/// the cells' brightness; `half_weight` MeV count half as much as the brightest.
torch::Tensor weighted_squares(DepthRoughness const& found, double half_weight,
                               double greatest = std::numeric_limits<double>::infinity());

}  // namespace lowcal::training
