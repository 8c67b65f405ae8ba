#include "training/lean/depth_roughness.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

constexpr double smallest_cell = 0.5;  ///< MeV
/// MeV. Measured: the squared distance is about this times (1 / cell + 1/4 of 1 / each neighbour).
constexpr double squared_spread = 0.55;

}  // namespace

DepthRoughness depth_roughness(torch::Tensor const& cells)
{
    auto const inner = cells.size(1) - 2;
    auto const energies = cells.clamp_min(smallest_cell);
    auto const before = energies.slice(1, 0, inner);
    auto const here = energies.slice(1, 1, inner + 1);
    auto const behind = energies.slice(1, 2, inner + 2);
    auto const distance = here.log() - 0.5 * (before.log() + behind.log());
    auto const expected = squared_spread * (here.reciprocal() + 0.25 * before.reciprocal() +
                                            0.25 * behind.reciprocal());
    auto const known = torch::min(torch::min(before, here), behind) > smallest_cell;
    return {known * distance * expected.rsqrt(), known, here};
}

torch::Tensor weighted_squares(DepthRoughness const& found, double half_weight, double greatest)
{
    auto const excess = found.deviation.square().clamp_max(greatest) - 1.0;
    return found.known * excess * found.here / (found.here + half_weight);
}

}  // namespace lowcal::training
