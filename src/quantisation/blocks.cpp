#include "quantisation/blocks.hpp"

#include "graph/shape_inference.hpp"

namespace lowcal::quantisation {

using graph::Graph;
using graph::Node;

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

std::optional<Block> Blocks::ending_in(std::string value) const
{
    auto const* maker = maker_of(value);
    while (maker != nullptr && maker->op == "Transpose") {
        if (!read_once(value)) return std::nullopt;
        value = maker->inputs[0];
        maker = maker_of(value);
    }
    Block block{.value = value, .constants = {}};
    for (; maker != nullptr; maker = maker_of(value)) {
        if (!read_once(value)) return std::nullopt;
        if (maker->op == "Conv" || maker->op == "ConvTranspose") {
            block.convolution = maker;
            block.constants.push_back(maker->inputs[1]);
            return block;
        }
        bool const addition = maker->op == "Add";
        if (!addition && maker->op != "LeakyRelu" && maker->op != "Relu" && maker->op != "Mul")
            return std::nullopt;
        if (addition) {
            auto constant = maker->inputs[1];
            if (auto const* const product = maker_of(constant))
                constant = product->inputs[0];  // b / n(e)
            if (!graph_.constants.contains(constant)) return std::nullopt;
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
    auto const& weights = block.convolution->inputs[1];
    for (auto const& name : block.constants) {
        auto& tensor = graph.constants.at(name);
        bool const first = name == weights && block.convolution->op == "Conv";
        auto const stride = stride_of(tensor.shape, first ? 0 : 1);
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
