#include "training/lean/lean_critic.hpp"

#include "training/lean/depth_roughness.hpp"
#include "training/lean/hit_counts.hpp"

#include <torch/torch.h>

#include <array>
#include <cmath>

namespace lowcal::training {
namespace {

using Axes = at::IntArrayRef;

constexpr double critic_slope = 0.2;
/// Bring roots (0.1 to 7) and what they vary by (0.3) to order one.
constexpr double root_scale = 0.5;
constexpr double residual_scale = 2.0;

constexpr double blur = 0.03;        ///< of the root: a sixth of the energy at 0.15 MeV
constexpr double sharp_blur = 0.01;  ///< about silicon's K edge and the edge of the spectrum
/// MeV. The first four, of which the lowest stands for "any energy", for each layer, all of the
/// whole shower: its spectrum of cell energies.
constexpr std::int64_t layer_thresholds = 4;
constexpr std::array<HitThreshold, 24> thresholds{
    {{0.0005, blur},     {0.05, blur},       {0.15, blur},         {1.5, blur},
     {0.004, blur},      {0.008, blur},      {0.016, blur},        {0.03, blur},
     {0.07, blur},       {0.1, blur},        {0.25, blur},         {0.4, blur},
     {0.7, blur},        {3.0, blur},        {8.0, blur},          {20.0, blur},
     {50.0, blur},       {150.0, blur},      {0.0015, sharp_blur}, {0.0025, sharp_blur},
     {0.12, sharp_blur}, {0.14, sharp_blur}, {0.17, sharp_blur},   {0.2, sharp_blur}}};
constexpr std::int64_t frequent_hits = 1;  ///< above 0.05 MeV
/// Hits that make pairs: above this, MeV.
constexpr double pair_threshold = 0.0005;

torch::Tensor critic_relu(torch::Tensor const& input)
{
    return torch::leaky_relu(input, critic_slope);
}

/// Places of cells along an axis, from its middle.
torch::Tensor from_middle(std::int64_t cells, torch::TensorOptions const& options)
{
    return torch::arange(cells, options) - 0.5 * static_cast<double>(cells - 1);
}

/// [N, cells] energies along an axis -> mean position and mean square distance from it, [N, 2].
torch::Tensor moments(torch::Tensor const& energies)
{
    auto const axis = from_middle(energies.size(1), energies.options());
    auto const shares = energies / energies.sum(1, true).clamp_min(1e-3);
    auto const mean = (shares * axis).sum(1);
    return torch::stack({mean, (shares * axis.square()).sum(1) - mean.square()}, 1);
}

torch::Tensor with_one(torch::Tensor const& conditions)
{
    return torch::cat({conditions, torch::ones({conditions.size(0), 1}, conditions.options())}, 1);
}

/// Sum over cells and layers of a product with what is `step` further along an axis: [N].
torch::Tensor pairs(torch::Tensor const& hits, std::int64_t axis, std::int64_t step)
{
    auto const count = hits.size(axis) - step;
    return (hits.narrow(axis, 0, count) * hits.narrow(axis, step, count)).sum(Axes{1, 2, 3});
}

torch::Tensor mean_step(torch::Tensor const& roots, std::int64_t axis)
{
    auto const count = roots.size(axis) - 1;
    auto const steps = roots.narrow(axis, 1, count) - roots.narrow(axis, 0, count);
    return steps.abs().mean(Axes{1, 2, 3});
}

/// How hits follow each other: pairs in depth of hits more than 3 cells from the axis, in layers
/// that touch and in the next but one, and of all hits; pairs in x and y; mean steps of the root
/// near the axis in the middle three fifths of the layers, in depth and in x and y, over the mean
/// root: [N, 6].
torch::Tensor neighbour_pairs(torch::Tensor const& roots, ShowerGeometry const& geometry)
{
    auto const outer = geometry.squared_distance().to(roots.device()) > 9.0;
    auto const hits = torch::sigmoid((roots - std::cbrt(pair_threshold)) / blur);
    auto const outer_hits = hits * outer;
    auto const fifth = roots.size(1) / 5;
    auto const near = geometry.near_axis(roots.slice(1, fifth, roots.size(1) - fifth));
    auto const mean = near.mean(Axes{1, 2, 3}).clamp_min(1e-2);
    return torch::stack(
        {pairs(outer_hits, 1, 1), pairs(outer_hits, 1, 2), pairs(hits, 1, 1),
         pairs(outer_hits, 2, 1) + pairs(outer_hits, 3, 1), mean_step(near, 1) / mean,
         (mean_step(near, 2) + mean_step(near, 3)) / mean},
        1);
}

/// Roots of what share of the energy is in each row and in each column: [N, rows + columns].
torch::Tensor columns(torch::Tensor const& plane, torch::Tensor const& total)
{
    constexpr double faintest = 1e-6;  // a third power's root has no gradient at zero
    auto const shares = torch::cat({plane.sum(2), plane.sum(1)}, 1) / total.unsqueeze(1);
    return torch::pow(shares + faintest, 1.0 / 3.0);
}

/// What changes from each layer to the next, [N, layers] -> [N, layers - 1].
torch::Tensor steps_in_depth(torch::Tensor const& layers)
{
    return layers.slice(1, 1) - layers.slice(1, 0, layers.size(1) - 1);
}

/// MeV, cells of which half as much is made of their roughness as of the brightest.
constexpr std::array<double, 2> half_weight_cells{20.0, 200.0};

/// Means over the central cell, its four neighbours at the sides, the four at the corners and those
/// within 3 cells beyond, of cells near the axis: [N, layers - 2, ...] -> [N, 4 (layers - 2)].
torch::Tensor means_in_rings(torch::Tensor const& cells, ShowerGeometry const& geometry)
{
    auto const square = geometry.near_axis(geometry.squared_distance().to(cells.device()));
    std::vector<torch::Tensor> means;
    for (auto const& [from, to] : {std::pair{0.0, 0.75}, {0.75, 1.75}, {1.75, 3.0}, {3.0, 9.5}}) {
        auto const ring = ((square >= from) * (square < to)).to(cells.dtype());
        means.push_back((cells * ring).sum(Axes{2, 3}) / ring.sum().clamp_min(1.0));
    }
    return torch::cat(means, 1);
}

/// In each layer how cells differ from their neighbours in depth, and how much: [N, roughness].
torch::Tensor roughness_of_layers(DepthRoughness const& found, ShowerGeometry const& geometry)
{
    return torch::cat(
        {means_in_rings(found.deviation, geometry),
         means_in_rings(weighted_squares(found, half_weight_cells.front()), geometry)},
        1);
}

/// Hits above twenty-four thresholds, lateral moments in x and y, three core shares, columns,
/// roughness in depth, neighbours: [N, FeatureCounts::whole_shower].
torch::Tensor whole_shower_features(torch::Tensor const& roots, torch::Tensor const& cells,
                                    torch::Tensor const& hits, DepthRoughness const& roughness,
                                    ShowerGeometry const& geometry)
{
    std::vector<torch::Tensor> features{hits.sum(1)};
    auto const plane = cells.sum(1);
    auto const total = plane.sum(Axes{1, 2}).clamp_min(1e-3);
    features.push_back(moments(plane.sum(2)));
    features.push_back(moments(plane.sum(1)));
    for (std::int64_t half = 0; half < 3; ++half)
        features.push_back((geometry.core(plane, half) / total).unsqueeze(1));
    features.push_back(columns(plane, total));
    for (double const half_weight : half_weight_cells)
        features.push_back(
            weighted_squares(roughness, half_weight).sum(Axes{1, 2, 3}).unsqueeze(1));
    features.push_back(neighbour_pairs(roots, geometry));
    return torch::cat(features, 1);
}

}  // namespace

torch::Tensor shower_features(torch::Tensor const& roots, ShowerGeometry const& geometry)
{
    auto const hits = count_hits(roots, thresholds);
    std::vector<torch::Tensor> features;
    for (std::int64_t i = 0; i < layer_thresholds; ++i) features.push_back(hits.select(2, i));
    auto const cells = roots * roots * roots;
    auto const layers = cells.sum(Axes{2, 3});
    auto const weight = (layers + 0.05).reciprocal();  // a layer with one faint hit says little
    auto const rows = from_middle(roots.size(2), roots.options());
    auto const columns = from_middle(roots.size(3), roots.options());
    auto const along_rows = cells.sum(3);
    auto const along_columns = cells.sum(2);
    features.push_back((along_rows * rows).sum(2) * weight);
    features.push_back((along_columns * columns).sum(2) * weight);
    auto const squares =
        (along_rows * rows.square()).sum(2) + (along_columns * columns.square()).sum(2);
    features.push_back(squares * weight / 4.0);
    for (std::int64_t half = 0; half < 3; ++half)
        features.push_back(geometry.core(cells, half) * weight);
    features.push_back(steps_in_depth(geometry.core(cells, 0) * weight));
    features.push_back(steps_in_depth(hits.select(2, frequent_hits)));
    auto const roughness = depth_roughness(geometry.near_axis(cells));
    features.push_back(roughness_of_layers(roughness, geometry));
    features.push_back(whole_shower_features(roots, cells, hits, roughness, geometry));
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

LeanCriticImpl::LeanCriticImpl(ShowerGeometry const& geometry)
{
    auto rows = geometry.rows(), columns = geometry.columns();
    auto add = [&](std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride) {
        auto const name = "conv" + std::to_string(convolutions_.size() + 1);
        convolutions_.push_back(register_module(
            name, torch::nn::Conv2d(
                      torch::nn::Conv2dOptions(in, out, kernel).stride(stride).padding(1))));
        for (auto* const size : {&rows, &columns}) *size = (*size + 2 - kernel) / stride + 1;
    };
    add(2 * geometry.layers(), 48, 3, 1);
    add(48, 64, 4, 2);
    add(64, 96, 4, 2);
    add(96, 128, 3, 2);
    image_dense_ = register_module("image_dense", Dense(128 * rows * columns + 1, 128));
    feature_dense_ = register_module(
        "feature_dense", Dense(FeatureCounts(geometry).all() + condition_count(geometry), 128));
    feature_dense2_ = register_module("feature_dense2", Dense(128, 128));
    logit_ = register_module("logit", Dense(256, 1));
}

torch::Tensor LeanCriticImpl::forward(Input const& input, TrainingPrecision precision)
{
    bool const half = precision == TrainingPrecision::bfloat16;
    auto hidden = torch::cat({input.roots * root_scale, input.residuals * residual_scale}, 1)
                      .contiguous(torch::MemoryFormat::ChannelsLast);
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
