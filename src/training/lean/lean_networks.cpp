#include "training/lean/lean_networks.hpp"

#include <torch/torch.h>

#include <cmath>
#include <numeric>

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

StackSpec coarse_stack(ShowerGeometry const& geometry)
{
    auto const enlargement = geometry.enlargement();
    return {
        .name = "coarse",
        .input_channels = LeanShapesImpl::dense_channels + LeanLatent::coarse_channels,
        .layers = {layer("conv1", 64, 3),
                   layer("conv2", LeanShapesImpl::fine_channels * enlargement * enlargement, 1)}};
}

StackSpec fine_stack(ShowerGeometry const& geometry)
{
    auto output = layer("output", geometry.layers(), 1);
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

}  // namespace

LeanShapesImpl::LeanShapesImpl(ShowerGeometry const& geometry) : geometry_(geometry)
{
    auto const layers = geometry.layers();
    auto const numbers = LeanLatent::shape + energy_features + geometry.condition_count() + layers;
    dense_ = register_module("dense", Dense(numbers, dense_channels * geometry.coarse_rows() *
                                                         geometry.coarse_columns()));
    coarse_ = register_module("coarse", LayerStack(coarse_stack(geometry)));
    fine_ = register_module("fine", LayerStack(fine_stack(geometry)));
    auto const cells = torch::zeros({layers, geometry.rows(), geometry.columns()});
    base_ = register_parameter("base", cells.clone());
    scatter_ = register_parameter("scatter", cells.clone());
    scatter_low_ = register_parameter("scatter_low", cells.clone());
    layer_mean_ = register_buffer("layer_mean", torch::zeros({layers}));
    layer_spread_ = register_buffer("layer_spread", torch::ones({layers}));
    std::vector<float> less;
    for (auto const& kink : kinks) less.push_back(static_cast<float>(kink.first_less));
    rise_ = register_parameter("rise", torch::full({1}, first_rise));
    less_ = register_parameter("less", torch::tensor(less));
    auto const places = torch::arange(geometry.rows() * geometry.columns()).unsqueeze(0) +
                        noise_step() * torch::arange(layers).unsqueeze(1);
    noise_places_ =
        register_buffer("noise_places", places.remainder(LeanLatent(geometry).fine).flatten());
}

std::int64_t LeanShapesImpl::noise_step() const
{
    constexpr double share = 0.2216;
    auto const fine = LeanLatent(geometry_).fine;
    auto step = static_cast<std::int64_t>(share * static_cast<double>(fine));
    // No factor in common: the runtime puts the numbers of a cell's layers side by side.
    while (std::gcd(step, fine) != 1) ++step;
    return step;
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
    auto const base = product / layer_roots.square().mean(0).clamp_min(least_scale);
    base_.copy_(geometry_.is_square() ? symmetrised(base) : base);
    // A start: less where every shower has energy.
    scatter_.copy_(first_scatter / (1.0 + 5.0 * base_));
    scatter_low_.zero_();
}

LeanImage LeanShapesImpl::forward(Input const& input, TrainingPrecision precision)
{
    PassConfig const pass{.phase = Phase::generate, .precision = precision};
    auto const description = torch::cat({input.shape, describe(input.primary, geometry_),
                                         describe_layers(input.layers, input.primary.energy)},
                                        1);
    LeanLatent const latent(geometry_);
    auto const rows = geometry_.rows(), columns = geometry_.columns();
    auto hidden = torch::leaky_relu(dense_->forward(description), leaky_slope);
    std::vector const small{geometry_.coarse_rows(), geometry_.coarse_columns()};
    hidden = torch::cat({hidden.view({-1, dense_channels, small[0], small[1]}),
                         input.coarse.view({-1, latent.coarse_channels, small[0], small[1]})},
                        1);
    hidden = depth_to_space(coarse_->forward(hidden, pass), geometry_.enlargement())
                 .slice(2, 0, rows)
                 .slice(3, 0, columns);
    hidden = torch::cat({hidden, input.fine.view({-1, latent.fine_channels, rows, columns})}, 1);
    auto const answer = fine_->forward(hidden, pass);

    auto const layer_roots = torch::pow(input.layers, 1.0 / 3.0).unsqueeze(2).unsqueeze(3);
    auto const base = torch::relu(base_) * layer_roots;
    auto const scatter = scatter_ + scatter_low_ / (layer_roots + 1.0);
    auto const noise =
        input.fine.index_select(1, noise_places_).view({-1, geometry_.layers(), rows, columns});
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

LeanGeneratorImpl::LeanGeneratorImpl(ShowerGeometry const& geometry)
{
    head = register_module("head", EnergyHead(geometry));
    shapes = register_module("shapes", LeanShapes(geometry));
}

LeanImage LeanGeneratorImpl::shapes_for(torch::Tensor const& latent, Primary const& primary,
                                        torch::Tensor const& layers, TrainingPrecision precision)
{
    LeanLatent const sizes(geometry());
    auto const parts =
        latent.split_with_sizes({sizes.head, LeanLatent::shape, sizes.coarse, sizes.fine}, 1);
    return shapes->forward({.shape = parts[1],
                            .coarse = parts[2],
                            .fine = parts[3],
                            .primary = primary,
                            .layers = layers},
                           precision);
}

torch::Tensor LeanGeneratorImpl::forward(torch::Tensor const& latent, Primary const& primary,
                                         TrainingPrecision precision)
{
    auto const layers = head->forward(latent.slice(1, 0, LeanLatent(geometry()).head), primary);
    return shapes_for(latent, primary, layers, precision).cells();
}

}  // namespace lowcal::training
