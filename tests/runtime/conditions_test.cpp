#include "core/detector/detector_json.hpp"
#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "graph/model/ports.hpp"
#include "runtime/shower_generator.hpp"
#include "runtime/small_networks.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace lowcal::runtime {
namespace {

Detector toy()
{
    return {
        .name = "toy",
        .axes = {Axis{.name = "u", .cells = 2, .size = 3}, Axis{.name = "v", .cells = 3, .size = 4},
                 Axis{.name = "depth", .cells = 1, .size = 7}},
        .depth = 2};
}

/// Cells 0 to 5 of a shower hold energy + theta + cell * entry[0], and a thousandth of the noise.
graph::Graph tilted_network(graph::Shape const& output)
{
    test::NetworkBuilder net;
    auto& graph = net.graph;
    for (auto const& [name, width] : std::vector<std::pair<char const*, std::int64_t>>{
             {"theta", 1}, {"latent", 1}, {"entry", 2}, {"energy", 1}})
        graph.inputs.push_back({.name = name, .shape = {graph::batch_dimension, width}});
    graph.outputs = {{.name = "shower", .shape = output}};
    graph.constants["thousandth"] = {.shape = {1}, .floats = {1e-3F}};
    graph.constants["steps"] = {.shape = {2, 6}, .floats = {0, 1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0}};
    auto shape = output;
    shape[0] = 0;
    graph.constants["shape"] = {.type = graph::ElementType::int64,
                                .shape = {static_cast<std::int64_t>(shape.size())},
                                .integers = shape};
    net.node("Mul", "noise", {"latent", "thousandth"});
    net.node("Add", "warm", {"energy", "theta"});
    net.node("Add", "both", {"warm", "noise"});
    net.node("MatMul", "rising", {"entry", "steps"});
    net.node("Add", "cells", {"rising", "both"});
    net.node("Reshape", "shower", {"cells", "shape"});
    graph.metadata[detector_key] = to_json(toy());
    return graph;
}

constexpr std::int64_t any = graph::batch_dimension;

struct Inputs {
    std::vector<float> energies{10, 20, 30};
    std::vector<float> theta{1, 2, 3};
    std::vector<float> entry{1, 0, 2, 0, 3, 0};

    GenerateRequest request() const
    {
        return {.seed = 1, .energies = energies, .conditions = {.theta = theta, .entry = entry}};
    }
};

std::string error_of(ShowerGenerator const& generator, GenerateRequest const& request)
{
    std::vector<float> cells(request.energies.size() * generator.detector().cells());
    try {
        generator.generate(request, cells);
    } catch (InputError const& error) {
        return error.what();
    }
    return "none";
}

TEST(Conditions, go_to_their_own_inputs_whatever_the_order_and_the_batch)
{
    Inputs const inputs;
    for (auto const& shape :
         {graph::Shape{any, 2, 3, 1}, graph::Shape{any, 6}, graph::Shape{any, 1, 2, 3}})
        for (std::int64_t const batch : {1, 2, 4}) {
            ShowerGenerator const generator(tilted_network(shape), {.batch = batch});
            EXPECT_EQ(generator.detector(), toy());
            EXPECT_EQ(generator.needed_conditions(), (std::vector<std::string>{"theta", "entry"}));
            std::vector<float> cells(18);
            generator.generate(inputs.request(), cells);
            for (std::size_t shower = 0; shower < 3; ++shower)
                for (std::size_t cell = 0; cell < 6; ++cell)
                    EXPECT_NEAR(cells[shower * 6 + cell],
                                inputs.energies[shower] + inputs.theta[shower] +
                                    static_cast<float>(cell) * inputs.entry[2 * shower],
                                0.01)  // ten spreads of the noise
                        << shower << " " << cell;
        }
}

TEST(Conditions, that_are_missing_or_superfluous_are_named)
{
    Inputs const inputs;
    ShowerGenerator const generator(tilted_network({any, 6}), {});
    auto request = inputs.request();
    EXPECT_EQ(error_of(generator, request), "none");
    request.conditions.theta = {};
    EXPECT_NE(error_of(generator, request).find("needs the condition 'theta'"), std::string::npos);
    request = inputs.request();
    request.conditions.entry = std::span(inputs.entry).first(3);
    EXPECT_NE(error_of(generator, request).find("needs the condition 'entry'"), std::string::npos);
    request = inputs.request();
    request.conditions.phi = inputs.theta;
    EXPECT_NE(error_of(generator, request).find("knows no condition 'phi'"), std::string::npos);
    auto broken = inputs.theta;
    broken[1] = std::numeric_limits<float>::quiet_NaN();
    request = inputs.request();
    request.conditions.theta = broken;
    EXPECT_NE(error_of(generator, request).find("condition 'theta' is nan"), std::string::npos);
}

TEST(Detectors, of_networks_come_from_metadata_or_the_user_and_must_fit)
{
    auto const error = [](graph::Graph const& network, std::optional<Detector> const& given) {
        try {
            ShowerGenerator(network, {.detector = given});
        } catch (InputError const& problem) {
            return std::string(problem.what());
        }
        return std::string("none");
    };
    auto network = tilted_network({any, 6});
    EXPECT_EQ(error(network, std::nullopt), "none");
    EXPECT_NE(error(network, clic_detector()).find("another detector"), std::string::npos);
    network.metadata.clear();
    EXPECT_NE(error(network, std::nullopt).find("--detector"), std::string::npos);
    EXPECT_EQ(error(network, toy()), "none");
    auto larger = toy();
    larger.axes[0].cells = 3;
    EXPECT_NE(error(network, larger).find("3 x 3 x 1"), std::string::npos);
    network.metadata[graph::pdg_key] = "22";
    EXPECT_EQ(ShowerGenerator(network, {.detector = toy()}).pdg(), 22);
    network.metadata[graph::pdg_key] = "photon";
    EXPECT_NE(error(network, toy()).find("no PDG code"), std::string::npos);
    network.metadata.erase(graph::pdg_key);
    network.metadata[graph::condition_ranges_key] = "phi=-1:2.5,theta=0.5:1";
    ShowerGenerator const generator(network, {.detector = toy()});
    EXPECT_EQ(generator.condition_ranges(),
              (ConditionRanges{{"phi", {-1, 2.5}}, {"theta", {0.5, 1}}}));
    EXPECT_EQ(graph::condition_ranges_text(generator.condition_ranges()),
              network.metadata[graph::condition_ranges_key]);
    for (auto const* const bad :
         {"theta", "theta=1", "theta=1:", "theta=2:1", "theta=1:2:3", "theta=nan:2", "width=1:2"}) {
        network.metadata[graph::condition_ranges_key] = bad;
        EXPECT_NE(error(network, toy()).find("no range of a condition"), std::string::npos) << bad;
    }
}

}  // namespace
}  // namespace lowcal::runtime
