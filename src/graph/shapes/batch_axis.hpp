#pragma once

#include "graph/model/graph.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace lowcal::graph {

/// Where the showers of a batch stand in a value: they follow one another along `axis`, `inner`
/// elements of it apart (1 unless a Reshape folded other axes into it).
struct BatchAxis {
    std::size_t axis = 0;
    std::int64_t inner = 1;
    bool operator==(BatchAxis const&) const = default;
};

/// Follows the showers of a batch of `batch` >= 2 through every operator and proves that none sees
/// another and that each is computed as it would be alone, whatever its place. Returns where they
/// stand in each value that depends on them. Throws InputError naming the first node of which that
/// cannot be proved, and for what `infer_values` refuses.
std::map<std::string, BatchAxis> follow_batch(Graph const& graph, std::int64_t batch);

/// The number of showers that the network's inputs are fixed to; nothing if it is free. Throws
/// InputError if two inputs are fixed to different numbers.
std::optional<std::int64_t> fixed_batch(Graph const& graph);

/// How many showers may run at once.
struct ShowersAtOnce {
    std::int64_t showers = 1;
    std::string reason;  ///< why they are not as many as wanted; empty if they are
};

/// As many as `wanted` >= 1 if they are proved independent, else one; as many as the network's
/// batch is fixed to, if it is. Throws InputError naming the node if a fixed batch mixes its
/// showers.
ShowersAtOnce showers_at_once(Graph const& graph, std::int64_t wanted);

}  // namespace lowcal::graph
