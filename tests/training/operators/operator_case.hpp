#pragma once

#include "graph/one_node.hpp"

#include <torch/types.h>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace lowcal::training {

/// The arguments of a node as LibTorch has them; an absent one is undefined.
using Inputs = std::vector<torch::Tensor>;
using Integers = std::vector<std::int64_t>;
using Spoil = std::function<void(graph::OneNode&)>;

/// An operator of the slow reference run beside LibTorch's own function.
struct OperatorCase {
    std::string name;
    graph::OneNode node;
    std::function<torch::Tensor(Inputs const&)> libtorch;
    Spoil spoil;             ///< changes one number of the node, so that its result is wrong
    std::int64_t terms = 1;  ///< longest sum behind one number of the output, each term within 1
    std::size_t output = 0;  ///< which output of the node is compared
};

/// Messages show the name.
inline std::ostream& operator<<(std::ostream& stream, OperatorCase const& one)
{
    return stream << one.name;
}

/// Uniform numbers in (low, high), others at every call, the same in every run.
struct Limits {
    float low = -1.0F;
    float high = 1.0F;
};
graph::Tensor random(graph::Shape shape, Limits limits = {});
/// A constant of whole numbers: a shape, axes, pads.
graph::Argument list(Integers values);
graph::Argument number(float value);

Spoil set(std::string key, graph::Attribute value);
Spoil set_argument(std::size_t index, graph::Argument argument);
/// Changes the largest number of an argument by a hundred-thousandth, or a whole one by 1.
Spoil nudge(std::size_t index);

torch::Tensor to_torch(graph::Tensor const& tensor, torch::ScalarType floating);

std::vector<OperatorCase> dense_cases();
std::vector<OperatorCase> convolution_cases();
std::vector<OperatorCase> transposed_convolution_cases();
std::vector<OperatorCase> elementwise_cases();
std::vector<OperatorCase> layout_cases();
std::vector<OperatorCase> quantisation_cases();

}  // namespace lowcal::training
