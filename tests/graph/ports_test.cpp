#include "graph/model/ports.hpp"

#include "core/detector/detector_json.hpp"
#include "graph/one_node.hpp"
#include "graph/ports/guess_ports.hpp"
#include "graph/ports/house_form.hpp"
#include "graph/reference/reference.hpp"
#include "graph/shapes/batch_axis.hpp"

namespace lowcal::graph {
namespace {

/// [N, 6] -> [N, 6]: what goes in comes out.
Graph echo(std::string const& input, Shape shape)
{
    Graph graph;
    graph.inputs = {{input, ElementType::float32, shape}};
    graph.nodes = {{"echo", "Identity", {input}, {"made"}, {}}};
    graph.outputs = {{"made", ElementType::float32, shape}};
    return graph;
}

PortMap map_of(std::string const& text)
{
    return port_map_from_json(text, "ports.json");
}

std::string const toy_detector =
    R"({"name": "toy", "geometry": "cartesian", "depth": "z", "axes": [{"name": "x", "cells": 1},
        {"name": "y", "cells": 2}, {"name": "z", "cells": 3}]})";

TEST(HouseForm, numbers_of_an_input_come_from_where_the_map_says)
{
    auto const graph = house_form(
        echo("z", {batch_dimension, 1, 6}),
        {.ports = map_of(R"({"inputs": {"z": [{"role": "energy", "unit": "MeV"}, {"role": "theta",
            "unit": "deg"}, "latent", {"role": "uniform", "width": 1, "low": -1, "high": 1},
            {"role": "constant", "values": [7, 8]}]}})")});
    ASSERT_EQ(graph.inputs.size(), 4U);
    EXPECT_EQ(graph.inputs[0].name, "latent");
    EXPECT_EQ(graph.inputs[0].shape, (Shape{batch_dimension, 1}));
    auto const out = run_reference(graph, {{"latent", floats({2, 1}, {0.5F, -2})},
                                           {"uniform", floats({2, 1}, {0.25F, 1})},
                                           {"energy", floats({2, 1}, {3, 4})},
                                           {"theta", floats({2, 1}, {0, 3.14159265F})}})
                         .at("shower");
    EXPECT_EQ(out.shape, (Shape{2, 1, 6}));
    std::vector<float> const expected{3000, 0, 0.5F, -0.5F, 7, 8, 4000, 180, -2, 1, 7, 8};
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_NEAR(out.floats[i], expected[i], 1e-5F * std::abs(expected[i])) << i;
    EXPECT_EQ(follow_batch(graph, 3).at("shower"), (BatchAxis{0, 1}));
}

TEST(HouseForm, values_of_the_network_may_be_named_as_those_that_ports_add)
{
    auto const map = map_of(R"({"inputs": {"z": [{"role": "energy", "divide_by": 10}, "latent"]},
        "output": {"times": "energy"}})");
    auto const network = [](std::string const& inner) {
        auto graph = echo("z", {batch_dimension, 1, 6});
        graph.nodes = {{"twice", "Mul", {"z", "two"}, {inner}, {}},
                       {"echo", "Identity", {inner}, {"made"}, {}}};
        graph.constants["two"] = floats({}, {2});
        return graph;
    };
    std::map<std::string, Tensor> const inputs{{"latent", floats({1, 5}, {1, 2, 3, 4, 5})},
                                               {"energy", floats({1, 1}, {3})}};
    auto const plain = house_form(network("inner"), {.ports = map});
    auto const expected = run_reference(plain, inputs).at("shower").floats;
    for (auto const& node : plain.nodes)
        for (auto const& output : node.outputs)
            if (output != "shower") {
                auto const other = house_form(network(output), {.ports = map});
                EXPECT_EQ(run_reference(other, inputs).at("shower").floats, expected) << output;
            }
}

TEST(HouseForm, cells_are_put_into_units_and_order)
{
    auto const graph = house_form(
        echo("noise", {batch_dimension, 6}),
        {.ports = map_of(R"({"output": {"axes": ["z", "y", "x"], "unit": "MeV", "times": "energy",
            "power": 2}, "detector": )" +
                         toy_detector + "}")});
    auto const out = run_reference(graph, {{"latent", floats({1, 6}, {1, 2, 3, 4, 5, 6})},
                                           {"energy", floats({1, 1}, {10})}})
                         .at("shower");
    EXPECT_EQ(out.shape, (Shape{1, 1, 2, 3}));
    // z slowest in the output: (z, y) = 11 12 / 21 22 / 31 32.
    std::vector<float> const numbers{1, 3, 5, 2, 4, 6};
    for (std::size_t i = 0; i < numbers.size(); ++i)
        EXPECT_NEAR(out.floats[i], 10 * 1e-6F * numbers[i] * numbers[i], 1e-10F) << i;
    EXPECT_TRUE(graph.metadata.contains(detector_key));
}

TEST(HouseForm, a_network_that_was_brought_into_it_is_not_brought_again)
{
    auto const notes = NetworkNotes{.ports = map_of(R"({"output": {"divide_by": 2}})")};
    auto const once = house_form(echo("noise", {batch_dimension, 6}), notes);
    auto const twice = house_form(once, notes);
    auto const run = [](Graph const& graph) {
        return run_reference(graph, {{"latent", floats({1, 6}, {2, 2, 2, 2, 2, 2})}})
            .at("shower")
            .floats[0];
    };
    EXPECT_EQ(run(once), 1.0F);
    EXPECT_EQ(run(twice), 1.0F);
}

TEST(HouseForm, codes_are_one_number_each)
{
    auto const graph = house_form(
        echo("z", {batch_dimension, 6}),
        {.ports = map_of(
             R"({"inputs": {"z": ["latent", {"role": "pdg", "one_hot": [11, 22, -211]}]}})")});
    auto const out = run_reference(graph, {{"latent", floats({2, 3}, {0, 0, 0, 0, 0, 0})},
                                           {"pdg", floats({2, 1}, {22, -211})}})
                         .at("shower");
    EXPECT_EQ(out.floats, (std::vector<float>{0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1}));
    EXPECT_EQ(graph.metadata.at(pdg_codes_key), "11,22,-211");
}

TEST(HouseForm, what_is_not_sure_is_refused_with_the_json_that_says_it)
{
    auto const message = error_of([] { house_form(echo("input_1", {batch_dimension, 6}), {}); });
    EXPECT_TRUE(mentions(message, {"not sure", "'input_1'", "--ports FILE.json",
                                   R"({"inputs": {"input_1": {"role":"latent","width":6}})"}));
    auto const [map, doubts] = guess_ports(echo("input_1", {batch_dimension, 6}), {});
    EXPECT_EQ(map_of(to_json(map)), map);
    EXPECT_EQ(doubts.size(), 1U);
    EXPECT_TRUE(
        guess_ports(echo("serving_default_noise:0", {batch_dimension, 6}), {}).doubts.empty());
}

TEST(PortMap, mistakes_are_named)
{
    auto const refused = [](std::string const& text, std::vector<std::string> const& parts) {
        return mentions(error_of([&] {
                            house_form(echo("z", {batch_dimension, 6}), {.ports = map_of(text)});
                        }),
                        parts);
    };
    EXPECT_TRUE(refused("{", {"ports.json", "no JSON"}));
    EXPECT_TRUE(refused(R"({"input": {}})", {"unknown key 'input'"}));
    EXPECT_TRUE(refused(R"({"inputs": {"y": "latent"}})", {"'y'", "'z'"}));
    EXPECT_TRUE(refused(R"({"inputs": {"z": "latents"}})", {"'latents'", "constant"}));
    EXPECT_TRUE(refused(R"({"inputs": {"z": ["energy", "theta"]}})", {"2 numbers", "takes 6"}));
    EXPECT_TRUE(refused(R"({"inputs": {"z": ["latent", "uniform"]}})", {"'width'"}));
    EXPECT_TRUE(refused(R"({"inputs": {"z": {"role": "energy", "unit": "deg"}}})", {"'deg'"}));
    EXPECT_TRUE(refused(R"({"output": {"name": "cells"}})", {"'cells'", "'made'"}));
    EXPECT_TRUE(refused(R"({"output": {"divide_by": 0}})", {"'divide_by' is 0"}));
    EXPECT_TRUE(
        refused(R"({"output": {"axes": ["r", "y", "z"]}, "detector": )" + toy_detector + "}",
                {"'r'", "x, y, z"}));
}

}  // namespace
}  // namespace lowcal::graph
