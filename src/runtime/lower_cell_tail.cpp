// What turns a network's answer into cell energies: one step instead of a score of operators.

#include "runtime/cell_tail_step.hpp"
#include "runtime/lowering.hpp"

#include <algorithm>

namespace lowcal::runtime {

bool Lowering::can_fuse(CellTailMatch const& tail) const
{
    auto const& shape = shapes_.at(tail.result);
    if (shape.size() != 4 || shapes_.at(tail.answer) != shape) return false;
    graph::Shape const per_layer{shape[0], shape[1], 1, 1};
    auto const layers = static_cast<std::size_t>(shape[1]);
    bool const shapes_fit =
        shapes_.at(tail.layer_roots) == per_layer && shapes_.at(tail.layer_energies) == per_layer &&
        constant(tail.base)->shape == graph::Shape{shape[1], shape[2], shape[3]} &&
        layers >= CellTail::least_layers && layers <= CellTail::most_layers;
    auto const within = [&](graph::Node const* reader) {
        return std::find(tail.nodes.begin(), tail.nodes.end(), reader) != tail.nodes.end();
    };
    return shapes_fit &&
           std::all_of(tail.nodes.begin(), tail.nodes.end() - 1, [&](graph::Node const* node) {
               auto const& value = node->outputs.front();
               auto const& readers = consumers_.at(value);
               return !kept_.contains(value) && std::all_of(readers.begin(), readers.end(), within);
           });
}

void Lowering::find_cell_tails()
{
    CellTailMatcher const matcher(graph_,
                                  [this](std::string const& name) { return constant(name); });
    for (auto const& node : graph_.nodes) {
        auto tail = matcher.ending_in(node);
        if (!tail || !can_fuse(*tail)) continue;
        fused_.insert(tail->nodes.begin(), tail->nodes.end());
        fused_.erase(&node);
        cell_tails_.emplace(&node, std::move(*tail));
    }
}

bool Lowering::lower_cell_tail(graph::Node const& node)
{
    auto const found = cell_tails_.find(&node);
    if (found == cell_tails_.end()) return false;
    auto const& tail = found->second;
    auto const& shape = shapes_.at(tail.result);
    auto const layers = static_cast<std::size_t>(shape[1]);
    auto const rows = static_cast<std::size_t>(shape[2]);
    auto const columns = static_cast<std::size_t>(shape[3]);
    auto const& base = constant(tail.base)->floats;
    CellTailStep::Config config{
        .tail = {.rows = rows,
                 .columns = columns,
                 .layers = layers,
                 .floor_share = tail.floor_share,
                 .rise = tail.rise,
                 .smallest_sum = tail.smallest_sum,
                 .threshold = tail.threshold},
        .base = std::vector<float>(base.size()),
        .answer = in_order(value(tail.answer), channels_last(4), Element::float32, node.name),
        .layer_roots = row_major_floats(tail.layer_roots, node),
        .layer_energies = row_major_floats(tail.layer_energies, node),
        .result = {}};
    for (std::size_t z = 0; z < layers; ++z)
        for (std::size_t i = 0; i < rows * columns; ++i)
            config.base[i * layers + z] = base[z * rows * columns + i];
    config.result = new_value(shape, channels_last(4), Element::float32);
    for (auto const& source : {config.answer, config.layer_roots, config.layer_energies})
        read(source.buffer);
    define(tail.result, config.result);
    add_step(std::make_unique<CellTailStep>(node.name, std::move(config)));
    return true;
}

}  // namespace lowcal::runtime
