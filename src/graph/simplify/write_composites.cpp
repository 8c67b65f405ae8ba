#include "core/error.hpp"
#include "graph/model/element_type.hpp"
#include "graph/model/fresh_names.hpp"
#include "graph/model/graph_builder.hpp"
#include "graph/simplify/einsum.hpp"
#include "graph/simplify/simplify.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace lowcal::graph {
namespace {

/// Writes the nodes that stand for one; the last of them makes its output.
class Writer {
public:
    Writer(Graph& graph, Node const& node, FreshNames& fresh)
        : node_(node), fresh_(fresh), builder_(graph)
    {
    }

    std::string number(std::string const& name, float value) { return floats(name, {}, {value}); }
    std::string floats(std::string const& name, Shape shape, std::vector<float> values)
    {
        return builder_.floats(own(name), std::move(shape), std::move(values));
    }
    std::string list(std::string const& name, std::vector<std::int64_t> const& values)
    {
        return builder_.constant(
            own(name),
            {ElementType::int64, {static_cast<std::int64_t>(values.size())}, {}, values});
    }
    std::string make(std::string const& name, std::string op, std::vector<std::string> inputs,
                     std::map<std::string, Attribute> attributes = {})
    {
        return builder_.node({.name = own(name),
                              .op = std::move(op),
                              .inputs = std::move(inputs),
                              .attributes = std::move(attributes)});
    }
    void finish(std::string op, std::vector<std::string> inputs)
    {
        builder_.node({.name = node_.name,
                       .op = std::move(op),
                       .inputs = std::move(inputs),
                       .outputs = node_.outputs});
    }
    std::string const& x() const { return node_.inputs.front(); }

private:
    Node const& node_;
    FreshNames& fresh_;
    GraphBuilder builder_;

    std::string own(std::string const& name) { return fresh_(node_.name + "/" + name); }
};

/// x / 2 (1 + erf(x / sqrt 2)), or its approximation by tanh.
void gelu(Graph& graph, Node const& node, FreshNames& fresh)
{
    Writer write(graph, node, fresh);
    std::string share;
    if (string_attribute(node, "approximate", "none") == "tanh") {
        auto const cube = write.make("cube", "Pow", {write.x(), write.number("three", 3)});
        auto const small = write.make("small", "Mul", {cube, write.number("factor", 0.044715F)});
        auto const sum = write.make("sum", "Add", {write.x(), small});
        auto const root = static_cast<float>(std::sqrt(2 / std::numbers::pi));
        share = write.make("tanh", "Tanh",
                           {write.make("scaled", "Mul", {sum, write.number("root", root)})});
    } else {
        auto const root = static_cast<float>(1 / std::numbers::sqrt2);
        share = write.make("erf", "Erf",
                           {write.make("scaled", "Mul", {write.x(), write.number("root", root)})});
    }
    auto const one_more = write.make("one_more", "Add", {share, write.number("one", 1)});
    auto const half = write.make("half", "Mul", {write.x(), write.number("one_half", 0.5F)});
    write.finish("Mul", {half, one_more});
}

void mish(Graph& graph, Node const& node, FreshNames& fresh)
{
    Writer write(graph, node, fresh);
    auto const soft = write.make("softplus", "Softplus", {write.x()});
    write.finish("Mul", {write.x(), write.make("tanh", "Tanh", {soft})});
}

void swish(Graph& graph, Node const& node, FreshNames& fresh)
{
    Writer write(graph, node, fresh);
    auto const alpha = write.number("alpha", float_attribute(node, "alpha", 1.0F));
    auto const steep = write.make("steep", "Mul", {write.x(), alpha});
    write.finish("Mul", {write.x(), write.make("sigmoid", "Sigmoid", {steep})});
}

Tensor const& constant_input(Graph const& graph, Node const& node, std::size_t i)
{
    auto const found =
        graph.constants.find(i < node.inputs.size() ? node.inputs[i] : std::string());
    if (found == graph.constants.end())
        throw InputError("cannot use " + describe(node),
                         "its input " + std::to_string(i) + " is no initializer");
    return found->second;
}

/// Groups of channels are channels of an InstanceNormalization; scale and shift are of each group
/// (opset 18) or of each channel (21).
void group_normalization(Graph& graph, Node const& node, FreshNames& fresh)
{
    auto const groups = int_attribute(node, "num_groups", 1);
    auto const scales = constant_input(graph, node, 1).floats.size();
    if (groups < 1 || constant_input(graph, node, 2).floats.size() != scales)
        throw InputError("cannot use " + describe(node), "its groups and scales do not fit");
    Writer write(graph, node, fresh);
    auto const count = static_cast<std::int64_t>(scales);
    auto const grouped =
        write.make("grouped", "Reshape", {write.x(), write.list("g", {0, groups, -1})});
    bool const by_group = count == groups;
    auto scale = node.inputs[1], shift = node.inputs[2];
    if (!by_group) {
        auto const all = static_cast<std::size_t>(groups);
        scale = write.floats("ones", {groups}, std::vector<float>(all, 1.0F));
        shift = write.floats("zeros", {groups}, std::vector<float>(all, 0.0F));
    }
    auto made = write.make("normalised", "InstanceNormalization", {grouped, scale, shift},
                           {{"epsilon", float_attribute(node, "epsilon", 1e-5F)}});
    if (!by_group) {
        auto const column = write.list("column", {count, 1});
        made = write.make("channels", "Reshape", {made, write.list("c", {0, count, -1})});
        made = write.make("scaled", "Mul",
                          {made, write.make("scale", "Reshape", {node.inputs[1], column})});
        made = write.make("shifted", "Add",
                          {made, write.make("shift", "Reshape", {node.inputs[2], column})});
    }
    write.finish("Reshape", {made, write.make("shape", "Shape", {write.x()})});
}

/// x / sqrt(mean of x^2 + epsilon), scaled.
void rms_normalization(Graph& graph, Node const& node, FreshNames& fresh)
{
    if (int_attribute(node, "axis", -1) != -1)
        throw InputError("cannot use " + describe(node), "only its last axis can be normalised");
    Writer write(graph, node, fresh);
    auto const square = write.make("square", "Mul", {write.x(), write.x()});
    auto const mean =
        write.make("mean", "ReduceMean", {square}, {{"axes", std::vector<std::int64_t>{-1}}});
    auto const epsilon = write.number("epsilon", float_attribute(node, "epsilon", 1e-5F));
    auto const root = write.make("root", "Sqrt", {write.make("sum", "Add", {mean, epsilon})});
    write.finish("Mul", {write.make("divided", "Div", {write.x(), root}), node.inputs.at(1)});
}

/// A Pad of an axis that closes on itself, an angle: the end of it, the whole, its beginning.
void circular_pad(Graph& graph, Node const& node, FreshNames& fresh)
{
    auto const& pads = constant_input(graph, node, 1).integers;
    std::vector<std::int64_t> axes;
    if (node.inputs.size() > 3 && !node.inputs[3].empty())
        for (auto const axis : constant_input(graph, node, 3).integers) axes.push_back(axis);
    else
        for (std::size_t i = 0; i < pads.size() / 2; ++i)
            axes.push_back(static_cast<std::int64_t>(i));
    if (pads.size() != 2 * axes.size())
        throw InputError("cannot use " + describe(node), "its pads and axes do not fit");
    constexpr auto end = std::numeric_limits<std::int64_t>::max();
    Writer write(graph, node, fresh);
    auto whole = write.x();
    for (std::size_t i = 0; i < axes.size(); ++i) {
        auto const before = pads[i], behind = pads[i + axes.size()];
        if (before < 0 || behind < 0)
            throw InputError("cannot use " + describe(node), "it takes cells off a circle");
        auto const piece = [&](std::int64_t first, std::int64_t last) {
            return write.make("piece", "Slice",
                              {whole, write.list("first", {first}), write.list("last", {last}),
                               write.list("axis", {axes[i]})});
        };
        std::vector<std::string> parts{whole};
        if (before > 0) parts.insert(parts.begin(), piece(-before, end));
        if (behind > 0) parts.push_back(piece(0, behind));
        if (parts.size() > 1) whole = write.make("circle", "Concat", parts, {{"axis", axes[i]}});
    }
    write.finish("Identity", {whole});
}

using Composite = void (*)(Graph&, Node const&, FreshNames&);

std::map<std::string, Composite> const& composites()
{
    static std::map<std::string, Composite> const all{{"Einsum", write_einsum},
                                                      {"Gelu", gelu},
                                                      {"GroupNormalization", group_normalization},
                                                      {"Mish", mish},
                                                      {"RMSNormalization", rms_normalization},
                                                      {"Swish", swish}};
    return all;
}

/// Pad is one in one of its modes alone.
Composite composite_of(Node const& node)
{
    if (node.op == "Pad" && string_attribute(node, "mode", "constant") == "wrap")
        return circular_pad;
    auto const found = composites().find(node.op);
    return found == composites().end() ? nullptr : found->second;
}

/// Runs of the network raise float32 to float32.
void widen_exponent(Graph& graph, Node& node, FreshNames& fresh)
{
    if (node.op != "Pow" || node.inputs.size() != 2) return;
    auto const exponent = graph.constants.find(node.inputs[1]);
    if (exponent == graph.constants.end() || is_floating(exponent->second.type)) return;
    Tensor wide{.shape = exponent->second.shape, .floats = {}, .integers = {}};
    for (auto const number : exponent->second.integers)
        wide.floats.push_back(static_cast<float>(number));
    node.inputs[1] = GraphBuilder(graph).constant(fresh(node.name + "/exponent"), std::move(wide));
}

}  // namespace

void write_composites(Graph& graph)
{
    FreshNames fresh(graph);
    auto const nodes = std::move(graph.nodes);
    graph.nodes.clear();
    for (auto node : nodes) {
        auto const composite = composite_of(node);
        if (composite != nullptr && !node.inputs.empty() && !node.outputs.empty()) {
            composite(graph, node, fresh);
            continue;
        }
        widen_exponent(graph, node, fresh);
        graph.nodes.push_back(std::move(node));
    }
}

}  // namespace lowcal::graph
