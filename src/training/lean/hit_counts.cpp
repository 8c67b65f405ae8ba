#include "training/lean/hit_counts.hpp"

#include <torch/torch.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace lowcal::training {

torch::Tensor count_hits(torch::Tensor const& roots, std::span<HitThreshold const> thresholds)
{
    std::vector<float> places, sharpness;
    for (auto const& threshold : thresholds) {
        places.push_back(static_cast<float>(std::cbrt(threshold.energy)));
        sharpness.push_back(static_cast<float>(1.0 / threshold.blur));
    }
    auto const on_device = [&](std::vector<float> const& numbers) {
        return torch::tensor(numbers, roots.options().requires_grad(false));
    };
    // Most cells are empty: a twentieth of the work.
    auto const all = roots.flatten();
    auto const hits = all.detach().nonzero().squeeze(1);
    auto const energies = all.index_select(0, hits).unsqueeze(1);
    auto const counted = torch::sigmoid((energies - on_device(places)) * on_device(sharpness));
    auto const layers = roots.size(0) * roots.size(1);
    auto const layer_of = torch::div(hits, all.size(0) / layers, "floor");
    auto const count = static_cast<std::int64_t>(thresholds.size());
    return torch::zeros({layers, count}, roots.options().requires_grad(false))
        .index_add(0, layer_of, counted)
        .view({roots.size(0), roots.size(1), count});
}

}  // namespace lowcal::training
