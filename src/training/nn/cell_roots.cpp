#include "training/nn/cell_roots.hpp"

#include "training/architecture.hpp"

#include <torch/torch.h>

#include <cmath>

namespace lowcal::training {
namespace {

constexpr double offset = 0.03;         ///< MeV: a fifth of what a particle leaves
constexpr double straight_below = 0.3;  ///< MeV

}  // namespace

torch::Tensor roots_of_cells(torch::Tensor const& cells)
{
    return torch::pow(cells * mev_per_unit, 1.0 / 3.0);
}

torch::Tensor cell_roots(torch::Tensor const& output)
{
    double const root = std::cbrt(offset);
    double const slope = 1.0 / (3.0 * root * root);
    auto const energy = output * mev_per_unit;
    auto const positive = torch::relu(energy);
    auto const above = torch::pow(positive + offset, 1.0 / 3.0) - root;
    auto const below =
        slope * straight_below * torch::expm1(energy.clamp_max(0.0) / straight_below);
    auto const smooth = above + below;
    auto const exact = torch::pow(positive.detach(), 1.0 / 3.0);
    return smooth + (exact - smooth.detach());
}

}  // namespace lowcal::training
