// Division of layers into cells.

#include "graph/model/operators.hpp"
#include "runtime/division/batch_division.hpp"
#include "runtime/lower/lowering.hpp"
#include "runtime/steps/split_tree_step.hpp"

namespace lowcal::runtime {

bool Lowering::lower_split_tree(graph::Node const& node)
{
    if (node.op != graph::split_tree_operator) return false;
    auto const* const weights = constant(node.inputs[4]);
    if (weights == nullptr) return false;
    auto const config = graph::split_config(node);
    PackedNetwork network(config, graph::SplitWeights(config, weights->floats));
    std::vector<PlanValue> sources;
    for (std::size_t i = 0; i < 4; ++i) sources.push_back(row_major_floats(node.inputs[i], node));
    auto const& output = node.outputs.front();
    auto const& shape = shapes_.at(output);
    auto const made = new_value(shape, row_major(shape.size()), Element::float32);
    for (auto const& source : sources) read(source.buffer);
    auto const showers = static_cast<std::size_t>(shape[0]);
    budget_.take(static_cast<std::int64_t>(BatchDivision::bytes(config, showers)),
                 "the blocks of " + graph::describe(node));
    add_step(std::make_unique<SplitTreeStep>(node.name, std::move(network), showers,
                                             SplitTreeStep::Buffers{.layers = sources[0].buffer,
                                                                    .primary = sources[1].buffer,
                                                                    .entry = sources[2].buffer,
                                                                    .uniform = sources[3].buffer,
                                                                    .cells = made.buffer}));
    define(output, made);
    return true;
}

}  // namespace lowcal::runtime
