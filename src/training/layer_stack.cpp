#include "training/layer_stack.hpp"

#include <torch/torch.h>

#include <cmath>

namespace lowcal::training {
namespace {

torch::Tensor glorot_uniform(std::vector<std::int64_t> const& shape)
{
    std::int64_t taps = 1;
    for (std::size_t i = 2; i < shape.size(); ++i) taps *= shape[i];
    auto const fans = static_cast<double>((shape[0] + shape[1]) * taps);
    double const limit = std::sqrt(6.0 / fans);
    return torch::empty(shape).uniform_(-limit, limit);
}

/// Weights that fall off from the kernel's centre, their mean square kept.
torch::Tensor concentrated(torch::Tensor const& weight)
{
    auto const size = weight.size(2);
    auto const distance =
        torch::arange(size, torch::kFloat32) - 0.5 * static_cast<double>(size - 1);
    auto const fall = torch::exp(-0.5 * (distance / (0.2 * static_cast<double>(size))).square());
    auto result = weight;
    for (std::int64_t axis = 2; axis < weight.dim(); ++axis) {
        std::vector<std::int64_t> shape(static_cast<std::size_t>(weight.dim()), 1);
        shape[static_cast<std::size_t>(axis)] = size;
        result = result * fall.view(shape);
    }
    return result * (weight.square().mean() / result.square().mean()).sqrt();
}

/// A start from which a shower is near: see Start::shower_like.
torch::Tensor shower_like(torch::Tensor const& weight, bool transposed)
{
    auto result = concentrated(weight);
    auto const axis = transposed ? 1 : 0;
    auto half = result.slice(axis, 0, result.size(axis), 2);
    half.copy_(half.abs());
    return result;
}

}  // namespace

torch::Tensor normalise(torch::Tensor const& input, LayerTensors const& layer, Phase phase)
{
    if (phase == Phase::gather) {
        torch::NoGradGuard const no_gradient;
        auto axes = std::vector<std::int64_t>{0};
        for (std::int64_t axis = 2; axis < input.dim(); ++axis) axes.push_back(axis);
        layer.norm_mean.zero_();
        layer.norm_variance.copy_(input.square().mean(axes));
    }
    return torch::batch_norm(input, layer.norm_scale, layer.norm_shift, layer.norm_mean,
                             layer.norm_variance,
                             phase == Phase::train || phase == Phase::calibrate,
                             1.0 - batch_norm_momentum, batch_norm_epsilon, false);
}

LayerStackImpl::LayerStackImpl(StackSpec spec) : spec_(std::move(spec))
{
    auto channels = spec_.input_channels;
    for (auto const& layer : spec_.layers) {
        layers_.push_back(make_layer(layer, channels));
        channels = layer.channels;
    }
}

LayerTensors LayerStackImpl::make_layer(LayerSpec const& layer, std::int64_t input_channels)
{
    bool const transposed = layer.kind == LayerKind::transposed_convolution;
    std::vector<std::int64_t> shape{layer.channels, input_channels};
    if (transposed) std::swap(shape[0], shape[1]);
    shape.insert(shape.end(), static_cast<std::size_t>(spec_.dimensions), layer.kernel);
    LayerTensors tensors;
    auto const name = layer.name + "_";
    auto weight = glorot_uniform(shape);
    if (spec_.start == Start::shower_like) weight = shower_like(weight, transposed);
    tensors.weight = register_parameter(name + "weight", weight);
    if (layer.bias)
        tensors.bias = register_parameter(name + "bias", torch::zeros({layer.channels}));
    if (layer.normalised) {
        tensors.norm_scale = register_parameter(name + "norm_scale", torch::ones({layer.channels}));
        tensors.norm_shift =
            register_parameter(name + "norm_shift", torch::zeros({layer.channels}));
        tensors.norm_mean = register_buffer(name + "norm_mean", torch::zeros({layer.channels}));
        tensors.norm_variance =
            register_buffer(name + "norm_variance", torch::ones({layer.channels}));
    }
    return tensors;
}

torch::Tensor LayerStackImpl::forward(torch::Tensor input, PassConfig const& pass)
{
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        auto const& layer = spec_.layers[i];
        auto const& tensors = layers_[i];
        if (layer.kind == LayerKind::convolution) {
            input = convolve(input, tensors.weight, tensors.bias, layer, pass.precision);
        } else {
            TransposedConvolution const how{.stride = layer.stride,
                                            .crop = same_crop(layer.kernel, layer.stride)};
            input = convolve_transposed(input, tensors.weight, tensors.bias, how, pass.precision);
        }
        if (layer.activation) input = torch::leaky_relu(input, leaky_slope);
        if (!layer.normalised) continue;
        input = normalise(input, tensors, pass.phase);
        bool const training = pass.phase == Phase::train || pass.phase == Phase::constant;
        if (training && spec_.dropout > 0.0) input = torch::dropout(input, spec_.dropout, true);
    }
    return input;
}

DenseImpl::DenseImpl(std::int64_t inputs, std::int64_t outputs)
{
    weight = register_parameter("weight", glorot_uniform({outputs, inputs}));
    bias = register_parameter("bias", torch::zeros({outputs}));
}

torch::Tensor DenseImpl::forward(torch::Tensor const& input)
{
    return torch::addmm(bias, input, weight.t());
}

std::int64_t count_numbers(torch::nn::Module const& module)
{
    std::int64_t count = 0;
    for (auto const& tensor : module.parameters()) count += tensor.numel();
    for (auto const& tensor : module.buffers()) count += tensor.numel();
    return count;
}

}  // namespace lowcal::training
