#include "graph/model/operators.hpp"
#include "graph/passes/pass_network.hpp"
#include "graph/reference/reference_operators.hpp"

namespace lowcal::graph {
namespace {

void cell_passes_reference(ReferenceCall const& call)
{
    auto const config = pass_config(call.node);
    PassNetwork const network(config, PassWeights(config, call.input(4).floats));
    auto& out = call.output();
    auto const size = static_cast<std::size_t>(config.layers * config.cells());
    for (std::int64_t i = 0; i < call.input(0).shape[0]; ++i)
        network.draw({.layers = row_of(call.input(0), i),
                      .primary = row_of(call.input(1), i),
                      .entry = row_of(call.input(2), i),
                      .uniform = row_of(call.input(3), i)},
                     std::span(out.floats).subspan(static_cast<std::size_t>(i) * size, size));
}

}  // namespace

std::map<std::string, ReferenceOperator> passes_reference()
{
    return {{cell_passes_operator, cell_passes_reference}};
}

}  // namespace lowcal::graph
