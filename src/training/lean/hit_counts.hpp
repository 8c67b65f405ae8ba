#pragma once

#include <torch/types.h>

#include <span>

namespace lowcal::training {

/// Where hits begin to count, blurred so that the count has a gradient.
struct HitThreshold {
    double energy = 0;  ///< MeV
    double blur = 0;    ///< of the root, cbrt(MeV)
};

/// Numbers of cells above thresholds in each layer, [N, z, thresholds], of cube roots of cells in
/// MeV, [N, z, x, y]: each cell with energy counts as the logistic function of its root's distance
/// over the blur. Empty cells count nothing, and have no gradient.
torch::Tensor count_hits(torch::Tensor const& roots, std::span<HitThreshold const> thresholds);

}  // namespace lowcal::training
