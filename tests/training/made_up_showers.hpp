#pragma once

#include "training/shower_set.hpp"
#include "training/study/networks.hpp"

#include <torch/torch.h>

namespace lowcal::training {

/// Six layers of 5 x 6 cells.
inline ShowerGeometry small_geometry()
{
    auto geometry = clic_geometry();
    geometry.detector.name = "small";
    geometry.detector.axes[0].cells = 5;
    geometry.detector.axes[1].cells = 6;
    geometry.detector.axes[2].cells = 6;
    geometry.unit_layer = 2;
    return geometry;
}

/// Showers whose cells are exponential around the middle: [N, 5, 6, 6], in the images' unit.
inline ShowerSet made_up_showers(std::int64_t count)
{
    torch::manual_seed(3);
    auto const energy = 10.0 + 90.0 * torch::rand({count});
    auto const x = torch::arange(5).view({1, 5, 1, 1}) - 2.0;
    auto const y = torch::arange(6).view({1, 1, 6, 1}) - 2.5;
    auto const share = torch::exp(-(x.square() + y.square()) / 3.0) / 60.0;
    auto const cells = share * energy.view({-1, 1, 1, 1}) *
                       -torch::log(torch::rand({count, 5, 6, 6}).clamp_min(1e-6)) * 0.02;
    auto const kept = torch::where(torch::rand({count, 5, 6, 6}) < 0.7, cells, torch::zeros({}));
    ShowerSet showers{.cells = (kept * image_scale).to(torch::kFloat16), .energy = energy};
    showers.geometry = small_geometry();
    return showers;
}

}  // namespace lowcal::training
