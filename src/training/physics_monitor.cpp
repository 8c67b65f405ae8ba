#include "training/physics_monitor.hpp"

#include "training/architecture.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace lowcal::training {
namespace {

using Axes = at::IntArrayRef;

/// Sums over showers [N, x, y, z] in the image's unit.
struct Observed {
    torch::Tensor profiles;           ///< [75], mean of cell energy / primary energy
    torch::Tensor sampling_fraction;  ///< [N]
    torch::Tensor width;              ///< [N, 2], in x and y, cells
    std::vector<double> hits;         ///< mean number above each threshold
};

/// Standard deviation of the energy along one axis: [N, 25] sums -> [N].
torch::Tensor width_along(torch::Tensor const& sums)
{
    auto const axis = torch::arange(25, sums.options());
    auto const total = sums.sum(1).clamp_min(1e-6);
    auto const mean = (sums * axis).sum(1) / total;
    auto const square = (sums * axis.square()).sum(1) / total;
    return (square - mean.square()).clamp_min(0.0).sqrt();
}

SpreadRatio spread_ratio(torch::Tensor const& candidate, torch::Tensor const& reference)
{
    return {.mean = (candidate.mean() / reference.mean()).item<double>(),
            .rms = (candidate.std() / reference.std()).item<double>()};
}

Observed observe(torch::Tensor const& cells, torch::Tensor const& energy)
{
    auto const fraction = cells / (image_scale * energy.view({-1, 1, 1, 1}));
    auto const mean = fraction.mean(0);
    std::vector<double> hits;
    for (double const threshold : hit_thresholds)
        hits.push_back((cells > threshold * image_scale / 1000.0)
                           .sum({1, 2, 3})
                           .to(torch::kFloat64)
                           .mean()
                           .item<double>());
    return {
        .profiles = torch::cat({mean.sum(Axes{1, 2}), mean.sum(Axes{0, 2}), mean.sum(Axes{0, 1})}),
        .sampling_fraction = fraction.sum({1, 2, 3}),
        .width = torch::stack(
            {width_along(cells.sum(Axes{2, 3})), width_along(cells.sum(Axes{1, 3}))}, 1),
        .hits = std::move(hits)};
}

double shape_mse(torch::Tensor const& candidate, torch::Tensor const& reference)
{
    double total = 0;
    for (std::int64_t axis = 0; axis < 3; ++axis) {
        auto const truth = reference.slice(0, 25 * axis, 25 * axis + 25);
        auto const guess = candidate.slice(0, 25 * axis, 25 * axis + 25);
        total += ((guess - truth) / truth.mean()).square().mean().item<double>() / 3.0;
    }
    return total;
}

}  // namespace

PhysicsFigures PhysicsMonitor::operator()(ShowerMaker const& make_showers) const
{
    torch::NoGradGuard const no_gradient;
    torch::manual_seed(20211);  // the same latents at every call: differences are the network's
    std::vector<torch::Tensor> parts;
    for (auto const& some : reference_.energy.split(32)) parts.push_back(make_showers(some));
    auto const candidate = observe(torch::cat(parts), reference_.energy);
    auto const truth = observe(reference_.cells.to(torch::kFloat32), reference_.energy);

    PhysicsFigures figures;
    figures.shape_mse = shape_mse(candidate.profiles, truth.profiles);
    figures.width = spread_ratio(candidate.width, truth.width);
    for (std::size_t i = 0; i < figures.hits.size(); ++i)
        figures.hits[i] = candidate.hits[i] / truth.hits[i];
    auto bins = std::vector<EnergyBin>(energy_bins.begin(), energy_bins.end());
    bins.push_back(low_energy_bin);
    for (auto const& bin : bins) {
        auto const inside =
            (reference_.energy >= bin.low).logical_and(reference_.energy < bin.high);
        SamplingFractionRatio ratio;
        ratio.bin = bin;
        ratio.count = inside.sum().item<std::int64_t>();
        if (ratio.count > 1)
            static_cast<SpreadRatio&>(ratio) =
                spread_ratio(candidate.sampling_fraction.masked_select(inside),
                             truth.sampling_fraction.masked_select(inside));
        figures.sampling_fraction.push_back(ratio);
    }
    return figures;
}

}  // namespace lowcal::training
