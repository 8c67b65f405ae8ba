#pragma once

#include "graph/model/graph.hpp"

#include <set>
#include <string>

namespace lowcal::graph {

/// Names for what is added to a graph that none of its values, constants and nodes has: graphs of
/// others may well have a value `x` and a constant `x.scale`.
class FreshNames {
public:
    explicit FreshNames(Graph const& graph);

    /// The name itself, or with as many `_` behind it as it takes; given once.
    std::string operator()(std::string wanted);

private:
    std::set<std::string> taken_;
};

}  // namespace lowcal::graph
