#include "training/export.hpp"

#include "core/error.hpp"
#include "graph/graph_builder.hpp"
#include "graph/onnx_file.hpp"
#include "training/config_text.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

using graph::Graph;
using graph::Node;

graph::Tensor to_constant(torch::Tensor const& tensor)
{
    auto const values = tensor.detach().to(torch::kCPU).to(torch::kFloat32).contiguous();
    auto const* const first = values.data_ptr<float>();
    return {.shape = values.sizes().vec(), .floats = {first, first + values.numel()}};
}

/// Appends the trainer's layers to a graph.
class LayerBuilder : public graph::GraphBuilder {
public:
    using GraphBuilder::GraphBuilder;

    std::string stack(LayerStack const& stack, std::string value)
    {
        auto const& spec = stack->spec();
        for (std::size_t i = 0; i < spec.layers.size(); ++i)
            value = layer(spec, spec.layers[i], stack->tensors(i), value);
        return value;
    }

private:
    std::string layer(StackSpec const& stack, LayerSpec const& layer, LayerTensors const& tensors,
                      std::string const& input)
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
        std::vector<std::string> inputs{input,
                                        constant(name + ".weight", to_constant(tensors.weight))};
        if (layer.bias) inputs.push_back(constant(name + ".bias", to_constant(tensors.bias)));
        auto value = node({.name = name,
                           .op = transposed ? "ConvTranspose" : "Conv",
                           .inputs = inputs,
                           .attributes = {{"pads", pads},
                                          {"kernel_shape", std::vector(dimensions, layer.kernel)},
                                          {"strides", std::vector(dimensions, layer.stride)}}});
        if (layer.activation)
            value = node({.name = name + ".leaky_relu",
                          .op = "LeakyRelu",
                          .inputs = {value},
                          .attributes = {{"alpha", static_cast<float>(leaky_slope)}}});
        return layer.normalised ? normalisation(name, tensors, value) : value;
    }

    std::string normalisation(std::string const& name, LayerTensors const& tensors,
                              std::string const& input)
    {
        return node(
            {.name = name + ".batch_norm",
             .op = "BatchNormalization",
             .inputs = {input, constant(name + ".norm_scale", to_constant(tensors.norm_scale)),
                        constant(name + ".norm_shift", to_constant(tensors.norm_shift)),
                        constant(name + ".norm_mean", to_constant(tensors.norm_mean)),
                        constant(name + ".norm_variance", to_constant(tensors.norm_variance))},
             .attributes = {{"epsilon", static_cast<float>(batch_norm_epsilon)}}});
    }
};

std::string add_latent(LayerBuilder& builder, Generator const& generator)
{
    auto const unit = builder.constant(
        "energy_unit",
        graph::Tensor{.shape = {1}, .floats = {static_cast<float>(1.0 / energy_unit)}});
    auto const energy =
        builder.node({.name = "energy_in_units", .op = "Mul", .inputs = {"energy", unit}});
    auto const latent =
        builder.node({.name = "scaled_latent", .op = "Mul", .inputs = {"latent", energy}});
    auto const& dense = generator->dense();
    return builder.node(
        {.name = "dense",
         .op = "Gemm",
         .inputs = {latent, builder.constant("dense.weight", to_constant(dense->weight)),
                    builder.constant("dense.bias", to_constant(dense->bias))},
         .attributes = {{"transB", std::int64_t{1}}}});
}

void add_conv3d(LayerBuilder& builder, Generator const& generator, std::string const& seed)
{
    auto const volume = builder.reshape("volume", seed, {0, 5, 5, 5, 5});
    auto const image = builder.stack(generator->stacks()[0], volume);
    auto const positive = builder.node({.name = "output.relu", .op = "Relu", .inputs = {image}});
    builder.reshape("shower", positive, {0, 25, 25, 25});
}

void add_conv2d(LayerBuilder& builder, Generator const& generator, std::string const& seed)
{
    auto const volume = builder.reshape("volume", seed, {0, 5, 5, 5});
    auto const& stacks = generator->stacks();
    auto branch = [&](std::size_t index, std::vector<std::int64_t> view,
                      std::vector<std::int64_t> back) {
        auto const& name = stacks[index]->spec().name;
        auto const input = builder.transpose(name + ".view", volume, std::move(view));
        return builder.transpose(name + ".image", builder.stack(stacks[index], input),
                                 std::move(back));
    };
    // Channels run along z, x, y; every result comes back as [N, z, x, y].
    auto const z = branch(0, {0, 3, 1, 2}, {0, 1, 2, 3});
    auto const x = branch(1, {0, 1, 2, 3}, {0, 3, 1, 2});
    auto const y = branch(2, {0, 2, 1, 3}, {0, 3, 2, 1});
    auto const joined = builder.node({.name = "concat",
                                      .op = "Concat",
                                      .inputs = {z, x, y},
                                      .attributes = {{"axis", std::int64_t{1}}}});
    auto const image = builder.stack(stacks[3], joined);
    auto const positive = builder.node({.name = "output.relu", .op = "Relu", .inputs = {image}});
    builder.transpose("shower", positive, {0, 2, 3, 1});
}

}  // namespace

Graph to_graph(StoredGenerator const& stored)
{
    auto const& generator = stored.generator;
    Graph graph;
    graph.name = std::string(name_of(generator->architecture()));
    graph.inputs = {{.name = "latent", .shape = {graph::batch_dimension, latent_size}},
                    {.name = "energy", .shape = {graph::batch_dimension, 1}}};
    graph.outputs = {{.name = "shower", .shape = {graph::batch_dimension, 25, 25, 25}}};
    LayerBuilder builder(graph);
    auto const seed = add_latent(builder, generator);
    bool const plane = generator->architecture() == Architecture::conv2d;
    plane ? add_conv2d(builder, generator, seed) : add_conv3d(builder, generator, seed);
    // Convolution and ReLU are homogeneous: the image's unit goes into the last weights.
    for (auto& weight :
         graph.constants.at(plane ? "merge.output.weight" : "body.output.weight").floats)
        weight = static_cast<float>(weight / image_scale);
    graph.metadata = {{"lowcal.architecture", graph.name},
                      {"lowcal.conditioning", "latent x energy / 100 GeV"},
                      {"lowcal.latent_size", std::to_string(latent_size)},
                      {"lowcal.output_unit", "GeV"},
                      {"lowcal.training.config", to_text(stored.config)},
                      {"lowcal.training.result", stored.provenance}};
    return graph;
}

void export_best(std::filesystem::path const& folder, std::filesystem::path const& onnx_file)
{
    auto const best = folder / "best.pt";
    if (!std::filesystem::exists(best))
        throw InputError("no " + best.string(), "the training has not looked at its physics yet");
    graph::write_onnx(to_graph(load_generator(best)), onnx_file);
}

}  // namespace lowcal::training
