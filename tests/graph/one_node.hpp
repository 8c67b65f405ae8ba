#pragma once

#include "core/error.hpp"
#include "graph/model/graph.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace lowcal::graph {

Tensor floats(Shape shape, std::vector<float> values);
Tensor integers(Shape shape, std::vector<std::int64_t> values,
                ElementType type = ElementType::int64);
/// 1, 2, 3, ...
Tensor counting(Shape shape);

/// One input of a node under test; `fixed` ones are constants of the network.
struct Argument {
    Argument(Tensor value) : tensor(std::move(value)) {}
    Tensor tensor;
    bool is_constant = false;
    bool is_absent = false;
};
Argument fixed(Tensor tensor);
Argument absent();

using Attributes = std::map<std::string, Attribute>;

/// A network of one node and what goes into it.
struct OneNode {
    std::string op;
    std::vector<Argument> arguments;
    Attributes attributes = {};
    ElementType output_type = ElementType::float32;
    std::size_t output_count = 1;
};

Graph graph_of(OneNode const& node);
std::vector<Tensor> run_all(OneNode const& node);
Tensor run(OneNode const& node);

/// The message of the InputError that `action` throws; fails the test if it throws none.
template <typename Action>
std::string error_of(Action action)
{
    try {
        action();
    } catch (InputError const& error) {
        return error.what();
    }
    ADD_FAILURE() << "no InputError was thrown";
    return {};
}

/// Whether the message of an error names all of these.
::testing::AssertionResult mentions(std::string const& message,
                                    std::vector<std::string> const& parts);

}  // namespace lowcal::graph
