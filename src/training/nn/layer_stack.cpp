#include "training/nn/layer_stack.hpp"

#include <torch/torch.h>

#include <cmath>
#include <optional>

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

/// A layer whose constant normalisation stands in its kernel: LeakyReLU(s x) is s LeakyReLU(x) for
/// s > 0, so that a shift per channel is all that remains. A pass over the activations less.
struct FoldedNormalisation {
    LayerTensors tensors;
    torch::Tensor shift;
    std::vector<std::int64_t> shape;  ///< of the shift, to be added
};

std::optional<FoldedNormalisation> folded_normalisation(LayerSpec const& layer,
                                                        LayerTensors const& tensors, Phase phase)
{
    bool const constant = phase == Phase::constant || phase == Phase::generate;
    if (!layer.normalised || layer.bias || !layer.activation || !constant) return std::nullopt;
    auto const scale = tensors.norm_scale / torch::sqrt(tensors.norm_variance + batch_norm_epsilon);
    if (!(scale > 0).all().item<bool>()) return std::nullopt;
    FoldedNormalisation folded;
    auto const& kernel = layer.rank > 0 ? tensors.factors.row : tensors.weight;
    folded.shape.assign(static_cast<std::size_t>(kernel.dim()), 1);
    folded.shape[0] = layer.channels;
    auto const scaled = kernel * scale.view(folded.shape);
    folded.shape[0] = 1;
    folded.shape[1] = layer.channels;
    if (layer.rank > 0)
        folded.tensors.factors = {.column = tensors.factors.column, .row = scaled};
    else
        folded.tensors.weight = scaled;
    folded.shift = tensors.norm_shift - tensors.norm_mean * scale;
    return folded;
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
    if (layer.rank > 0) {
        auto const factors = factor_kernel(weight, layer.rank);
        tensors.factors.column = register_parameter(name + "column", factors.column);
        tensors.factors.row = register_parameter(name + "row", factors.row);
    } else {
        tensors.weight = register_parameter(name + "weight", weight);
    }
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

void LayerStackImpl::take(LayerStackImpl const& other)
{
    torch::NoGradGuard const no_gradient;
    auto const copy = [](torch::Tensor target, torch::Tensor const& source) {
        if (target.defined()) target.copy_(source);
    };
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        auto const& to = layers_[i];
        auto const& from = other.layers_[i];
        auto const& given = from.factors;
        if (to.weight.defined()) {
            copy(to.weight, from.weight.defined() ? from.weight : merge_kernel(given));
        } else {
            auto const rank = spec_.layers[i].rank;
            bool const same = given.column.defined() && given.column.size(0) == rank;
            auto const factors =
                same ? given
                     : factor_kernel(from.weight.defined() ? from.weight : merge_kernel(given),
                                     rank);
            copy(to.factors.column, factors.column);
            copy(to.factors.row, factors.row);
        }
        copy(to.bias, from.bias);
        copy(to.norm_scale, from.norm_scale);
        copy(to.norm_shift, from.norm_shift);
        copy(to.norm_mean, from.norm_mean);
        copy(to.norm_variance, from.norm_variance);
    }
}

torch::Tensor LayerStackImpl::convolved(torch::Tensor const& input, std::size_t index,
                                        LayerTensors const& tensors, TrainingPrecision precision)
{
    auto const& layer = spec_.layers[index];
    if (layer.rank > 0) return convolve_factored(input, tensors.factors, layer, precision);
    if (layer.kind == LayerKind::convolution)
        return convolve(input, tensors.weight, tensors.bias, layer, precision);
    TransposedConvolution const how{.stride = layer.stride,
                                    .crop = same_crop(layer.kernel, layer.stride)};
    return convolve_transposed(input, tensors.weight, tensors.bias, how, precision);
}

torch::Tensor LayerStackImpl::forward(torch::Tensor input, PassConfig const& pass)
{
    bool const training = pass.phase == Phase::train || pass.phase == Phase::constant;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        auto const& layer = spec_.layers[i];
        auto const folded = folded_normalisation(layer, layers_[i], pass.phase);
        input = convolved(input, i, folded ? folded->tensors : layers_[i], pass.precision);
        if (layer.activation) input = torch::leaky_relu(input, leaky_slope);
        if (!layer.normalised) continue;
        input = folded ? input + folded->shift.to(input.dtype()).view(folded->shape)
                       : normalise(input.to(torch::kFloat32), layers_[i], pass.phase);
        if (training && spec_.dropout > 0.0) input = torch::dropout(input, spec_.dropout, true);
    }
    return input.to(torch::kFloat32);
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
