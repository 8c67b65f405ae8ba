#include "small_network.hpp"

#include <cmath>

namespace lowcal::graph {

Tensor wavy(Shape shape)
{
    Tensor tensor{ElementType::float32, std::move(shape), {}, {}};
    auto const count = element_count(tensor.shape);
    for (std::int64_t i = 0; i < count; ++i)
        tensor.floats.push_back(std::sin(0.7F * static_cast<float>(i) + 0.3F));
    return tensor;
}

Graph small_network()
{
    Graph graph;
    graph.name = "small";
    graph.inputs = {{"latent", ElementType::float32, {batch_dimension, 4}},
                    {"energy", ElementType::float32, {batch_dimension, 1}}};
    graph.outputs = {{"shower", ElementType::float32, {batch_dimension, 2, 3, 3}}};
    graph.constants = {{"dense.weight", wavy({4, 18})},
                       {"dense.bias", wavy({18})},
                       {"image", {ElementType::int64, {4}, {}, {-1, 2, 3, 3}}},
                       {"conv.weight", wavy({2, 2, 3, 3})},
                       {"conv.bias", wavy({2})},
                       {"norm.scale", wavy({2})},
                       {"norm.shift", wavy({2})},
                       {"norm.mean", wavy({2})},
                       {"norm.variance", {ElementType::float32, {2}, {0.5F, 2}, {}}}};
    graph.nodes = {{"scaled", "Mul", {"latent", "energy"}, {"noise"}, {}},
                   {"dense", "Gemm", {"noise", "dense.weight", "dense.bias"}, {"dense.out"}, {}},
                   {"reshape", "Reshape", {"dense.out", "image"}, {"image.out"}, {}},
                   {"conv",
                    "Conv",
                    {"image.out", "conv.weight", "conv.bias"},
                    {"conv.out"},
                    {{"auto_pad", "SAME_UPPER"}}},
                   {"leaky", "LeakyRelu", {"conv.out"}, {"leaky.out"}, {{"alpha", 0.3F}}},
                   {"norm",
                    "BatchNormalization",
                    {"leaky.out", "norm.scale", "norm.shift", "norm.mean", "norm.variance"},
                    {"norm.out"},
                    {}},
                   {"relu", "Relu", {"norm.out"}, {"shower"}, {}}};
    graph.metadata = {{"lowcal.architecture", "small"}, {"lowcal.latent_size", "4"}};
    return graph;
}

}  // namespace lowcal::graph
