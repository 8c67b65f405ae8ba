#include "geant4/toy.hpp"

#include "core/detector/detector_json.hpp"
#include "graph/model/ports.hpp"
#include "runtime/small_networks.hpp"

#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace lowcal::geant4::test {

Detector toy_grid()
{
    return {
        .name = "toy",
        .axes = {Axis{.name = "u", .cells = 3, .size = 4}, Axis{.name = "v", .cells = 3, .size = 6},
                 Axis{.name = "depth", .cells = 2, .size = 10}},
        .depth = 2,
        .primary_energies = {1, 100}};
}

Detector toy_cylinder()
{
    return {
        .name = "toy cylinder",
        .geometry = Geometry::cylindrical,
        .axes = {Axis{.name = "layer", .cells = 2, .size = 10},
                 Axis{
                     .name = "angle", .cells = 4, .size = 0.5 * std::numbers::pi, .periodic = true},
                 Axis{.name = "radius", .cells = 3, .size = 5}},
        .depth = 0};
}

Detector toy_rings()
{
    auto detector = toy_cylinder();
    detector.name = "toy rings";
    detector.axes[2].cells = 2;
    detector.layer_rings = {{.edges = {0, 2, 10}, .angles = 1}, {.edges = {0, 8}, .angles = 4}};
    return detector;
}

graph::Graph telling_network()
{
    lowcal::test::NetworkBuilder net;
    auto& graph = net.graph;
    std::vector<std::string> names;
    for (auto const& [name, width] : std::vector<std::pair<char const*, std::int64_t>>{
             {"energy", 1}, {"theta", 1}, {"phi", 1}, {"pdg", 1}, {"entry", 2}, {"latent", 1}}) {
        graph.inputs.push_back({.name = name, .shape = {graph::batch_dimension, width}});
        names.emplace_back(name);
    }
    graph.outputs = {{.name = "shower", .shape = {graph::batch_dimension, 3, 3, 2}}};
    graph::Tensor to_cells{.shape = {7, 18}, .floats = std::vector<float>(7 * 18)};
    for (std::size_t i = 0; i < 6; ++i) to_cells.floats[i * 18 + i] = 1;
    to_cells.floats[6 * 18] = 1e-3F;
    graph::Tensor more{.shape = {18}, .floats = std::vector<float>(18)};
    more.floats[2] = 4;
    more.floats[4] = more.floats[5] = 10;
    graph.constants["to_cells"] = to_cells;
    graph.constants["more"] = more;
    graph.constants["shape"] = {
        .type = graph::ElementType::int64, .shape = {4}, .integers = {0, 3, 3, 2}};
    net.node("Concat", "all", names, {{"axis", graph::Attribute{std::int64_t{1}}}});
    net.node("MatMul", "told", {"all", "to_cells"});
    net.node("Add", "cells", {"told", "more"});
    net.node("Reshape", "shower", {"cells", "shape"});
    graph.metadata[detector_key] = to_json(toy_grid());
    return graph;
}

}  // namespace lowcal::geant4::test
