#include "runtime/small_lean.hpp"

#include <cmath>

namespace lowcal::test {
namespace {

using Integers = std::vector<std::int64_t>;

class TailBuilder {
public:
    explicit TailBuilder(NetworkBuilder& net) : net_(net) {}

    void add(CellTailInputs const& inputs, graph::Shape const& image)
    {
        auto const& [answer, layers, noise] = inputs;
        number("third", 1.0F / 3.0F);
        number("floor", 0.5F);  // large, so that cells of the floor are hits
        number("rise", 0.1F);
        number("from1", 0.05F);
        number("less1", 0.02F);
        number("from2", 0.3F);
        number("less2", 0.03F);
        number("unit", 1e-3F);
        number("small", 1e-9F);
        number("threshold", small_lean_threshold);
        number("slope", 1.2F);
        number("offset", 0.4F * small_lean_threshold);
        number("line", 2 * small_lean_threshold);
        number("steepness", 1e15F);
        number("lowest", -1e-6F);
        number("highest", 1e-6F);
        number("zero", 0.0F);
        number("one", 1.0F);
        net_.constant("base", image, 5);
        net_.constant("scatter", image, 5);
        net_.constant("scatter_low", image, 5);
        for (auto& value : net_.graph.constants.at("base").floats) value = std::abs(value);
        net_.node("Reshape", "layers",
                  {layers, net_.shape_constant("layers.shape", {0, 25, 1, 1})});
        net_.node("Pow", "roots_of_layers", {"layers", "third"});
        net_.node("Mul", "mean", {"base", "roots_of_layers"});
        net_.node("Mul", "least", {"mean", "floor"});
        net_.node("Add", "smooth", {"mean", answer});
        scattered(noise, image);
        net_.node("Add", "sum", {"smooth", "scattered"});
        net_.node("Max", "risen", {"sum", "least"});
        net_.node("Add", "with_rise", {"risen", "rise"});
        net_.node("Mul", "parabola", {"risen", "with_rise"});
        kink("bent", "parabola", "1");
        kink("squares", "bent", "2");
        net_.node("Sqrt", "roots", {"squares"});
        net_.node("Mul", "cubes", {"squares", "roots"});
        net_.node("Mul", "energies", {"layers", "unit"});
        scaled("all", "cubes");
        net_.node("Sub", "excess", {"all", "threshold"});
        net_.node("Clip", "limited", {"excess", "lowest", "highest"});
        net_.node("Mul", "steep", {"limited", "steepness"});
        net_.node("Clip", "hit", {"steep", "zero", "one"});
        net_.node("Mul", "sloped", {"all", "slope"});
        net_.node("Add", "raised", {"sloped", "offset"});
        net_.node("Clip", "faint", {"raised", "", "line"});
        net_.node("Max", "lifted", {"all", "faint"});
        net_.node("Mul", "cells", {"lifted", "hit"});
        net_.node("Transpose", "shower", {"cells"}, {{"perm", Integers{0, 2, 3, 1}}});
    }

private:
    NetworkBuilder& net_;

    void number(std::string const& name, float value)
    {
        net_.graph.constants[name] = {.shape = {}, .floats = {value}};
    }
    /// Layers begin `small_lean_noise_step` apart in the noise, [N, period], that goes around.
    void scattered(std::string const& noise, graph::Shape const& image)
    {
        auto const cells = image[1] * image[2];
        net_.node("Concat", "around", {noise, noise}, {{"axis", std::int64_t{1}}});
        std::vector<std::string> layers;
        for (std::int64_t z = 0; z < image[0]; ++z) {
            auto const name = "noise" + std::to_string(z);
            auto const start = small_lean_noise_step * z % small_lean_noise;
            layers.push_back(net_.node("Slice", name,
                                       {"around", net_.shape_constant(name + ".start", {start}),
                                        net_.shape_constant(name + ".end", {start + cells}),
                                        net_.shape_constant("noise.axis", {1})}));
        }
        net_.node("Concat", "noise.layers", layers, {{"axis", std::int64_t{1}}});
        net_.node("Reshape", "noise.images",
                  {"noise.layers",
                   net_.shape_constant("noise.shape", {0, image[0], image[1], image[2]})});
        net_.node("Add", "roots_and_one", {"roots_of_layers", "one"});
        net_.node("Div", "low", {"one", "roots_and_one"});
        net_.node("Mul", "low_scatter", {"scatter_low", "low"});
        net_.node("Add", "size", {"scatter", "low_scatter"});
        net_.node("Mul", "scattered", {"size", "noise.images"});
    }
    void kink(std::string const& name, std::string const& straight, std::string const& number)
    {
        net_.node("Sub", "distance" + number, {"risen", "from" + number});
        net_.node("Relu", "beyond" + number, {"distance" + number});
        net_.node("Mul", "drop" + number, {"beyond" + number, "less" + number});
        net_.node("Sub", name, {straight, "drop" + number});
    }
    void scaled(std::string const& name, std::string const& cubes)
    {
        net_.node("ReduceSum", name + ".sum", {cubes, net_.shape_constant(name + ".axes", {2, 3})});
        net_.node("Add", name + ".sums", {name + ".sum", "small"});
        net_.node("Div", name + ".scale", {"energies", name + ".sums"});
        net_.node("Mul", name, {cubes, name + ".scale"});
    }
};

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

void add_cell_tail(NetworkBuilder& net, CellTailInputs const& inputs, graph::Shape const& image)
{
    TailBuilder(net).add(inputs, image);
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
