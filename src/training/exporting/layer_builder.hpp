#pragma once

#include "graph/model/graph_builder.hpp"
#include "training/nn/layer_stack.hpp"

namespace lowcal::training {

/// A tensor of the trainer as a float32 constant of a graph.
graph::Tensor to_constant(torch::Tensor const& tensor);

/// Appends the trainer's layers to a graph.
class LayerBuilder : public graph::GraphBuilder {
public:
    using GraphBuilder::GraphBuilder;

    /// The layers of a stack behind `value`; the constants are named as the stack's layers.
    std::string stack(LayerStack const& stack, std::string value);
    /// Gemm with weights [out, in] and a bias [out].
    std::string gemm(std::string const& name, std::string const& input, torch::Tensor const& weight,
                     torch::Tensor const& bias);
    /// A node of one input without attributes: Exp, Log, ...
    std::string unary(std::string const& op, std::string const& name, std::string const& input);
    std::string leaky_relu(std::string const& name, std::string const& input);
    std::string concat(std::string const& name, std::vector<std::string> const& inputs);

private:
    std::string layer(StackSpec const& stack, LayerSpec const& layer, LayerTensors const& tensors,
                      std::string const& input);
    std::string normalisation(std::string const& name, LayerTensors const& tensors,
                              std::string const& input);
};

}  // namespace lowcal::training
