#include "training/study/losses.hpp"

#include "training/shower_set.hpp"

#include <torch/torch.h>

#include <cmath>

namespace lowcal::training {
namespace {

using Axes = at::IntArrayRef;

/// Mean visible energy per cell of an electron shower, relative to the primary energy, in the
/// image's unit: brings the mean shower to unit mean content.
constexpr double mean_cell_fraction = 0.021 * image_scale / (25.0 * 25.0 * 25.0);

/// log E, of order one over 2-500 GeV.
torch::Tensor scaled_log(torch::Tensor const& energy)
{
    return torch::log(energy / 60.0) / 1.5;
}

/// Three profiles, and the image itself, of the batch's weighted mean: [features].
torch::Tensor mean_features(torch::Tensor const& images, torch::Tensor const& weight)
{
    auto const scaled = images * weight.view({-1, 1, 1, 1});
    auto const mean = symmetrised(scaled.mean(0));
    auto const profiles =
        torch::cat({mean.mean(Axes{1, 2}), mean.mean(Axes{0, 2}), mean.mean(Axes{0, 1})}) /
        std::sqrt(75.0);
    return torch::cat({profiles, 0.1 * mean.flatten() / std::sqrt(15625.0)});
}

torch::Tensor tamed(torch::Tensor const& images)
{
    return torch::sqrt(images.clamp_min(0.0) + 0.01) - 0.1;
}

}  // namespace

torch::Tensor draw_labels(std::int64_t count, Origin origin, Labels const& labels,
                          torch::Device device)
{
    double const own = origin == Origin::real ? labels.real : labels.fake;
    double const other = origin == Origin::real ? labels.fake : labels.real;
    auto const flipped = torch::rand({count}) < labels.flipped;
    return torch::where(flipped, torch::full({count}, other), torch::full({count}, own)).to(device);
}

torch::Tensor mean_absolute_percentage_error(torch::Tensor const& prediction,
                                             torch::Tensor const& truth)
{
    return 100.0 * ((prediction - truth) / truth).abs().mean();
}

torch::Tensor judgement_loss(Judgement const& judgement, JudgementTarget const& target,
                             LossWeights const& weights)
{
    auto const cross_entropy =
        torch::binary_cross_entropy_with_logits(judgement.real_logit, target.real_label);
    return weights.adversarial * cross_entropy +
           weights.energy * mean_absolute_percentage_error(judgement.energy, target.energy) +
           weights.cell_sum * mean_absolute_percentage_error(judgement.cell_sum, target.cell_sum);
}

torch::Tensor single_shower_distance(torch::Tensor const& generated, torch::Tensor const& real,
                                     torch::Tensor const& energy)
{
    auto const per_energy = energy.view({-1, 1, 1, 1}) * mean_cell_fraction;
    auto distance = [](torch::Tensor const& difference) {
        auto const profiles = torch::cat(
            {difference.mean(Axes{2, 3}), difference.mean(Axes{1, 3}), difference.mean(Axes{1, 2})},
            1);
        return profiles.square().mean() + 0.01 * difference.square().mean();
    };
    auto const fake = generated / per_energy;
    auto const truth = real / per_energy;
    return distance(fake - truth) + distance(tamed(fake) - tamed(truth));
}

torch::Tensor mean_shower_distance(torch::Tensor const& generated, torch::Tensor const& real,
                                   torch::Tensor const& energy)
{
    auto const per_energy = energy.view({-1, 1, 1, 1}) * mean_cell_fraction;
    auto const fake = generated / per_energy;
    auto const truth = real / per_energy;
    auto const log_energy = scaled_log(energy);
    auto const flat = torch::ones_like(energy);
    auto const tamed_difference = tamed(fake) - tamed(truth);
    auto distance = [](torch::Tensor const& difference, torch::Tensor const& weight) {
        return mean_features(difference, weight).square().sum();
    };
    return distance(fake - truth, flat) + distance(fake - truth, log_energy) +
           distance(tamed_difference, flat) + distance(tamed_difference, log_energy);
}

torch::Tensor mean_response_distance(torch::Tensor const& cell_sum, torch::Tensor const& expected,
                                     torch::Tensor const& energy)
{
    auto const miss = cell_sum / expected - 1.0;
    auto const l = scaled_log(energy);
    return torch::stack({miss, miss * l, miss * l * l}).mean(1).square().sum();
}

}  // namespace lowcal::training
