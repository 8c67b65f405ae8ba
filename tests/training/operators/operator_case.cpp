#include "training/operators/operator_case.hpp"

#include "core/random.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace lowcal::training {

graph::Tensor random(graph::Shape shape, Limits limits)
{
    static std::uint64_t item = 0;
    std::vector<float> values(static_cast<std::size_t>(graph::element_count(shape)));
    ItemRandom({.seed = 35}, item++).uniform(values);
    for (auto& value : values) value = limits.low + value * (limits.high - limits.low);
    return graph::floats(std::move(shape), std::move(values));
}

graph::Argument list(Integers values)
{
    graph::Shape const shape{static_cast<std::int64_t>(values.size())};
    return fixed(graph::integers(shape, std::move(values)));
}

graph::Argument number(float value)
{
    return fixed(graph::floats({}, {value}));
}

Spoil set(std::string key, graph::Attribute value)
{
    return [=](graph::OneNode& node) { node.attributes[key] = value; };
}

Spoil set_argument(std::size_t index, graph::Argument argument)
{
    return [=](graph::OneNode& node) { node.arguments.at(index) = argument; };
}

Spoil nudge(std::size_t index)
{
    return [=](graph::OneNode& node) {
        auto& tensor = node.arguments.at(index).tensor;
        auto& floats = tensor.floats;
        if (floats.empty())
            tensor.integers.set(0, tensor.integers.front() + 1);
        else
            *std::ranges::max_element(floats, {}, [](float x) { return std::fabs(x); }) *= 1.00001F;
    };
}

torch::Tensor to_torch(graph::Tensor const& tensor, torch::ScalarType floating)
{
    if (tensor.floats.empty()) {
        auto integers = tensor.integers.values();
        return torch::from_blob(integers.data(), tensor.shape, torch::kInt64).clone();
    }
    return torch::from_blob(const_cast<float*>(tensor.floats.data()), tensor.shape, torch::kFloat32)
        .to(floating)
        .clone();
}

}  // namespace lowcal::training
