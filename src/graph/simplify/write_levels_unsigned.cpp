#include "graph/model/element_type.hpp"
#include "graph/model/fresh_names.hpp"
#include "graph/simplify/simplify.hpp"

namespace lowcal::graph {
namespace {

constexpr std::int64_t half_range = 128;  ///< of the levels of a byte

bool quantises(Node const& node)
{
    return (node.op == "QuantizeLinear" || node.op == "DequantizeLinear") && node.inputs.size() > 2;
}

/// The zero point of signed levels, for unsigned ones.
Tensor unsigned_zero(Tensor const& zero)
{
    Tensor result{ElementType::uint8, zero.shape, {}, {}};
    for (auto const level : zero.integers) result.integers.push_back(level + half_range);
    return result;
}

}  // namespace

void write_levels_unsigned(Graph& graph)
{
    FreshNames fresh(graph);
    std::map<std::string, std::string> written;  // by zero point
    for (auto& node : graph.nodes) {
        if (!quantises(node) || graph.constants.contains(node.inputs[0])) continue;
        auto const zero = graph.constants.find(node.inputs[2]);
        if (zero == graph.constants.end() || zero->second.type != ElementType::int8) continue;
        auto& name = written[node.inputs[2]];
        if (name.empty()) {
            name = fresh(node.inputs[2] + ".unsigned");
            graph.constants.emplace(name, unsigned_zero(zero->second));
        }
        node.inputs[2] = name;
    }
}

}  // namespace lowcal::graph
