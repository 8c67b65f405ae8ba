#include "graph/model/operators.hpp"
#include "graph/patterns/split_network.hpp"
#include "graph/reference/reference_operators.hpp"

namespace lowcal::graph {
namespace {

void split_tree_reference(ReferenceCall const& call)
{
    auto const config = split_config(call.node);
    auto const levels = config.int8 ? levels_of(call.input(5)) : std::vector<std::int8_t>{};
    SplitNetwork const network(config, SplitWeights(config, call.input(4).floats, levels));
    auto& out = call.output();
    auto const size = static_cast<std::size_t>(config.layers * config.tree.cells.count());
    for (std::int64_t i = 0; i < call.input(0).shape[0]; ++i)
        network.divide({.layers = row_of(call.input(0), i),
                        .primary = row_of(call.input(1), i),
                        .entry = row_of(call.input(2), i),
                        .uniform = row_of(call.input(3), i)},
                       std::span(out.floats).subspan(static_cast<std::size_t>(i) * size, size));
}

}  // namespace

std::span<float const> row_of(Tensor const& tensor, std::int64_t row)
{
    auto const width = static_cast<std::size_t>(tensor.shape[1]);
    return std::span(tensor.floats).subspan(static_cast<std::size_t>(row) * width, width);
}

std::map<std::string, ReferenceOperator> split_reference()
{
    return {{split_tree_operator, split_tree_reference}};
}

}  // namespace lowcal::graph
