#include "runtime/small_lean.hpp"

#include <cmath>

namespace lowcal::test {
namespace {

using Integers = std::vector<std::int64_t>;

std::string dense(NetworkBuilder& net, std::string const& name, std::string const& input,
                  std::int64_t outputs)
{
    return net.node("Gemm", name,
                    {input, net.constant(name + ".w", {outputs, 12}, 3),
                     net.constant(name + ".b", {outputs}, 3)},
                    {{"transB", std::int64_t{1}}});
}

std::string layer(NetworkBuilder& net, std::string const& name, std::string const& input,
                  graph::Shape const& weights)
{
    auto const padding = weights[2] / 2;
    float const divisor = std::sqrt(static_cast<float>(weights[1] * weights[2] * weights[3]) / 3);
    auto const result = net.node("Conv", name,
                                 {input, net.constant(name + ".w", weights, divisor),
                                  net.constant(name + ".b", {weights[0]}, 4)},
                                 {{"pads", Integers(4, padding)}});
    return net.node("LeakyRelu", name + ".leaky", {result}, {{"alpha", 0.3F}});
}

std::string join(NetworkBuilder& net, std::string const& name, std::string const& image,
                 std::string const& noise, graph::Shape const& shape)
{
    net.node("Reshape", noise + ".image", {noise, net.shape_constant(noise + ".shape", shape)});
    return net.node("Concat", name, {image, noise + ".image"}, {{"axis", std::int64_t{1}}});
}

}  // namespace

graph::CellTailForm small_lean_form()
{
    return {.floor_share = 0.5F,  // large, so that cells of the floor are hits
            .rise = 0.1F,
            .kinks = {{{0.05F, 0.02F}, {0.3F, 0.03F}}},
            .smallest_sum = 1e-9F,
            .threshold = small_lean_threshold,
            .faint_slope = 1.2F,
            .faint_offset = 0.4F * small_lean_threshold,
            .line = 2 * small_lean_threshold};
}

void add_cell_tail(NetworkBuilder& net, CellTailInputs const& inputs, graph::Shape const& image)
{
    auto const constant = [&](char const* name) {
        return net.graph.constants.at(net.constant(name, image, 5));
    };
    auto base = constant("base");
    for (auto& value : base.floats) value = std::abs(value);
    auto const cells = graph::add_cell_tail(net.graph, small_lean_form(),
                                            {.answer = inputs.answer,
                                             .layers = inputs.layers,
                                             .noise = inputs.noise,
                                             .unit = 1e-3,
                                             .base = base,
                                             .scatter = constant("scatter"),
                                             .scatter_low = constant("scatter_low"),
                                             .noise_step = small_lean_noise_step,
                                             .period = small_lean_noise});
    net.node("Transpose", "shower", {cells}, {{"perm", Integers{0, 2, 3, 1}}});
}

graph::Graph small_lean()
{
    NetworkBuilder net;
    net.graph.inputs = {{.name = "latent", .shape = {graph::batch_dimension, small_lean_latent}},
                        {.name = "energy", .shape = {graph::batch_dimension, 1}}};
    net.graph.outputs = {{.name = "shower", .shape = {graph::batch_dimension, 25, 25, 25}}};
    net.graph.nodes.push_back(
        {.name = "split",
         .op = "Split",
         .inputs = {"latent", net.shape_constant("sizes", {12, 100, small_lean_noise})},
         .outputs = {"head", "coarse", "fine"},
         .attributes = {{"axis", std::int64_t{1}}}});
    net.node("Exp", "shares", {dense(net, "head.dense", "head", 25)});
    net.node("Mul", "layer_energies", {"shares", "energy"});
    auto value = net.node("LeakyRelu", "shape.leaky", {dense(net, "shape.dense", "head", 300)},
                          {{"alpha", 0.3F}});
    value = net.node("Reshape", "start", {value, net.shape_constant("start.shape", {0, 12, 5, 5})});
    value = join(net, "coarse.input", value, "coarse", {0, 4, 5, 5});
    value = layer(net, "coarse.conv1", value, {16, 16, 3, 3});
    value = layer(net, "coarse.conv2", value, {375, 16, 1, 1});
    value = net.node("DepthToSpace", "spread", {value},
                     {{"blocksize", std::int64_t{5}}, {"mode", std::string("DCR")}});
    value = join(net, "fine.input", value, "fine", {0, 1, 25, 25});
    value = layer(net, "fine.conv1", value, {16, 16, 3, 3});
    net.node(
        "Conv", "answer",
        {value, net.constant("answer.w", {25, 16, 1, 1}, 4), net.constant("answer.b", {25}, 4)});
    add_cell_tail(net, {.answer = "answer", .layers = "layer_energies", .noise = "fine"},
                  {25, 25, 25});
    return net.graph;
}

}  // namespace lowcal::test
