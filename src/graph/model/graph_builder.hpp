#pragma once

#include "graph/model/graph.hpp"

#include <string>
#include <vector>

namespace lowcal::graph {

/// Appends constants and nodes to a graph; each call returns the name of the value it makes, which
/// is the node's name unless the node names its outputs itself.
class GraphBuilder {
public:
    explicit GraphBuilder(Graph& graph) : graph_(graph) {}

    std::string constant(std::string const& name, Tensor tensor);
    /// A float32 constant.
    std::string floats(std::string const& name, Shape shape, std::vector<float> values);
    std::string node(Node node);
    std::string reshape(std::string const& name, std::string const& input, Shape const& sizes);
    std::string transpose(std::string const& name, std::string const& input,
                          std::vector<std::int64_t> order);
    /// A node of two inputs: Add, Mul, ...
    std::string binary(std::string const& op, std::string const& name, std::string const& first,
                       std::string const& second);

protected:
    Graph& built() const { return graph_; }

private:
    Graph& graph_;
};

}  // namespace lowcal::graph
