#include "one_node.hpp"

#include "graph/reference/reference.hpp"

namespace lowcal::graph {

Tensor floats(Shape shape, std::vector<float> values)
{
    return {ElementType::float32, std::move(shape), std::move(values), {}};
}

Tensor integers(Shape shape, std::vector<std::int64_t> values, ElementType type)
{
    return {type, std::move(shape), {}, std::move(values)};
}

Tensor counting(Shape shape)
{
    std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
    std::iota(values.begin(), values.end(), 1.0F);
    return floats(std::move(shape), std::move(values));
}

Argument fixed(Tensor tensor)
{
    Argument argument(std::move(tensor));
    argument.is_constant = true;
    return argument;
}

Argument absent()
{
    Argument argument(Tensor{});
    argument.is_absent = true;
    return argument;
}

Graph graph_of(OneNode const& test)
{
    Graph graph;
    Node node{"tested", test.op, {}, {}, test.attributes};
    for (std::size_t i = 0; i < test.arguments.size(); ++i) {
        auto const& argument = test.arguments[i];
        auto const name = argument.is_absent ? "" : "input_" + std::to_string(i);
        node.inputs.push_back(name);
        if (argument.is_absent) continue;
        if (argument.is_constant)
            graph.constants[name] = argument.tensor;
        else
            graph.inputs.push_back({name, argument.tensor.type, argument.tensor.shape});
    }
    for (std::size_t i = 0; i < test.output_count; ++i) {
        node.outputs.push_back("output_" + std::to_string(i));
        graph.outputs.push_back({node.outputs.back(), test.output_type, {}});
    }
    graph.nodes.push_back(std::move(node));
    return graph;
}

std::vector<Tensor> run_all(OneNode const& test)
{
    std::map<std::string, Tensor> inputs;
    for (std::size_t i = 0; i < test.arguments.size(); ++i)
        inputs["input_" + std::to_string(i)] = test.arguments[i].tensor;
    auto const results = run_reference(graph_of(test), inputs);
    std::vector<Tensor> outputs;
    for (std::size_t i = 0; i < test.output_count; ++i)
        outputs.push_back(results.at("output_" + std::to_string(i)));
    return outputs;
}

Tensor run(OneNode const& test)
{
    return run_all(test).front();
}

::testing::AssertionResult mentions(std::string const& message,
                                    std::vector<std::string> const& parts)
{
    for (auto const& part : parts)
        if (message.find(part) == std::string::npos)
            return ::testing::AssertionFailure() << "'" << part << "' is not in: " << message;
    return ::testing::AssertionSuccess();
}

}  // namespace lowcal::graph
