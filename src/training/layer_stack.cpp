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

}  // namespace

torch::Tensor normalise(torch::Tensor const& input, LayerTensors const& layer, Phase phase)
{
    return torch::batch_norm(input, layer.norm_scale, layer.norm_shift, layer.norm_mean,
                             layer.norm_variance, phase != Phase::generate,
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
    tensors.weight = register_parameter(name + "weight", glorot_uniform(shape));
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
        if (pass.phase == Phase::train && spec_.dropout > 0.0)
            input = torch::dropout(input, spec_.dropout, true);
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
