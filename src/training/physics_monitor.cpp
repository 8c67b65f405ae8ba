#include "training/physics_monitor.hpp"

#include "training/trainer.hpp"

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
};

Observed observe(torch::Tensor const& cells, torch::Tensor const& energy)
{
    auto const fraction = cells / (image_scale * energy.view({-1, 1, 1, 1}));
    auto const mean = fraction.mean(0);
    return {
        .profiles = torch::cat({mean.sum(Axes{1, 2}), mean.sum(Axes{0, 2}), mean.sum(Axes{0, 1})}),
        .sampling_fraction = fraction.sum({1, 2, 3})};
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

double PhysicsFigures::score() const
{
    double worst = 0;
    for (auto const& ratio : sampling_fraction)
        if (ratio.count > 1) worst = std::max(worst, std::abs(ratio.mean - 1.0));
    return shape_mse / 0.06 + worst / 0.03;
}

PhysicsFigures PhysicsMonitor::operator()(Generator& generator, torch::Device device,
                                          TrainingPrecision precision) const
{
    torch::NoGradGuard const no_gradient;
    torch::manual_seed(20211);  // the same latents at every call: differences are the network's
    auto const energy = reference_.energy.to(device);
    std::vector<torch::Tensor> parts;
    GeneratorPass const pass{.pass = {.phase = Phase::generate, .precision = precision}};
    for (auto const& some : energy.split(32))
        parts.push_back(
            generator->forward(draw_latent(some), pass).permute({0, 2, 3, 1}).to(torch::kCPU));
    auto const candidate = observe(torch::cat(parts), reference_.energy);
    auto const truth = observe(reference_.cells.to(torch::kFloat32), reference_.energy);

    PhysicsFigures figures;
    figures.shape_mse = shape_mse(candidate.profiles, truth.profiles);
    auto bins = std::vector<EnergyBin>(energy_bins.begin(), energy_bins.end());
    bins.push_back(low_energy_bin);
    for (auto const& bin : bins) {
        auto const inside =
            (reference_.energy >= bin.low).logical_and(reference_.energy < bin.high);
        SamplingFractionRatio ratio{.bin = bin, .count = inside.sum().item<std::int64_t>()};
        if (ratio.count > 1) {
            auto const real = truth.sampling_fraction.masked_select(inside);
            auto const fake = candidate.sampling_fraction.masked_select(inside);
            ratio.mean = (fake.mean() / real.mean()).item<double>();
            ratio.rms = (fake.std() / real.std()).item<double>();
        }
        figures.sampling_fraction.push_back(ratio);
    }
    return figures;
}

}  // namespace lowcal::training
