#include "training/lean_networks.hpp"

#include <torch/torch.h>

#include <cmath>

namespace lowcal::training {
namespace {

using Axes = at::IntArrayRef;

/// Of a root that has a gradient: far under the threshold.
constexpr double least_square = 1e-8;
/// A ramp of a that stands for the step from no hit to the faintest (a root of 0.1). The step has
/// no gradient, so that fewer faint hits could only be had by making them brighter. Higher than the
/// step, because counts of hits feel it within their blur only, and there a third of what they
/// should.
constexpr double step_width = 0.02;  ///< to either side
constexpr double step_height = 0.25;
constexpr double first_scatter = 0.2;
constexpr double least_scale = 1e-12;  ///< that of an empty layer is 0

LayerSpec layer(std::string name, std::int64_t channels, std::int64_t kernel)
{
    return {.name = std::move(name),
            .channels = channels,
            .kernel = kernel,
            .bias = true,
            .normalised = false};
}

StackSpec coarse_stack()
{
    return {.name = "coarse",
            .input_channels = LeanShapesImpl::dense_channels + LeanLatent::coarse_channels,
            .layers = {layer("conv1", 64, 3),
                       layer("conv2",
                             LeanShapesImpl::fine_channels * LeanShapesImpl::enlargement *
                                 LeanShapesImpl::enlargement,
                             1)}};
}

StackSpec fine_stack()
{
    auto output = layer("output", shower_layers, 1);
    output.activation = false;
    return {
        .name = "fine",
        .input_channels = LeanShapesImpl::fine_channels + LeanLatent::fine_channels,
        .layers = {layer("conv1", 16, 3), layer("conv2", 16, 3), layer("conv3", 32, 1), output}};
}

/// ONNX's DepthToSpace in mode DCR: channel (i * s + j) * C + c goes to offset (i, j).
torch::Tensor depth_to_space(torch::Tensor const& input, std::int64_t s)
{
    auto const channels = input.size(1) / (s * s);
    return input.view({-1, s, s, channels, input.size(2), input.size(3)})
        .permute({0, 3, 4, 1, 5, 2})
        .reshape({-1, channels, input.size(2) * s, input.size(3) * s});
}

torch::Tensor symmetrised(torch::Tensor const& image)
{
    auto sum = image + image.flip({1});
    sum = sum + sum.flip({2});
    return (sum + sum.transpose(1, 2)) / 8.0;
}

}  // namespace

LeanShapesImpl::LeanShapesImpl()
{
    dense_ = register_module(
        "dense", Dense(LeanLatent::shape + energy_features + shower_layers, dense_channels * 25));
    coarse_ = register_module("coarse", LayerStack(coarse_stack()));
    fine_ = register_module("fine", LayerStack(fine_stack()));
    base_ = register_parameter("base", torch::zeros({25, 25, 25}));
    scatter_ = register_parameter("scatter", torch::zeros({25, 25, 25}));
    scatter_low_ = register_parameter("scatter_low", torch::zeros({25, 25, 25}));
    layer_mean_ = register_buffer("layer_mean", torch::zeros({shower_layers}));
    layer_spread_ = register_buffer("layer_spread", torch::ones({shower_layers}));
    std::vector<float> less;
    for (auto const& kink : kinks) less.push_back(static_cast<float>(kink.first_less));
    rise_ = register_parameter("rise", torch::full({1}, first_rise));
    less_ = register_parameter("less", torch::tensor(less));
    auto const places =
        torch::arange(625).unsqueeze(0) + noise_step * torch::arange(shower_layers).unsqueeze(1);
    noise_places_ = register_buffer("noise_places", places.remainder(LeanLatent::fine).flatten());
}

torch::Tensor LeanShapesImpl::describe_layers(torch::Tensor const& layers,
                                              torch::Tensor const& energy) const
{
    auto const logs = torch::log(layers / energy.unsqueeze(1) + layer_offset);
    return (logs - layer_mean_) / (2.0 * layer_spread_);
}

void LeanShapesImpl::start_from_showers(torch::Tensor const& cells, torch::Tensor const& energy)
{
    torch::NoGradGuard const no_gradient;
    auto const layers = cells.sum({2, 3});
    auto const logs = torch::log(layers / energy.unsqueeze(1) + layer_offset);
    layer_mean_.copy_(logs.mean(0));
    layer_spread_.copy_(logs.std(0).clamp_min(1e-3));
    // Least squares of root = base * cbrt(layer energy), cell by cell.
    auto const layer_roots = torch::pow(layers, 1.0 / 3.0).unsqueeze(2).unsqueeze(3);
    auto const product = (torch::pow(cells, 1.0 / 3.0) * layer_roots).mean(0);
    base_.copy_(symmetrised(product / layer_roots.square().mean(0)));
    // A start: less where every shower has energy.
    scatter_.copy_(first_scatter / (1.0 + 5.0 * base_));
    scatter_low_.zero_();
}

LeanImage LeanShapesImpl::forward(Input const& input, TrainingPrecision precision)
{
    PassConfig const pass{.phase = Phase::generate, .precision = precision};
    auto const description = torch::cat(
        {input.shape, describe_energy(input.energy), describe_layers(input.layers, input.energy)},
        1);
    auto hidden = torch::leaky_relu(dense_->forward(description), leaky_slope);
    hidden = torch::cat({hidden.view({-1, dense_channels, 5, 5}),
                         input.coarse.view({-1, LeanLatent::coarse_channels, 5, 5})},
                        1);
    hidden = depth_to_space(coarse_->forward(hidden, pass), enlargement);
    hidden = torch::cat({hidden, input.fine.view({-1, LeanLatent::fine_channels, 25, 25})}, 1);
    auto const answer = fine_->forward(hidden, pass);

    auto const layer_roots = torch::pow(input.layers, 1.0 / 3.0).unsqueeze(2).unsqueeze(3);
    auto const base = torch::relu(base_) * layer_roots;
    auto const scatter = scatter_ + scatter_low_ / (layer_roots + 1.0);
    auto const noise = input.fine.index_select(1, noise_places_).view({-1, shower_layers, 25, 25});
    auto const free = base + answer + scatter * noise;
    auto const a = torch::max(free, floor_share * base);
    auto square = a * (a + rise_);
    for (std::size_t i = 0; i < kinks.size(); ++i)
        square = square - less_[static_cast<std::int64_t>(i)] * torch::relu(a - kinks[i].from);
    auto const roots = square.clamp_min(least_square).sqrt();
    auto const sum = (roots * roots * roots).sum(Axes{2, 3}, true) + smallest_sum;
    auto const scale = layer_roots * torch::pow(sum, -1.0 / 3.0);
    auto const all = roots * scale;
    auto const faint = torch::pow(faint_slope * all * all * all + faint_offset, 1.0 / 3.0);
    auto const hits = torch::max(all, faint.clamp_max(std::cbrt(line_energy))) *
                      (all.detach() > std::cbrt(smallest_energy));
    // Adds nothing but the gradient of the step by which a cell becomes a hit.
    auto const step = (free / (2.0 * step_width) + 0.5).clamp(0.0, 1.0) * step_height;
    return {.roots = hits + (step - step.detach()),
            .log_scales = 3.0 * torch::log(scale.flatten(1) + least_scale)};
}

LeanGeneratorImpl::LeanGeneratorImpl()
{
    head = register_module("head", EnergyHead());
    shapes = register_module("shapes", LeanShapes());
}

LeanImage LeanGeneratorImpl::shapes_for(torch::Tensor const& latent, torch::Tensor const& energy,
                                        torch::Tensor const& layers, TrainingPrecision precision)
{
    auto const parts = latent.split_with_sizes(
        {LeanLatent::head, LeanLatent::shape, LeanLatent::coarse, LeanLatent::fine}, 1);
    return shapes->forward({.shape = parts[1],
                            .coarse = parts[2],
                            .fine = parts[3],
                            .energy = energy,
                            .layers = layers},
                           precision);
}

torch::Tensor LeanGeneratorImpl::forward(torch::Tensor const& latent, torch::Tensor const& energy,
                                         TrainingPrecision precision)
{
    auto const layers = head->forward(latent.slice(1, 0, LeanLatent::head), energy);
    return shapes_for(latent, energy, layers, precision).cells();
}

}  // namespace lowcal::training
