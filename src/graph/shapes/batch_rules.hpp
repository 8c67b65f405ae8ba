#pragma once

#include "graph/model/operands.hpp"
#include "graph/shapes/batch_axis.hpp"

namespace lowcal::graph {

/// A node with where the showers stand in its inputs: at least one of them depends on the showers.
struct BatchedNode {
    Operands const& operands;
    std::vector<std::optional<BatchAxis>> inputs;  ///< nothing: the same for all showers, or absent
    std::vector<ValueInfo> const& outputs;
    std::int64_t batch;

    /// Throws InputError naming the node.
    [[noreturn]] void reject(std::string const& why) const;
    /// Throws InputError unless input `i` is the same for all showers.
    void require_shared(std::size_t i) const;
    /// Throws InputError unless input `i`, which is no shower's, has the same numbers at each place
    /// of an axis: a constant that was repeated for each shower.
    void require_alike(std::size_t i, std::size_t axis) const;
    /// Where the showers stand in input 0, which must be the only one that depends on them.
    BatchAxis only_first() const;
};

/// Where the showers stand in the node's outputs. Throws InputError if they mix, or if what is done
/// to a shower depends on its place in the batch.
using BatchRule = BatchAxis (*)(BatchedNode const&);

// The operators by family; each map goes from operator to rule.
std::map<std::string, BatchRule> dense_batch_rules();
std::map<std::string, BatchRule> elementwise_batch_rules();
std::map<std::string, BatchRule> layout_batch_rules();

/// Where the showers stand in a value of shape `to` that all inputs broadcast to. Throws InputError
/// if they stand elsewhere in one than in another, or if a shared input has numbers of its own for
/// each place along them.
BatchAxis broadcast_batch(BatchedNode const& node, Shape const& to);

}  // namespace lowcal::graph
