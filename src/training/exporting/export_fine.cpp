#include "training/exporting/export_fine.hpp"

#include "graph/model/ports.hpp"
#include "training/exporting/export_metadata.hpp"
#include "training/exporting/head_builder.hpp"
#include "training/loop/config_text.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

/// Appends the parts of `fine`.
class FineBuilder : public HeadBuilder {
public:
    FineBuilder(graph::Graph& graph, FineGenerator const& generator, bool knows_entry)
        : HeadBuilder(graph, generator->head), generator_(generator), knows_entry_(knows_entry)
    {
    }

    void add()
    {
        describe_primary();
        auto const layers = layer_energies(graph::latent_port);
        auto const cells = divided(layers);
        auto const in_gev = binary("Mul", "cells.gev", cells, number("cells.gev_per_mev", gev()));
        auto const order = geometry_.to_memory();
        transpose(graph::shower_port, in_gev, {order.begin(), order.end()});
    }

private:
    FineGenerator generator_;
    bool knows_entry_;

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
        return binary("Mul", "entry", drawn, number("entry.known", knows_entry_ ? 1.0 : 0.0));
    }

    std::string divided(std::string const& layers)
    {
        auto const form = generator_->form();
        auto const count = form.uniform_count();
        return node({.name = "cells",
                     .op = "SplitTree",
                     .inputs = {layers, primary(), entry(count), graph::uniform_port,
                                constant("cells.weights", to_constant(generator_->weights()))},
                     .attributes = graph::attributes_of(form)});
    }
};

}  // namespace

graph::Graph to_graph(StoredFine const& stored)
{
    torch::NoGradGuard const no_gradient;
    graph::Graph graph;
    graph.name = std::string(name_of(Architecture::fine));
    auto const& geometry = stored.config.geometry;
    constexpr std::int64_t of_entry = 2;
    auto const uniform = stored.generator->form().uniform_count() + of_entry;
    graph.inputs = {
        {.name = graph::latent_port, .shape = {graph::batch_dimension, geometry.layers()}},
        {.name = graph::uniform_port, .shape = {graph::batch_dimension, uniform}},
        {.name = graph::energy_port, .shape = {graph::batch_dimension, 1}}};
    for (auto const& condition : geometry.conditions)
        graph.inputs.push_back({.name = condition.name, .shape = {graph::batch_dimension, 1}});
    graph.outputs = {{.name = graph::shower_port, .shape = {graph::batch_dimension}}};
    for (auto const& axis : geometry.detector.axes)
        graph.outputs[0].shape.push_back(static_cast<std::int64_t>(axis.cells));
    FineBuilder(graph, stored.generator, stored.config.fine.entry).add();
    graph.metadata = {
        {"lowcal.architecture", graph.name},
        {"lowcal.conditioning", "energy in GeV to a flow for layer energies, which are divided"},
        {"lowcal.latent_size", std::to_string(geometry.layers())},
        {"lowcal.output_unit", "GeV"},
        {"lowcal.training.config", to_text(stored.config)},
        {"lowcal.training.result", stored.provenance}};
    describe_showers(geometry, graph);
    return graph;
}

}  // namespace lowcal::training
