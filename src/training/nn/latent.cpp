#include "training/nn/latent.hpp"

#include "training/architecture.hpp"

#include <torch/torch.h>

#include <cmath>

namespace lowcal::training {
namespace {

/// Uniform numbers in -1 to 1 as normal ones.
torch::Tensor as_normal(torch::Tensor const& uniform)
{
    constexpr double largest = 0.9999;  // that of an edge would be infinite
    return std::sqrt(2.0) * torch::erfinv(uniform.clamp(-largest, largest));
}

}  // namespace

torch::Tensor draw_latent(torch::Tensor const& energy, LatentNorm norm, KnownShower const& known)
{
    auto noise = torch::randn({energy.size(0), latent_size}).to(energy.device());
    std::int64_t first = 0;
    auto const replace = [&](torch::Tensor const& numbers) {
        noise.slice(1, first, first + numbers.size(1)).copy_(numbers);
        first += numbers.size(1);
    };
    if (known.entry.defined()) replace(as_normal(known.entry));
    if (known.layer_noise.defined()) replace(known.layer_noise);
    if (norm == LatentNorm::fixed)
        noise = noise *
                (std::sqrt(static_cast<double>(latent_size)) / noise.square().sum(1, true).sqrt());
    return noise * (energy / energy_unit).unsqueeze(1);
}

}  // namespace lowcal::training
