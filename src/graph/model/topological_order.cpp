#include "graph/model/topological_order.hpp"

#include "core/error.hpp"

#include <cstddef>
#include <queue>
#include <set>

namespace lowcal::graph {
namespace {

/// Which nodes wait for which.
struct Dependencies {
    std::vector<std::vector<std::size_t>> readers;  // of each node's outputs
    std::vector<std::size_t> open;                  // inputs of each node still to be computed
};

std::map<std::string, std::size_t> producers(Graph const& graph)
{
    std::map<std::string, std::size_t> made_by;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n)
        for (auto const& output : graph.nodes[n].outputs)
            if (!output.empty() && !made_by.emplace(output, n).second)
                throw InputError("cannot use " + describe(graph.nodes[n]),
                                 "another node defines its output '" + output + "', too");
    return made_by;
}

std::set<std::string> input_names(Graph const& graph)
{
    std::set<std::string> names;
    for (auto const& input : graph.inputs) names.insert(input.name);
    return names;
}

Dependencies dependencies(Graph const& graph)
{
    auto const made_by = producers(graph);
    auto const inputs = input_names(graph);
    Dependencies result;
    result.readers.resize(graph.nodes.size());
    result.open.resize(graph.nodes.size());
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        for (auto const& input : graph.nodes[n].inputs) {
            if (input.empty()) continue;
            auto const producer = made_by.find(input);
            if (producer != made_by.end()) {
                result.readers[producer->second].push_back(n);
                ++result.open[n];
            } else if (!graph.constants.contains(input) && !inputs.contains(input)) {
                throw InputError("cannot use " + describe(graph.nodes[n]),
                                 "its input '" + input +
                                     "' is neither an input of the network, nor an initializer, "
                                     "nor the output of a node");
            }
        }
    }
    return result;
}

}  // namespace

void sort_topologically(Graph& graph)
{
    auto waiting = dependencies(graph);
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n)
        if (waiting.open[n] == 0) ready.push(n);
    std::vector<std::size_t> order;
    while (!ready.empty()) {
        auto const next = ready.top();
        ready.pop();
        order.push_back(next);
        for (auto const reader : waiting.readers[next])
            if (--waiting.open[reader] == 0) ready.push(reader);
    }
    for (std::size_t n = 0; n < graph.nodes.size(); ++n)
        if (waiting.open[n] > 0)
            throw InputError("cannot use " + describe(graph.nodes[n]),
                             "it is part of a cycle of nodes, or reads from one");
    std::vector<Node> sorted;
    sorted.reserve(order.size());
    for (auto const n : order) sorted.push_back(std::move(graph.nodes[n]));
    graph.nodes = std::move(sorted);
}

}  // namespace lowcal::graph
