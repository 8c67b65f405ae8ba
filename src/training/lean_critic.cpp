#include "training/lean_critic.hpp"

#include <torch/torch.h>

#include <array>
#include <cmath>

namespace lowcal::training {
namespace {

using Axes = at::IntArrayRef;

constexpr double critic_slope = 0.2;
/// Brings roots (0.1 to 7) to order one.
constexpr double root_scale = 0.5;

/// Counts of hits, blurred so that they have gradients. MeV; the first stands for "any energy".
constexpr std::array<double, 4> thresholds{0.008, 0.05, 0.15, 1.5};
constexpr double blur = 0.05;  ///< of the root: a tenth at 0.15 MeV
/// Of the whole shower also these, MeV: its spectrum of cell energies.
constexpr std::array<double, 11> spectrum_thresholds{0.02, 0.03, 0.1,  0.25, 0.4,  0.7,
                                                     3.0,  8.0,  20.0, 50.0, 150.0};
constexpr double spectrum_blur = 0.03;

torch::Tensor critic_relu(torch::Tensor const& input)
{
    return torch::leaky_relu(input, critic_slope);
}

/// Blurred numbers of hits in each layer, [N, 25].
torch::Tensor hits_above(torch::Tensor const& roots, double threshold)
{
    return torch::sigmoid((roots - std::cbrt(threshold)) / blur).sum(Axes{2, 3});
}

/// Of the whole shower, [N, 1].
torch::Tensor spectrum_above(torch::Tensor const& roots, double threshold)
{
    auto const distance = (roots - std::cbrt(threshold)) / spectrum_blur;
    return torch::sigmoid(distance).sum(Axes{1, 2, 3}).unsqueeze(1);
}

/// Sum over the (2 half + 1)^2 central cells of the last two axes.
torch::Tensor core(torch::Tensor const& cells, std::int64_t half)
{
    return cells.slice(-2, 12 - half, 13 + half).slice(-1, 12 - half, 13 + half).sum(Axes{-2, -1});
}

/// [N, 25] energies along an axis -> mean position and mean square distance from it, [N, 2].
torch::Tensor moments(torch::Tensor const& energies)
{
    auto const axis = torch::arange(25, energies.options()) - 12.0;
    auto const shares = energies / energies.sum(1, true).clamp_min(1e-3);
    auto const mean = (shares * axis).sum(1);
    return torch::stack({mean, (shares * axis.square()).sum(1) - mean.square()}, 1);
}

torch::Tensor with_one(torch::Tensor const& conditions)
{
    return torch::cat({conditions, torch::ones({conditions.size(0), 1}, conditions.options())}, 1);
}

/// Hits above fifteen thresholds, lateral moments in x and y, three core shares: [N, 22].
torch::Tensor whole_shower_features(torch::Tensor const& roots, torch::Tensor const& cells)
{
    std::vector<torch::Tensor> features;
    for (double const threshold : thresholds)
        features.push_back(hits_above(roots, threshold).sum(1, true));
    for (double const threshold : spectrum_thresholds)
        features.push_back(spectrum_above(roots, threshold));
    auto const plane = cells.sum(1);
    auto const total = plane.sum(Axes{1, 2}).clamp_min(1e-3);
    features.push_back(moments(plane.sum(2)));
    features.push_back(moments(plane.sum(1)));
    for (std::int64_t half = 0; half < 3; ++half)
        features.push_back((core(plane, half) / total).unsqueeze(1));
    return torch::cat(features, 1);
}

}  // namespace

torch::Tensor shower_features(torch::Tensor const& roots)
{
    std::vector<torch::Tensor> features;
    for (double const threshold : thresholds) features.push_back(hits_above(roots, threshold));
    auto const cells = roots * roots * roots;
    auto const layers = cells.sum(Axes{2, 3});
    auto const weight = (layers + 0.05).reciprocal();  // a layer with one faint hit says little
    auto const axis = torch::arange(25, roots.options()) - 12.0;
    auto const along_x = cells.sum(3);
    auto const along_y = cells.sum(2);
    features.push_back((along_x * axis).sum(2) * weight);
    features.push_back((along_y * axis).sum(2) * weight);
    features.push_back(((along_x + along_y) * axis.square()).sum(2) * weight / 4.0);
    for (std::int64_t half = 0; half < 3; ++half) features.push_back(core(cells, half) * weight);
    features.push_back(whole_shower_features(roots, cells));
    return torch::cat(features, 1);
}

torch::Tensor describe_entry(torch::Tensor const& entry, torch::Tensor const& energy)
{
    auto const l = (torch::log(energy / 31.6) / 2.76).unsqueeze(1);
    auto const odd = torch::cat({entry, entry.pow(3)}, 1);  // u, v, u^3, v^3
    auto const square = entry.square();
    auto const u2 = square.slice(1, 0, 1);
    auto const v2 = square.slice(1, 1, 2);
    return torch::cat({odd, l * odd.slice(1, 0, 2), square, l * square, u2 * v2, square.square()},
                      1);
}

FeatureScale::FeatureScale(torch::Tensor const& conditions, torch::Tensor const& features)
{
    auto const x = with_one(conditions).to(torch::kFloat64);
    auto const y = features.to(torch::kFloat64);
    // Ridge: conditions that hardly vary must not blow up.
    auto const ridge = 1e-3 * static_cast<double>(x.size(0)) * torch::eye(x.size(1), x.options());
    slopes_ = torch::linalg_solve(x.t().mm(x) + ridge, x.t().mm(y)).to(torch::kFloat32);
    auto const rest = (features - with_one(conditions).mm(slopes_)).to(torch::kFloat64);
    // Columns without spread (an empty layer) count as constant.
    auto const logs = torch::log(rest.square() + 1e-8);
    log_slopes_ = torch::linalg_solve(x.t().mm(x) + ridge, x.t().mm(logs)).to(torch::kFloat32);
    scale_ = torch::ones({features.size(1)}, features.options());
    scale_ =
        (rest.to(torch::kFloat32) / spread(conditions)).square().mean(0).sqrt().clamp_min(1e-2);
}

torch::Tensor FeatureScale::spread(torch::Tensor const& conditions) const
{
    return torch::exp(0.5 * with_one(conditions).mm(log_slopes_)).clamp_min(1e-4) * scale_;
}

torch::Tensor FeatureScale::operator()(torch::Tensor const& conditions,
                                       torch::Tensor const& features) const
{
    auto const rest = (features - with_one(conditions).mm(slopes_)) / spread(conditions);
    return torch::asinh(rest);
}

LeanCriticImpl::LeanCriticImpl()
{
    auto add = [this](std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride) {
        auto const name = "conv" + std::to_string(convolutions_.size() + 1);
        convolutions_.push_back(register_module(
            name, torch::nn::Conv2d(
                      torch::nn::Conv2dOptions(in, out, kernel).stride(stride).padding(1))));
    };
    add(25, 48, 3, 1);
    add(48, 64, 4, 2);
    add(64, 96, 4, 2);
    add(96, 128, 3, 2);
    image_dense_ = register_module("image_dense", Dense(128 * 9 + 1, 128));
    feature_dense_ =
        register_module("feature_dense", Dense(shower_feature_count + condition_count, 128));
    feature_dense2_ = register_module("feature_dense2", Dense(128, 128));
    logit_ = register_module("logit", Dense(256, 1));
}

torch::Tensor LeanCriticImpl::forward(Input const& input, TrainingPrecision precision)
{
    bool const half = precision == TrainingPrecision::bfloat16;
    auto hidden = (input.roots * root_scale).contiguous(torch::MemoryFormat::ChannelsLast);
    for (auto& convolution : convolutions_) {
        auto const& options = convolution->options;
        auto weight = convolution->weight.contiguous(torch::MemoryFormat::ChannelsLast);
        auto bias = convolution->bias;
        if (half) {
            hidden = hidden.to(torch::kBFloat16);
            weight = weight.to(torch::kBFloat16);
            bias = bias.to(torch::kBFloat16);
        }
        hidden = torch::conv2d(hidden, weight, bias, options.stride(), at::IntArrayRef{1, 1});
        hidden = critic_relu(hidden.to(torch::kFloat32));
    }
    hidden = hidden.flatten(1);
    auto const deviation = torch::sqrt(hidden.view({-1, group, hidden.size(1)}).var(1) + 1e-6)
                               .mean(1, true)
                               .repeat_interleave(group, 0);
    hidden = critic_relu(image_dense_->forward(torch::cat({hidden, deviation}, 1)));
    auto features =
        critic_relu(feature_dense_->forward(torch::cat({input.features, input.conditions}, 1)));
    features = critic_relu(feature_dense2_->forward(features));
    return logit_->forward(torch::cat({hidden, features}, 1)).squeeze(1);
}

}  // namespace lowcal::training
