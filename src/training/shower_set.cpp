#include "training/shower_set.hpp"

#include <torch/torch.h>

#include <cmath>

namespace lowcal::training {
namespace {

torch::Tensor fit_powers(torch::Tensor const& energy)
{
    auto const l = torch::log(energy / 100.0);
    return torch::stack({torch::ones_like(l), l, l * l}, 1);
}

}  // namespace

torch::Tensor apply_symmetry(torch::Tensor const& images, unsigned symmetry)
{
    auto result = images;
    if (symmetry & 1U) result = result.flip({2});
    if (symmetry & 2U) result = result.flip({3});
    if (symmetry & 4U) result = result.transpose(2, 3);
    return result;
}

torch::Tensor apply_symmetry_to_points(torch::Tensor const& points, unsigned symmetry)
{
    auto const sign = [&](unsigned bit) { return symmetry & bit ? -1.0F : 1.0F; };
    auto const result = points * torch::tensor({sign(1U), sign(2U)}).to(points.device());
    return symmetry & 4U ? result.flip({1}) : result;
}

torch::Tensor sampling_weights(torch::Tensor const& energy)
{
    constexpr std::int64_t bins = 24;
    auto const log_energy = energy.to(torch::kFloat64).log();
    double const low = log_energy.min().item<double>();
    double const high = log_energy.max().item<double>() + 1e-6;
    if (high - low < 1e-3) return torch::ones_like(energy);
    auto const index = ((log_energy - low) * (bins / (high - low))).to(torch::kInt64);
    auto const counts = torch::bincount(index, {}, bins).to(torch::kFloat64);
    // Wanted density in log E: half flat, half proportional to E.
    auto const wanted =
        0.5 / (high - low) + 0.5 * log_energy.exp() / (std::exp(high) - std::exp(low));
    return (wanted / counts.index_select(0, index)).to(torch::kFloat32);
}

BatchSampler::BatchSampler(ShowerSet const& showers, Config config)
    : showers_(showers), config_(config), by_energy_(showers.energy.argsort())
{
    auto const weights =
        sampling_weights(showers.energy).index_select(0, by_energy_).to(torch::kFloat64);
    cumulative_ = weights.cumsum(0) / weights.sum();
}

torch::Tensor BatchSampler::choose() const
{
    auto const stratum = torch::randperm(config_.batch).to(torch::kFloat64);
    auto const quantile = (stratum + torch::rand({config_.batch}, torch::kFloat64)) /
                          static_cast<double>(config_.batch);
    auto const rank = torch::searchsorted(cumulative_, quantile).clamp_max(showers_.count() - 1);
    return by_energy_.index_select(0, rank);
}

Batch BatchSampler::draw(torch::Device device) const
{
    auto const chosen = choose();
    auto images = showers_.cells.index_select(0, chosen).to(device).to(torch::kFloat32);
    auto const order = showers_.geometry.to_images();
    Batch batch{.images = images.permute(order),
                .energy = showers_.energy.index_select(0, chosen).to(device)};
    if (showers_.entry.defined()) batch.entry = showers_.entry.index_select(0, chosen).to(device);
    if (showers_.conditions.defined())
        batch.conditions = showers_.conditions.index_select(0, chosen).to(device);
    if (config_.symmetries == Symmetries::square && showers_.geometry.is_square()) {
        auto const symmetry = static_cast<unsigned>(torch::randint(8, {1}).item<int>());
        batch.images = apply_symmetry(batch.images, symmetry);
        if (batch.entry.defined()) batch.entry = apply_symmetry_to_points(batch.entry, symmetry);
    }
    batch.images = batch.images.contiguous();
    return batch;
}

Batch draw_for_constants(ShowerSet const& showers, torch::Device device)
{
    constexpr std::int64_t at_most = 2048;
    BatchSampler const some(
        showers, {.batch = std::min(at_most, showers.count()), .symmetries = Symmetries::none});
    return some.draw(device);
}

CellSumFit::CellSumFit(ShowerSet const& showers)
{
    std::vector<torch::Tensor> sums;
    for (auto const& part : showers.cells.split(512))
        sums.push_back(part.to(torch::kFloat32).sum({1, 2, 3}));
    auto const energy = showers.energy.to(torch::kFloat64);
    auto const ratio = torch::cat(sums).to(torch::kFloat64) / energy;
    auto const powers = fit_powers(energy);
    // Normal equations of three unknowns, in double.
    auto const solution = torch::linalg_solve(powers.t().mm(powers), powers.t().mv(ratio));
    for (std::int64_t i = 0; i < 3; ++i) coefficients_.push_back(solution[i].item<double>());
}

torch::Tensor CellSumFit::operator()(torch::Tensor const& energy) const
{
    auto const l = torch::log(energy / 100.0);
    return energy * (coefficients_[0] + l * (coefficients_[1] + l * coefficients_[2]));
}

}  // namespace lowcal::training
