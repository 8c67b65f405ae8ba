#include "training/exporting/export.hpp"

#include "training/exporting/export_metadata.hpp"
#include "training/exporting/layer_builder.hpp"
#include "training/loop/config_text.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

using graph::Graph;

/// The latent vector, brought to the norm sqrt(size) where that is fixed.
std::string add_noise(LayerBuilder& builder, LatentNorm norm)
{
    if (norm == LatentNorm::free) return "latent";
    auto const share = builder.constant(
        "latent.share",
        graph::Tensor{.shape = {1}, .floats = {1.0F / static_cast<float>(latent_size)}});
    auto const axes = builder.constant(
        "latent.axes",
        graph::Tensor{.type = graph::ElementType::int64, .shape = {1}, .integers = {1}});
    auto const binary = [&](char const* op, char const* name, std::string const& first,
                            std::string const& second) {
        return builder.node({.name = name, .op = op, .inputs = {first, second}});
    };
    auto const squares = binary("Mul", "latent.squares", "latent", "latent");
    auto const sum = builder.node({.name = "latent.sum",
                                   .op = "ReduceSum",
                                   .inputs = {squares, axes},
                                   .attributes = {{"keepdims", std::int64_t{1}}}});
    auto const mean = binary("Mul", "latent.mean_square", sum, share);
    return binary("Div", "latent.unit", "latent", builder.unary("Sqrt", "latent.norm", mean));
}

std::string add_latent(LayerBuilder& builder, Generator const& generator, LatentNorm norm)
{
    auto const unit = builder.constant(
        "energy_unit",
        graph::Tensor{.shape = {1}, .floats = {static_cast<float>(1.0 / energy_unit)}});
    auto const energy =
        builder.node({.name = "energy_in_units", .op = "Mul", .inputs = {"energy", unit}});
    auto const noise = add_noise(builder, norm);
    auto const latent =
        builder.node({.name = "scaled_latent", .op = "Mul", .inputs = {noise, energy}});
    auto const& dense = generator->dense();
    return builder.gemm("dense", latent, dense->weight, dense->bias);
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
    auto const joined = builder.concat("concat", {z, x, y});
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
    auto const seed = add_latent(builder, generator, stored.config.latent_norm);
    bool const plane = generator->architecture() == Architecture::conv2d;
    plane ? add_conv2d(builder, generator, seed) : add_conv3d(builder, generator, seed);
    // Convolution and ReLU are homogeneous: the image's unit goes into the last weights.
    for (auto& weight :
         graph.constants.at(plane ? "merge.output.weight" : "body.output.weight").floats)
        weight = static_cast<float>(weight / image_scale);
    bool const fixed = stored.config.latent_norm == LatentNorm::fixed;
    graph.metadata = {{"lowcal.architecture", graph.name},
                      {"lowcal.conditioning",
                       fixed ? "latent / its rms x energy / 100 GeV" : "latent x energy / 100 GeV"},
                      {"lowcal.latent_size", std::to_string(latent_size)},
                      {"lowcal.output_unit", "GeV"},
                      {"lowcal.training.config", to_text(stored.config)},
                      {"lowcal.training.result", stored.provenance}};
    describe_showers(stored.config.geometry, graph);
    return graph;
}

}  // namespace lowcal::training
