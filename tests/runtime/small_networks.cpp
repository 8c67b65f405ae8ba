#include "runtime/small_networks.hpp"

#include <algorithm>

namespace lowcal::test {

using graph::Attribute;
using Integers = std::vector<std::int64_t>;

NetworkBuilder::NetworkBuilder()
{
    graph.name = "small";
}

std::string NetworkBuilder::constant(std::string const& name, graph::Shape shape, float divisor)
{
    graph::Tensor tensor{.shape = std::move(shape)};
    for (std::int64_t i = 0; i < graph::element_count(tensor.shape); ++i) {
        state_ = state_ * 1664525U + 1013904223U;
        tensor.floats.push_back((static_cast<float>(state_ >> 8) * 0x1p-23F - 1.0F) / divisor);
    }
    graph.constants[name] = std::move(tensor);
    return name;
}

std::string NetworkBuilder::shape_constant(std::string const& name, graph::Shape sizes)
{
    graph::Tensor tensor{.type = graph::ElementType::int64,
                         .shape = {static_cast<std::int64_t>(sizes.size())}};
    tensor.integers = std::move(sizes);
    graph.constants[name] = std::move(tensor);
    return name;
}

std::string NetworkBuilder::node(std::string const& op, std::string const& name,
                                 std::vector<std::string> inputs,
                                 std::map<std::string, Attribute> attributes)
{
    graph.nodes.push_back({.name = name,
                           .op = op,
                           .inputs = std::move(inputs),
                           .outputs = {name},
                           .attributes = std::move(attributes)});
    return name;
}

std::string NetworkBuilder::activation_and_norm(std::string const& name, std::string const& input,
                                                std::int64_t channels)
{
    auto const active = node("LeakyRelu", name + ".leaky", {input}, {{"alpha", 0.3F}});
    auto const variance = constant(name + ".variance", {channels});
    for (auto& value : graph.constants[variance].floats) value = 0.5F + value * value;
    return node(
        "BatchNormalization", name + ".norm",
        {active, constant(name + ".scale", {channels}), constant(name + ".shift", {channels}),
         constant(name + ".mean", {channels}), variance},
        {{"epsilon", 1e-3F}});
}

graph::Graph small_generator()
{
    NetworkBuilder net;
    net.graph.inputs = {{.name = "latent", .shape = {graph::batch_dimension, 6}},
                        {.name = "energy", .shape = {graph::batch_dimension, 1}}};
    net.graph.outputs = {{.name = "shower", .shape = {graph::batch_dimension, 25, 25, 25}}};
    net.graph.constants["unit"] = {.shape = {1}, .floats = {0.01F}};
    net.node("Mul", "energy_in_units", {"energy", "unit"});
    net.node("Mul", "scaled", {"latent", "energy_in_units"});
    net.node("Gemm", "dense", {"scaled", net.constant("w", {125, 6}), net.constant("b", {125})},
             {{"transB", std::int64_t{1}}});
    net.node("Reshape", "volume", {"dense", net.shape_constant("volume.shape", {0, 5, 5, 5})});
    std::vector<std::string> branches;
    std::vector<Integers> const views{{0, 3, 1, 2}, {0, 2, 1, 3}};
    std::vector<Integers> const backs{{0, 1, 2, 3}, {0, 3, 2, 1}};
    for (std::size_t i = 0; i < 2; ++i) {
        auto const name = "branch" + std::to_string(i);
        auto value = net.node("Transpose", name + ".view", {"volume"}, {{"perm", views[i]}});
        value =
            net.node("Conv", name + ".conv", {value, net.constant(name + ".w", {8, 5, 4, 4}, 5)},
                     {{"pads", Integers{1, 1, 2, 2}}});
        value = net.activation_and_norm(name, value, 8);
        value = net.node("ConvTranspose", name + ".up",
                         {value, net.constant(name + ".up.w", {8, 25, 5, 5}, 5),
                          net.constant(name + ".up.b", {25})},
                         {{"strides", Integers{5, 5}}});
        branches.push_back(net.node("Transpose", name + ".image", {value}, {{"perm", backs[i]}}));
    }
    net.node("Concat", "concat", branches, {{"axis", std::int64_t{1}}});
    net.node("Conv", "merge", {"concat", net.constant("merge.w", {25, 50, 3, 3}, 20)},
             {{"pads", Integers{1, 1, 1, 1}}});
    net.node("Relu", "positive", {"merge"});
    net.node("Transpose", "shower", {"positive"}, {{"perm", Integers{0, 2, 3, 1}}});
    return net.graph;
}

graph::Graph small_generator_of_fixed_norm()
{
    auto network = small_generator();
    auto scaled = std::find_if(network.nodes.begin(), network.nodes.end(),
                               [](auto const& node) { return node.name == "scaled"; });
    scaled->inputs[0] = "latent.unit";
    network.constants["latent.share"] = {.shape = {1}, .floats = {1.0F / 6.0F}};
    network.constants["latent.axes"] = {
        .type = graph::ElementType::int64, .shape = {1}, .integers = {1}};
    auto const node = [](std::string name, std::string op, std::vector<std::string> inputs) {
        return graph::Node{.name = name, .op = op, .inputs = std::move(inputs), .outputs = {name}};
    };
    std::vector<graph::Node> const normalisation{
        node("latent.squares", "Mul", {"latent", "latent"}),
        node("latent.sum", "ReduceSum", {"latent.squares", "latent.axes"}),
        node("latent.mean_square", "Mul", {"latent.sum", "latent.share"}),
        node("latent.norm", "Sqrt", {"latent.mean_square"}),
        node("latent.unit", "Div", {"latent", "latent.norm"})};
    network.nodes.insert(network.nodes.begin(), normalisation.begin(), normalisation.end());
    return network;
}

}  // namespace lowcal::test
