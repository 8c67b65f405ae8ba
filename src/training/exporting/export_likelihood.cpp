#include "training/exporting/export_likelihood.hpp"

#include "graph/model/operators.hpp"
#include "graph/model/ports.hpp"
#include "training/exporting/export_metadata.hpp"
#include "training/exporting/head_builder.hpp"
#include "training/loop/config_text.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

/// How layers become cells.
struct CellOperator {
    char const* op;
    std::int64_t uniforms;  ///< numbers of a shower
    std::map<std::string, graph::Attribute> attributes;
    torch::Tensor weights;
    bool knows_entry;  ///< the training's showers said where their primaries entered
};

/// Appends the parts of a network.
class LikelihoodBuilder : public HeadBuilder {
public:
    LikelihoodBuilder(graph::Graph& graph, EnergyHead const& head, CellOperator cells)
        : HeadBuilder(graph, head), cells_(std::move(cells))
    {
    }

    void add()
    {
        describe_primary();
        auto const layers = layer_energies(graph::latent_port);
        auto const cells = made_of(layers);
        auto const in_gev = binary("Mul", "cells.gev", cells, number("cells.gev_per_mev", gev()));
        auto const order = geometry_.to_memory();
        transpose(graph::shower_port, in_gev, {order.begin(), order.end()});
    }

private:
    CellOperator cells_;

    /// What training::describe makes.
    std::string primary()
    {
        auto const scale = constant("primary.scale", to_constant(primary_.scale));
        auto const shift = constant("primary.shift", to_constant(primary_.shift));
        auto const scaled = binary("Mul", "primary.scaled", "energy.description", scale);
        return binary("Add", "primary", scaled, shift);
    }

    /// Where the primary enters, in cells from the middle of the central one: drawn, or the middle
    /// where the training's showers did not say.
    std::string entry(std::int64_t first)
    {
        auto const uniform =
            node({.name = "entry.uniform",
                  .op = "Slice",
                  .inputs = {graph::uniform_port, integers("entry.uniform.first", {first}),
                             integers("entry.uniform.last", {first + 2}),
                             integers("entry.uniform.axes", {1})}});
        auto const drawn = binary("Sub", "entry.drawn", uniform, number("entry.middle", 0.5));
        return binary("Mul", "entry", drawn, number("entry.known", cells_.knows_entry ? 1.0 : 0.0));
    }

    std::string made_of(std::string const& layers)
    {
        return node({.name = "cells",
                     .op = cells_.op,
                     .inputs = {layers, primary(), entry(cells_.uniforms), graph::uniform_port,
                                constant("cells.weights", to_constant(cells_.weights))},
                     .attributes = cells_.attributes});
    }
};

template <class Stored>
graph::Graph graph_of(Stored const& stored, CellOperator const& cells, std::string const& purpose)
{
    graph::Graph graph;
    graph.name = std::string(name_of(stored.config.architecture));
    auto const& geometry = stored.config.geometry;
    constexpr std::int64_t of_entry = 2;
    graph.inputs = {
        {.name = graph::latent_port, .shape = {graph::batch_dimension, geometry.layers()}},
        {.name = graph::uniform_port, .shape = {graph::batch_dimension, cells.uniforms + of_entry}},
        {.name = graph::energy_port, .shape = {graph::batch_dimension, 1}}};
    for (auto const& condition : geometry.conditions)
        graph.inputs.push_back({.name = condition.name, .shape = {graph::batch_dimension, 1}});
    graph.outputs = {{.name = graph::shower_port, .shape = {graph::batch_dimension}}};
    for (auto const& axis : geometry.detector.axes)
        graph.outputs[0].shape.push_back(static_cast<std::int64_t>(axis.cells));
    LikelihoodBuilder(graph, stored.generator->head, cells).add();
    graph.metadata = {
        {"lowcal.architecture", graph.name},
        {"lowcal.conditioning", "energy in GeV to a flow for layer energies, " + purpose},
        {"lowcal.latent_size", std::to_string(geometry.layers())},
        {"lowcal.output_unit", "GeV"},
        {"lowcal.training.config", to_text(stored.config)},
        {"lowcal.training.result", stored.provenance}};
    describe_showers(geometry, graph);
    return graph;
}

}  // namespace

graph::Graph to_graph(StoredFine const& stored)
{
    torch::NoGradGuard const no_gradient;
    auto const form = stored.generator->form();
    return graph_of(stored,
                    {.op = graph::split_tree_operator,
                     .uniforms = form.uniform_count(),
                     .attributes = graph::attributes_of(form),
                     .weights = stored.generator->weights(),
                     .knows_entry = stored.config.fine.entry},
                    "which are divided");
}

graph::Graph to_graph(StoredPasses const& stored)
{
    torch::NoGradGuard const no_gradient;
    auto const form = stored.generator->form();
    return graph_of(stored,
                    {.op = graph::cell_passes_operator,
                     .uniforms = form.uniform_count(),
                     .attributes = graph::attributes_of(form),
                     .weights = stored.generator->weights(),
                     .knows_entry = stored.config.passes.entry},
                    "whose cells are drawn in passes");
}

}  // namespace lowcal::training
