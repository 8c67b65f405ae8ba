#include "graph/model/fresh_names.hpp"

namespace lowcal::graph {

FreshNames::FreshNames(Graph const& graph)
{
    for (auto const* const values : {&graph.inputs, &graph.outputs})
        for (auto const& value : *values) taken_.insert(value.name);
    for (auto const& [name, tensor] : graph.constants) taken_.insert(name);
    for (auto const& node : graph.nodes) {
        taken_.insert(node.name);
        taken_.insert(node.outputs.begin(), node.outputs.end());
    }
}

std::string FreshNames::operator()(std::string wanted)
{
    while (!taken_.insert(wanted).second) wanted += '_';
    return wanted;
}

}  // namespace lowcal::graph
