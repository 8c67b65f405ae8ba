#include "graph/model/graph_builder.hpp"

namespace lowcal::graph {

std::string GraphBuilder::constant(std::string const& name, Tensor tensor)
{
    graph_.constants[name] = std::move(tensor);
    return name;
}

std::string GraphBuilder::floats(std::string const& name, Shape shape, std::vector<float> values)
{
    return constant(name, {.shape = std::move(shape), .floats = std::move(values)});
}

std::string GraphBuilder::node(Node node)
{
    if (node.outputs.empty()) node.outputs = {node.name};
    graph_.nodes.push_back(std::move(node));
    return graph_.nodes.back().outputs.front();
}

std::string GraphBuilder::reshape(std::string const& name, std::string const& input,
                                  Shape const& sizes)
{
    Tensor shape{.type = ElementType::int64, .shape = {static_cast<std::int64_t>(sizes.size())}};
    shape.integers = sizes;
    auto const sizes_name = constant(name + ".shape", std::move(shape));
    return node({.name = name, .op = "Reshape", .inputs = {input, sizes_name}});
}

std::string GraphBuilder::transpose(std::string const& name, std::string const& input,
                                    std::vector<std::int64_t> order)
{
    return node({.name = name,
                 .op = "Transpose",
                 .inputs = {input},
                 .attributes = {{"perm", std::move(order)}}});
}

std::string GraphBuilder::binary(std::string const& op, std::string const& name,
                                 std::string const& first, std::string const& second)
{
    return node({.name = name, .op = op, .inputs = {first, second}});
}

}  // namespace lowcal::graph
