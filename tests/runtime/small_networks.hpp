#pragma once

#include "graph/model/graph.hpp"

#include <string>
#include <vector>

namespace lowcal::test {

/// Appends nodes with reproducible pseudo-random constants to a graph.
class NetworkBuilder {
public:
    graph::Graph graph;

    NetworkBuilder();
    /// A constant with values in [-1, 1) / `divisor`.
    std::string constant(std::string const& name, graph::Shape shape, float divisor = 1.0F);
    std::string shape_constant(std::string const& name, graph::Shape sizes);
    std::string node(std::string const& op, std::string const& name,
                     std::vector<std::string> inputs,
                     std::map<std::string, graph::Attribute> attributes = {});
    /// LeakyRelu and BatchNormalization (with scales of both signs) behind `input`.
    std::string activation_and_norm(std::string const& name, std::string const& input,
                                    std::int64_t channels);

private:
    std::uint32_t state_ = 1;
};

/// latent [N, 6] and energy [N, 1] -> shower [N, 25, 25, 25]: two branches with permuted axes, a
/// transposed convolution each, concatenated, merged by a convolution, ReLU.
graph::Graph small_generator();

/// The same with latent vectors brought to the norm sqrt(6), by the nodes that the trainer writes.
graph::Graph small_generator_of_fixed_norm();

}  // namespace lowcal::test
