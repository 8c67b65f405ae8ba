#include "training/loop/physics_monitor.hpp"

#include "training/architecture.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace lowcal::training {
namespace {

using Axes = at::IntArrayRef;

/// Sums over showers [N, axes] in the image's unit.
struct Observed {
    std::array<torch::Tensor, 3> profiles;  ///< of each axis, mean of cell energy / primary energy
    torch::Tensor sampling_fraction;        ///< [N]
    torch::Tensor width;                    ///< [N, 2], along the axes beside depth, cells
    std::vector<double> hits;               ///< mean number above each threshold
};

/// Standard deviation of the energy along one axis: [N, cells] sums -> [N].
torch::Tensor width_along(torch::Tensor const& sums)
{
    auto const axis = torch::arange(sums.size(1), sums.options());
    auto const total = sums.sum(1).clamp_min(1e-6);
    auto const mean = (sums * axis).sum(1) / total;
    auto const square = (sums * axis.square()).sum(1) / total;
    return (square - mean.square()).clamp_min(0.0).sqrt();
}

/// Sums over all but one axis of [..., axes]; `first` is that of the axes.
torch::Tensor sums_along(torch::Tensor const& cells, std::int64_t first, std::size_t axis)
{
    std::vector<std::int64_t> others;
    for (std::int64_t i = 0; i < 3; ++i)
        if (i != static_cast<std::int64_t>(axis)) others.push_back(first + i);
    return cells.sum(others);
}

SpreadRatio spread_ratio(torch::Tensor const& candidate, torch::Tensor const& reference)
{
    return {.mean = (candidate.mean() / reference.mean()).item<double>(),
            .rms = (candidate.std() / reference.std()).item<double>()};
}

Observed observe(torch::Tensor const& cells, torch::Tensor const& energy, Detector const& detector)
{
    auto const fraction = cells / (image_scale * energy.view({-1, 1, 1, 1}));
    auto const mean = fraction.mean(0);
    Observed observed;
    observed.sampling_fraction = fraction.sum({1, 2, 3});
    for (std::size_t axis = 0; axis < 3; ++axis)
        observed.profiles[axis] = sums_along(mean, 0, axis);
    std::vector<torch::Tensor> widths;
    for (auto const axis : detector.transverse())
        widths.push_back(width_along(sums_along(cells, 1, axis)));
    observed.width = torch::stack(widths, 1);
    for (double const threshold : detector.hit_thresholds)
        observed.hits.push_back((cells > threshold * image_scale)
                                    .sum({1, 2, 3})
                                    .to(torch::kFloat64)
                                    .mean()
                                    .item<double>());
    return observed;
}

double shape_mse(Observed const& candidate, Observed const& reference)
{
    double total = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        auto const& truth = reference.profiles[axis];
        auto const& guess = candidate.profiles[axis];
        total += ((guess - truth) / truth.mean()).square().mean().item<double>() / 3.0;
    }
    return total;
}

}  // namespace

std::vector<EnergyBin> monitored_bins(Detector const& detector)
{
    auto bins = detector.energy_bins();
    if (!detector.low_energies.empty()) bins.push_back(detector.low_energies);
    return bins;
}

PhysicsFigures PhysicsMonitor::operator()(ShowerMaker const& make_showers) const
{
    torch::NoGradGuard const no_gradient;
    torch::manual_seed(20211);  // the same latents at every call: differences are the network's
    std::vector<torch::Tensor> parts;
    constexpr std::int64_t at_once = 32;
    for (std::int64_t first = 0; first < reference_.count(); first += at_once) {
        auto const slice = [&](torch::Tensor const& all) {
            return all.defined() ? all.slice(0, first, first + at_once) : all;
        };
        parts.push_back(make_showers(
            {.energy = slice(reference_.energy), .conditions = slice(reference_.conditions)}));
    }
    auto const candidate = observe(torch::cat(parts), reference_.energy, detector());
    auto const truth = observe(reference_.cells.to(torch::kFloat32), reference_.energy, detector());

    PhysicsFigures figures;
    figures.shape_mse = shape_mse(candidate, truth);
    figures.width = spread_ratio(candidate.width, truth.width);
    for (std::size_t i = 0; i < truth.hits.size(); ++i)
        figures.hits.push_back(candidate.hits[i] / truth.hits[i]);
    auto const bins = monitored_bins(detector());
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
