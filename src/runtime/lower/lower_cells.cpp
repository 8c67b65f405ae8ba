// What makes cells of layers.

#include "graph/model/operators.hpp"
#include "runtime/kernels/dense_kernel.hpp"
#include "runtime/lower/lowering.hpp"
#include "runtime/passes/shower_passes.hpp"
#include "runtime/steps/cell_passes_step.hpp"
#include "runtime/steps/split_tree_step.hpp"

namespace lowcal::runtime {
namespace {

template <class Number>
std::unique_ptr<Step> step_of(std::string const& name, graph::SplitNetworkConfig const& config,
                              graph::SplitWeights const& weights, std::size_t showers,
                              CellBuffers const& buffers)
{
    return std::make_unique<SplitTreeStep<Number>>(name, PackedNetwork<Number>(config, weights),
                                                   showers, buffers);
}

/// Bytes of what is packed of places and layers, which files hold in fewer numbers.
std::int64_t packed_tables(graph::SplitNetworkConfig const& config)
{
    std::int64_t rows = 0;
    for (auto const& stage : config.tree.stages)
        rows += stage.passes * (stage.parents.count() + config.layers);
    std::size_t trunks = 0;  // 0 is none
    for (auto const width : {config.trunk, config.single})
        trunks += padded_outputs(static_cast<std::size_t>(width));
    return rows * static_cast<std::int64_t>(trunks) * std::int64_t{sizeof(float)};
}

}  // namespace

bool Lowering::lower_cells(graph::Node const& node)
{
    return lower_split_tree(node) || lower_cell_passes(node);
}

bool Lowering::lower_split_tree(graph::Node const& node)
{
    if (node.op != graph::split_tree_operator) return false;
    constexpr std::size_t weights_at = graph::shower_inputs, levels_at = weights_at + 1;
    auto const config = graph::split_config(node);
    auto const* const numbers = constant(node.inputs[weights_at]);
    auto const* const levels = config.int8 ? constant(node.inputs[levels_at]) : nullptr;
    if (numbers == nullptr || (config.int8 && levels == nullptr)) return false;
    graph::SplitWeights const weights(
        config, numbers->floats,
        levels == nullptr ? std::vector<std::int8_t>{} : graph::levels_of(*levels));
    auto const [buffers, showers, output] = cell_buffers(node);
    auto const bytes =
        config.int8 ? &SplitTreeStep<std::uint8_t>::bytes : &SplitTreeStep<float>::bytes;
    budget_.take(static_cast<std::int64_t>(bytes(config, showers)),
                 "the blocks of " + graph::describe(node));
    graph::MemoryBudget("a division")
        .take(packed_tables(config), "the tables of " + graph::describe(node));
    auto const make = config.int8 ? &step_of<std::uint8_t> : &step_of<float>;
    add_step(make(node.name, config, weights, showers, buffers));
    define(node.outputs.front(), output);
    return true;
}

bool Lowering::lower_cell_passes(graph::Node const& node)
{
    if (node.op != graph::cell_passes_operator) return false;
    auto const config = graph::pass_config(node);
    auto const* const numbers = constant(node.inputs[graph::shower_inputs]);
    if (numbers == nullptr) return false;
    graph::PassWeights const weights(config, numbers->floats);
    auto const [buffers, showers, output] = cell_buffers(node);
    budget_.take(static_cast<std::int64_t>(ShowerPasses::bytes(config, showers)),
                 "the cells of " + graph::describe(node));
    add_step(std::make_unique<CellPassesStep>(node.name, PackedPasses(config, weights), showers,
                                              buffers));
    define(node.outputs.front(), output);
    return true;
}

Lowering::OfCells Lowering::cell_buffers(graph::Node const& node)
{
    std::vector<PlanValue> sources;
    for (std::size_t i = 0; i < graph::shower_inputs; ++i)
        sources.push_back(row_major_floats(node.inputs[i], node));
    auto const& shape = shapes_.at(node.outputs.front());
    auto const made = new_value(shape, row_major(shape.size()), Element::float32);
    for (auto const& source : sources) read(source.buffer);
    return {.buffers = {.layers = sources[0].buffer,
                        .primary = sources[1].buffer,
                        .entry = sources[2].buffer,
                        .uniform = sources[3].buffer,
                        .cells = made.buffer,
                        .uniform_step = static_cast<std::size_t>(sources[3].shape[1])},
            .showers = static_cast<std::size_t>(shape[0]),
            .output = made};
}

}  // namespace lowcal::runtime
