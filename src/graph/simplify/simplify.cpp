#include "graph/simplify/simplify.hpp"

#include "graph/check.hpp"
#include "graph/model/topological_order.hpp"

#include <set>

namespace lowcal::graph {

void remove_unread(Graph& graph)
{
    sort_topologically(graph);
    std::set<std::string> read, before;
    for (auto const& output : graph.outputs) read.insert(output.name);
    for (auto const& node : graph.nodes) before.insert(node.inputs.begin(), node.inputs.end());
    std::vector<Node> kept;
    for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
        bool any = false;
        for (auto const& output : node->outputs) any = any || read.contains(output);
        if (!any) continue;
        read.insert(node->inputs.begin(), node->inputs.end());
        kept.push_back(std::move(*node));
    }
    graph.nodes.assign(std::make_move_iterator(kept.rbegin()),
                       std::make_move_iterator(kept.rend()));
    std::erase_if(graph.constants, [&](auto const& entry) {
        return before.contains(entry.first) && !read.contains(entry.first);
    });
}

void simplify(Graph& graph)
{
    remove_unread(graph);
    write_composites(graph);
    widen(graph);
    sort_topologically(graph);
    check(graph);
    fold_constants(graph);
    write_levels_unsigned(graph);
    settle_shapes(graph);
    remove_unread(graph);
}

}  // namespace lowcal::graph
