#pragma once

#include "graph/graph.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::runtime {

/// The nodes of a network that turn its answer [N, C, H, W] into cell energies (CellTail says how),
/// written with single operators.
struct CellTailMatch {
    std::string answer;  ///< values of the network
    std::string layer_roots;
    std::string layer_energies;
    std::string result;
    std::string base;  ///< constant [C, H, W]
    float floor_share = 0.0F;
    float rise = 0.0F;
    float smallest_sum = 0.0F;
    float threshold = 0.0F;
    std::vector<graph::Node const*> nodes;  ///< the last one makes `result`
};

/// Finds the tail that ends in a node: operators in the form that our training exports.
class CellTailMatcher {
public:
    /// The constant of that name, or null: those of the graph and those made from them.
    using Constants = std::function<graph::Tensor const*(std::string const&)>;
    CellTailMatcher(graph::Graph const& graph, Constants constants);
    std::optional<CellTailMatch> ending_in(graph::Node const& node) const;

private:
    struct Part;
    Constants constants_;
    std::map<std::string, graph::Node const*> makers_;
};

}  // namespace lowcal::runtime
