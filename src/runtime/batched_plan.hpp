#pragma once

#include "graph/model/graph.hpp"
#include "runtime/plan.hpp"
#include "runtime/shower_generator.hpp"

#include <string>

namespace lowcal::runtime {

/// A plan, and why its runs take fewer showers than they could.
struct BatchedPlan {
    Plan plan;
    std::string note;
};

/// For as many showers a run as their intermediate values leave room for in the cache, at most
/// `config.batch`, which is split evenly; for one, or those that the network is made for, where
/// more would see one another.
BatchedPlan cached_plan(graph::Graph const& graph, ShowerGenerator::Config const& config);

}  // namespace lowcal::runtime
