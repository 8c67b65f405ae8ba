#include "training/exporting/layer_builder.hpp"

#include <torch/torch.h>

namespace lowcal::training {

graph::Tensor to_constant(torch::Tensor const& tensor)
{
    auto const values = tensor.detach().to(torch::kCPU).to(torch::kFloat32).contiguous();
    auto const* const first = values.data_ptr<float>();
    return {.shape = values.sizes().vec(), .floats = {first, first + values.numel()}};
}

std::string LayerBuilder::stack(LayerStack const& stack, std::string value)
{
    auto const& spec = stack->spec();
    for (std::size_t i = 0; i < spec.layers.size(); ++i)
        value = layer(spec, spec.layers[i], stack->tensors(i), value);
    return value;
}

std::string LayerBuilder::gemm(std::string const& name, std::string const& input,
                               torch::Tensor const& weight, torch::Tensor const& bias)
{
    return node({.name = name,
                 .op = "Gemm",
                 .inputs = {input, constant(name + ".weight", to_constant(weight)),
                            constant(name + ".bias", to_constant(bias))},
                 .attributes = {{"transB", std::int64_t{1}}}});
}

std::string LayerBuilder::unary(std::string const& op, std::string const& name,
                                std::string const& input)
{
    return node({.name = name, .op = op, .inputs = {input}});
}

std::string LayerBuilder::leaky_relu(std::string const& name, std::string const& input)
{
    return node({.name = name,
                 .op = "LeakyRelu",
                 .inputs = {input},
                 .attributes = {{"alpha", static_cast<float>(leaky_slope)}}});
}

std::string LayerBuilder::concat(std::string const& name, std::vector<std::string> const& inputs)
{
    return node({.name = name,
                 .op = "Concat",
                 .inputs = inputs,
                 .attributes = {{"axis", std::int64_t{1}}}});
}

std::string LayerBuilder::layer(StackSpec const& stack, LayerSpec const& layer,
                                LayerTensors const& tensors, std::string const& input)
{
    auto const name = stack.name + "." + layer.name;
    bool const transposed = layer.kind == LayerKind::transposed_convolution;
    auto const dimensions = static_cast<std::size_t>(stack.dimensions);
    Margins margins;
    if (transposed)
        margins = same_crop(layer.kernel, layer.stride);
    else if (layer.padding == Padding::same)
        margins = same_padding(layer.kernel);
    std::vector<std::int64_t> pads(dimensions, margins.before);
    pads.insert(pads.end(), dimensions, margins.after);
    std::vector<std::string> inputs{input, constant(name + ".weight", to_constant(tensors.weight))};
    if (layer.bias) inputs.push_back(constant(name + ".bias", to_constant(tensors.bias)));
    auto value = node({.name = name,
                       .op = transposed ? "ConvTranspose" : "Conv",
                       .inputs = inputs,
                       .attributes = {{"pads", pads},
                                      {"kernel_shape", std::vector(dimensions, layer.kernel)},
                                      {"strides", std::vector(dimensions, layer.stride)}}});
    if (layer.activation) value = leaky_relu(name + ".leaky_relu", value);
    return layer.normalised ? normalisation(name, tensors, value) : value;
}

std::string LayerBuilder::normalisation(std::string const& name, LayerTensors const& tensors,
                                        std::string const& input)
{
    return node({.name = name + ".batch_norm",
                 .op = "BatchNormalization",
                 .inputs = {input, constant(name + ".norm_scale", to_constant(tensors.norm_scale)),
                            constant(name + ".norm_shift", to_constant(tensors.norm_shift)),
                            constant(name + ".norm_mean", to_constant(tensors.norm_mean)),
                            constant(name + ".norm_variance", to_constant(tensors.norm_variance))},
                 .attributes = {{"epsilon", static_cast<float>(batch_norm_epsilon)}}});
}

}  // namespace lowcal::training
