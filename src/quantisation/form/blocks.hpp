#pragma once

#include "graph/model/graph.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::quantisation {

/// A block of a canonical network: a convolution or dense layer and what is fused behind it.
struct Block {
    graph::Node const* layer = nullptr;
    std::string value;                   ///< its result
    std::vector<std::string> constants;  ///< its weights, biases and shifts, which scale with it
};

/// Finds blocks by what they make. The graph must outlive it.
class Blocks {
public:
    explicit Blocks(graph::Graph const& graph);

    /// The block whose result a value is, moved by transpositions and reshapes at most; nothing
    /// where there is none, or where anything else reads what the block makes.
    std::optional<Block> ending_in(std::string value) const;
    /// The value that views move into this one.
    std::string viewed(std::string value) const;
    /// The convolution that alone reads a value; null if there is none.
    graph::Node const* reading_convolution(std::string const& value) const;
    graph::Shape const& shape(std::string const& value) const { return shapes_.at(value); }

private:
    graph::Graph const& graph_;
    std::map<std::string, graph::Shape> shapes_;
    std::map<std::string, graph::Node const*> makers_;
    std::map<std::string, std::vector<graph::Node const*>> readers_;

    bool read_once(std::string const& value) const;
    graph::Node const* maker_of(std::string const& value) const;
    bool is_per_channel(std::string const& name, graph::Shape const& sum) const;
};

/// True if a node moves the numbers of its input and does nothing else to them.
bool is_view(graph::Node const& node);

/// Numbers that follow one another in memory for each index of an axis.
std::size_t stride_of(graph::Shape const& shape, std::size_t axis);

/// Multiplies the channels of a block's result, [channels], exactly if the factors are powers of
/// two: its constants in `graph` change.
void scale_result(graph::Graph& graph, Block const& block, std::vector<float> const& factors);

/// Divides input channels of a convolution's weights, from `first` on.
void divide_input_channels(graph::Graph& graph, graph::Node const& convolution, std::size_t first,
                           std::vector<float> const& factors);

}  // namespace lowcal::quantisation
