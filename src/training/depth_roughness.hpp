#pragma once

#include <torch/types.h>

#include <limits>

namespace lowcal::training {

/// The 9 x 9 cells about the axis of [..., x, y].
torch::Tensor near_axis(torch::Tensor const& cells);
inline constexpr std::int64_t near_half = 4;  ///< cells to each side of the central one

/// By how much the log of a cell's energy differs from the mean of its neighbours' in depth, over
/// the spread that sampling gives it: of real showers the square is about 1. Knows only cells that
/// have, as both neighbours, at least 0.5 MeV; fainter ones are single hits.
struct DepthRoughness {
    torch::Tensor deviation;  ///< [N, 23, x, y], of layers 1 to 23; 0 where not known
    torch::Tensor known;      ///< the same, bool
    torch::Tensor here;       ///< the same: the cell's energy, MeV, at least 0.5
};

/// `cells` in MeV, [N, z, x, y]; differentiable.
DepthRoughness depth_roughness(torch::Tensor const& cells);

/// Squares of the deviation, at most `greatest`, less 1: 0 on average for real showers. Weighted by
/// the cells' brightness; `half_weight` MeV count half as much as the brightest.
torch::Tensor weighted_squares(DepthRoughness const& found, double half_weight,
                               double greatest = std::numeric_limits<double>::infinity());

}  // namespace lowcal::training
