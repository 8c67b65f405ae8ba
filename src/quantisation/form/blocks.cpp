#include "quantisation/form/blocks.hpp"

#include "graph/shapes/shape_inference.hpp"

#include <set>

namespace lowcal::quantisation {

using graph::Graph;
using graph::Node;

bool is_view(Node const& node)
{
    static std::set<std::string> const views{"Transpose", "Reshape", "Identity", "Flatten",
                                             "DepthToSpace"};
    return views.contains(node.op);
}

namespace {

bool is_layer(Node const& node)
{
    return node.op == "Conv" || node.op == "ConvTranspose" || node.op == "Gemm";
}

/// The axis of a block's constant that counts the block's channels.
std::size_t channel_axis(Block const& block, std::string const& constant, std::size_t rank)
{
    auto const& layer = *block.layer;
    if (constant == layer.inputs[1])
        return layer.op == "Conv" || graph::int_attribute(layer, "transB", 0) != 0 ? 0 : 1;
    return rank == 1 ? 0 : 1;
}

}  // namespace

Blocks::Blocks(Graph const& graph) : graph_(graph), shapes_(graph::infer_shapes(graph, 1))
{
    for (auto const& node : graph.nodes) {
        for (auto const& output : node.outputs) makers_[output] = &node;
        for (auto const& input : node.inputs) readers_[input].push_back(&node);
    }
    for (auto const& output : graph.outputs) readers_[output.name].push_back(nullptr);
}

bool Blocks::read_once(std::string const& value) const
{
    auto const found = readers_.find(value);
    return found != readers_.end() && found->second.size() == 1;
}

/// The node that makes a value; null for inputs and constants.
Node const* Blocks::maker_of(std::string const& value) const
{
    auto const found = makers_.find(value);
    return found == makers_.end() ? nullptr : found->second;
}

Node const* Blocks::reading_convolution(std::string const& value) const
{
    if (!read_once(value)) return nullptr;
    auto const* const reader = readers_.at(value).front();
    bool const convolution =
        reader != nullptr && (reader->op == "Conv" || reader->op == "ConvTranspose");
    return convolution ? reader : nullptr;
}

std::string Blocks::viewed(std::string value) const
{
    for (auto const* maker = maker_of(value); maker != nullptr && is_view(*maker);
         maker = maker_of(value))
        value = maker->inputs[0];
    return value;
}

/// A constant [1, C, 1, ...] of as many axes as what it is added to: one number per channel.
bool Blocks::is_per_channel(std::string const& name, graph::Shape const& sum) const
{
    auto const constant = graph_.constants.find(name);
    if (constant == graph_.constants.end()) return false;
    auto const& shape = constant->second.shape;
    if (shape.size() != sum.size()) return false;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        if (axis != 1 && shape[axis] != 1) return false;
    return true;
}

std::optional<Block> Blocks::ending_in(std::string value) const
{
    auto const* maker = maker_of(value);
    while (maker != nullptr && is_view(*maker)) {
        if (!read_once(value)) return std::nullopt;
        value = maker->inputs[0];
        maker = maker_of(value);
    }
    Block block{.value = value, .constants = {}};
    for (; maker != nullptr; maker = maker_of(value)) {
        if (!read_once(value)) return std::nullopt;
        if (is_layer(*maker)) {
            block.layer = maker;
            for (std::size_t i = 1; i < maker->inputs.size(); ++i) {
                if (!graph_.constants.contains(maker->inputs[i])) return std::nullopt;
                block.constants.push_back(maker->inputs[i]);
            }
            return block;
        }
        bool const addition = maker->op == "Add";
        if (!addition && maker->op != "LeakyRelu" && maker->op != "Relu" && maker->op != "Mul")
            return std::nullopt;
        if (addition) {
            auto constant = maker->inputs[1];
            if (auto const* const product = maker_of(constant))
                constant = product->inputs[0];  // b / n(e)
            if (!is_per_channel(constant, shape(maker->outputs.front()))) return std::nullopt;
            block.constants.push_back(constant);
        }
        value = maker->inputs[0];
    }
    return std::nullopt;
}

std::size_t stride_of(graph::Shape const& shape, std::size_t axis)
{
    std::size_t stride = 1;
    for (std::size_t i = axis + 1; i < shape.size(); ++i)
        stride *= static_cast<std::size_t>(shape[i]);
    return stride;
}

void scale_result(Graph& graph, Block const& block, std::vector<float> const& factors)
{
    for (auto const& name : block.constants) {
        auto& tensor = graph.constants.at(name);
        auto const stride = stride_of(tensor.shape, channel_axis(block, name, tensor.shape.size()));
        for (std::size_t i = 0; i < tensor.floats.size(); ++i)
            tensor.floats[i] *= factors[i / stride % factors.size()];
    }
}

void divide_input_channels(Graph& graph, Node const& convolution, std::size_t first,
                           std::vector<float> const& factors)
{
    auto& weights = graph.constants.at(convolution.inputs[1]);
    std::size_t const axis = convolution.op == "Conv" ? 1 : 0;
    auto const stride = stride_of(weights.shape, axis);
    auto const channels = static_cast<std::size_t>(weights.shape[axis]);
    for (std::size_t i = 0; i < weights.floats.size(); ++i) {
        auto const channel = i / stride % channels;
        if (channel >= first && channel < first + factors.size())
            weights.floats[i] /= factors[channel - first];
    }
}

}  // namespace lowcal::quantisation
