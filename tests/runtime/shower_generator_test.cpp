#include "runtime/shower_generator.hpp"

#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "core/files/temporary_folder.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "graph/reference/reference.hpp"
#include "runtime/plan.hpp"
#include "runtime/small_networks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

namespace lowcal::runtime {
namespace {

std::vector<float> energies(std::size_t count)
{
    std::vector<float> result(count);
    for (std::size_t i = 0; i < count; ++i) result[i] = 2.0F + 37.0F * static_cast<float>(i);
    return result;
}

std::vector<float> generate(ShowerGenerator const& generator, std::size_t count,
                            std::uint64_t first = 0, std::uint64_t seed = 5)
{
    auto const all = energies(first + count);
    std::vector<float> cells(count * clic_detector().cells(), -1.0F);
    generator.generate(
        {.seed = seed, .first = first, .energies = std::span(all).subspan(first, count)}, cells);
    return cells;
}

TEST(ShowerGenerator, batch_and_threads_change_no_bit)
{
    for (auto const& graph : {test::small_generator(), test::small_generator_of_fixed_norm()}) {
        auto const alone = generate(ShowerGenerator(graph, {.threads = 1, .batch = 1}), 13);
        for (int const threads : {1, 2, 3})
            for (std::int64_t const batch : {1, 2, 4, 16})
                EXPECT_EQ(
                    generate(ShowerGenerator(graph, {.threads = threads, .batch = batch}), 13),
                    alone)
                    << threads << " threads, batch " << batch;
    }
}

/// A latent vector times a power of its mean square.
std::vector<float> scaled(std::span<float const> latent, double power)
{
    double square = 0;
    for (float const x : latent) square += static_cast<double>(x) * static_cast<double>(x);
    auto const factor = std::pow(square / static_cast<double>(latent.size()), power);
    std::vector<float> result;
    for (float const x : latent) result.push_back(static_cast<float>(factor * x));
    return result;
}

TEST(ShowerGenerator, of_a_fixed_norm_makes_the_shower_of_the_scaled_latent_vector)
{
    ShowerGenerator const generator(test::small_generator_of_fixed_norm(), {});
    auto const cells = generate(generator, 1);
    auto const energy = energies(1);
    std::vector<float> latent(generator.latent_size());
    generator.latents({.seed = 5, .energies = energy}, latent);
    auto const miss = [&](double power) {
        auto const expected =
            graph::run_reference(test::small_generator(),
                                 {{"latent", {.shape = {1, 6}, .floats = scaled(latent, power)}},
                                  {"energy", {.shape = {1, 1}, .floats = energy}}});
        auto const& wanted = expected.at("shower").floats;
        float worst = 0;
        for (std::size_t i = 0; i < cells.size(); ++i)
            worst = std::max(worst, std::abs(cells[i] - wanted[i]));
        return worst / *std::max_element(wanted.begin(), wanted.end());
    };
    // A few roundings of the vector, and some 300 products to a cell, each rounded.
    EXPECT_LT(miss(-0.5), 5e-5F);
    EXPECT_GT(miss(0.0), 1e-3F);  // without the norm
}

TEST(ShowerGenerator, runs_hold_what_a_cache_holds_and_share_a_batch_evenly)
{
    auto const graph = test::small_generator();
    auto const showers_of = [&](std::int64_t batch) {
        return ShowerGenerator(graph, {.batch = batch}).batch();
    };
    constexpr std::size_t cache = 1'250'000;
    ShowerGenerator const automatic(graph, {});
    EXPECT_LE(automatic.plan().workspace_bytes(), cache);
    auto const most = automatic.batch();
    EXPECT_GT(Plan(graph, {.batch = most + 8}).workspace_bytes(), cache);  // one more step of 8
    EXPECT_EQ(showers_of(3), 3);
    EXPECT_EQ(showers_of(most), most);
    EXPECT_EQ(showers_of(most + 2), most / 2 + 1);  // not most and 2
    EXPECT_EQ(showers_of(4 * most), most);
}

TEST(ShowerGenerator, a_production_may_be_split_anywhere)
{
    ShowerGenerator const generator(test::small_generator(), {.batch = 4});
    auto const whole = generate(generator, 10);
    auto joined = generate(generator, 3);
    auto const rest = generate(generator, 7, 3);
    joined.insert(joined.end(), rest.begin(), rest.end());
    EXPECT_EQ(joined, whole);
    EXPECT_NE(generate(generator, 10, 0, 6), whole);  // another seed, other showers
}

TEST(ShowerGenerator, latents_are_those_that_the_showers_are_made_of)
{
    auto const graph = test::small_generator();
    ShowerGenerator const generator(graph, {.batch = 4});
    auto const cells = generate(generator, 5, 2);
    auto const all = energies(7);
    auto const energy = std::span(all).subspan(2, 5);
    std::vector<float> latent(5 * generator.latent_size());
    generator.latents({.seed = 5, .first = 2, .energies = energy}, latent);

    auto const fed_with = [&](std::vector<float> const& inputs) {
        Plan const plan(graph, {.batch = 5});
        std::vector<float> result(cells.size());
        std::span<float const> const data[] = {inputs, energy};
        std::span<float> const output = result;
        PlanRun run(plan);
        run(data, {&output, 1});
        return result;
    };
    EXPECT_EQ(fed_with(latent), cells);
    latent[3] += 1e-3F;
    EXPECT_NE(fed_with(latent), cells);  // the check bites
}

TEST(ShowerGenerator, threads_may_share_one_generator)
{
    ShowerGenerator const generator(test::small_generator(), {.threads = 1, .batch = 2});
    auto const expected = generate(generator, 9);
    std::vector<std::vector<float>> results(4);
    std::vector<std::thread> threads;
    for (auto& result : results) threads.emplace_back([&] { result = generate(generator, 9); });
    for (auto& thread : threads) thread.join();
    for (auto const& result : results) EXPECT_EQ(result, expected);
}

TEST(ShowerGenerator, showers_are_finite_not_negative_and_differ)
{
    auto const cells = generate(ShowerGenerator(test::small_generator(), {}), 3);
    for (float const cell : cells) {
        ASSERT_TRUE(std::isfinite(cell));
        ASSERT_GE(cell, 0.0F);
    }
    auto const one = std::span(cells).first(clic_detector().cells());
    auto const other = std::span(cells).subspan(one.size(), one.size());
    EXPECT_FALSE(std::ranges::equal(one, other));
}

/// A generator whose shower i is, at every cell, a function of its energy: 1 / (energy - 39) GeV,
/// infinite for shower 1 of `energies` and negative for shower 0.
graph::Graph generator_with_bad_showers()
{
    test::NetworkBuilder net;
    net.graph.inputs = {{.name = "latent", .shape = {graph::batch_dimension, 1}},
                        {.name = "energy", .shape = {graph::batch_dimension, 1}}};
    net.graph.outputs = {{.name = "shower", .shape = {graph::batch_dimension, 25, 25, 25}}};
    net.graph.constants["centre"] = {.shape = {1}, .floats = {39.0F}};
    net.graph.constants["one"] = {.shape = {1}, .floats = {1.0F}};
    net.graph.constants["zero"] = {.shape = {1}, .floats = {0.0F}};
    net.graph.constants["cells"] = {
        .shape = {1, static_cast<std::int64_t>(clic_detector().cells())},
        .floats = std::vector<float>(clic_detector().cells(), 1.0F)};
    net.node("Mul", "nothing", {"latent", "zero"});
    net.node("Sub", "distance", {"energy", "centre"});
    net.node("Add", "sum", {"distance", "nothing"});
    net.node("Div", "inverse", {"one", "sum"});
    net.node("Mul", "flat", {"inverse", "cells"});
    net.node("Reshape", "shower", {"flat", net.shape_constant("shape", {-1, 25, 25, 25})});
    return net.graph;
}

TEST(ShowerGenerator, a_shower_with_cells_that_none_has_is_an_error_that_names_shower_and_cell)
{
    ShowerGenerator const generator(generator_with_bad_showers(), {.threads = 2, .batch = 2});
    auto const all = energies(5);
    std::vector<float> cells(5 * clic_detector().cells());
    try {
        generator.generate({.first = 70, .energies = all}, cells);
        ADD_FAILURE() << "no error";
    } catch (InputError const& error) {
        std::string const message = error.what();
        EXPECT_NE(message.find("shower 70"), std::string::npos) << message;
        EXPECT_NE(message.find("[0, 0, 0]"), std::string::npos) << message;
        EXPECT_NE(message.find("2 of 5 showers"), std::string::npos) << message;
    }
    std::vector<float> few(2 * clic_detector().cells());
    EXPECT_NO_THROW(generator.generate({.energies = std::span(all).subspan(2, 2)}, few));
}

TEST(ShowerGenerator, bad_showers_may_be_reported_instead)
{
    ShowerGenerator const generator(generator_with_bad_showers(), {.threads = 3, .batch = 1});
    auto const all = energies(5);
    std::vector<float> cells(5 * clic_detector().cells());
    auto const report = generator.generate(
        {.first = 70, .energies = all, .bad_showers = BadShowers::report}, cells);
    ASSERT_EQ(report.bad_showers.size(), 2U);
    EXPECT_EQ(report.bad_showers[0].shower, 70U);
    EXPECT_LT(report.bad_showers[0].energy, 0.0F);
    EXPECT_EQ(report.bad_showers[1].shower, 71U);
    EXPECT_TRUE(std::isinf(report.bad_showers[1].energy));
    EXPECT_EQ(report.empty_showers, 0U);
    EXPECT_FLOAT_EQ(cells[2 * clic_detector().cells()], 1.0F / 37.0F);  // the others are whole
}

TEST(ShowerGenerator, a_shower_of_which_nan_met_integers_is_bad_and_its_neighbours_are_not)
{
    auto network = generator_with_bad_showers();
    network.nodes.back().inputs.front() = "levels";
    network.constants["scale"] = {.floats = {0.01F}};
    network.constants["zero_level"] = {.type = graph::ElementType::uint8, .integers = {0}};
    auto reshape = network.nodes.back();
    network.nodes.pop_back();
    auto const add = [&](std::string const& op, std::string const& name,
                         std::vector<std::string> inputs) {
        network.nodes.push_back(
            {.name = name, .op = op, .inputs = std::move(inputs), .outputs = {name}});
    };
    add("Sub", "nan_if_infinite", {"flat", "flat"});  // of shower 1 of `energies` alone
    add("QuantizeLinear", "rounded", {"nan_if_infinite", "scale", "zero_level"});
    add("DequantizeLinear", "levels", {"rounded", "scale", "zero_level"});
    network.nodes.push_back(reshape);
    auto const all = energies(5);
    for (std::int64_t const batch : {1, 2, 4}) {
        ShowerGenerator const generator(network, {.batch = batch});
        std::vector<float> cells(5 * clic_detector().cells());
        auto const report =
            generator.generate({.energies = all, .bad_showers = BadShowers::report}, cells);
        ASSERT_EQ(report.bad_showers.size(), 1U) << batch;
        EXPECT_EQ(report.bad_showers[0].shower, 1U) << batch;
        EXPECT_EQ(report.empty_showers, 4U) << batch;
    }
}

TEST(ShowerGenerator, showers_that_see_one_another_are_made_one_at_a_time)
{
    auto network = test::small_generator();
    auto& last = network.nodes.back();
    last.name = "apart";
    last.outputs = {"apart"};
    test::NetworkBuilder net;
    net.graph = network;
    net.node("ReduceMean", "mean", {"apart"}, {{"axes", std::vector<std::int64_t>{0}}});
    net.node("Max", "shower", {"apart", "mean"});
    ShowerGenerator const alone(net.graph, {.batch = 1});
    EXPECT_EQ(alone.batch_note(), "");
    auto const expected = generate(alone, 5);
    for (std::int64_t const batch : {0, 2, 5}) {
        ShowerGenerator const generator(net.graph, {.batch = batch});
        EXPECT_EQ(generator.batch(), 1);
        EXPECT_NE(generator.batch_note().find("ReduceMean node 'mean'"), std::string::npos);
        EXPECT_EQ(generate(generator, 5), expected);
    }
}

TEST(ShowerGenerator, a_network_made_for_three_showers_runs_three_at_a_time)
{
    auto fixed = test::small_generator();
    for (auto& input : fixed.inputs) input.shape.front() = 3;
    fixed.outputs.front().shape.front() = 3;
    ShowerGenerator const generator(fixed, {.batch = 16});
    EXPECT_EQ(generator.batch(), 3);
    EXPECT_EQ(generate(generator, 7), generate(ShowerGenerator(test::small_generator(), {}), 7));
}

TEST(ShowerGenerator, empty_showers_are_counted)
{
    auto network = generator_with_bad_showers();
    network.constants.at("cells").floats.assign(clic_detector().cells(), 0.0F);
    ShowerGenerator const generator(network, {.batch = 2});
    auto const all = energies(5);
    std::vector<float> cells(3 * clic_detector().cells());
    auto const report = generator.generate({.energies = std::span(all).subspan(2, 3)}, cells);
    EXPECT_EQ(report.empty_showers, 3U);
    EXPECT_TRUE(report.bad_showers.empty());
}

TEST(ShowerGenerator, an_energy_that_is_not_positive_is_an_error_that_names_the_shower)
{
    ShowerGenerator const generator(test::small_generator(), {});
    std::vector<float> cells(3 * clic_detector().cells());
    for (float const bad : {0.0F, -1.0F, std::nanf("")}) {
        std::vector<float> const all{10.0F, 20.0F, bad};
        try {
            generator.generate({.first = 40, .energies = all}, cells);
            FAIL() << "no error for " << bad;
        } catch (InputError const& error) {
            EXPECT_NE(std::string(error.what()).find("shower 42"), std::string::npos)
                << error.what();
        }
    }
}

TEST(ShowerGenerator, a_network_that_is_no_generator_is_refused_by_file_and_reason)
{
    auto wrong = test::small_generator();
    wrong.inputs.front().name = "features";
    TemporaryFolder folder("test");
    auto const file = folder.file("not_a_generator.onnx");
    for (auto& node : wrong.nodes)
        for (auto& input : node.inputs)
            if (input == "latent") input = "features";
    graph::write_onnx(wrong, file);
    try {
        ShowerGenerator const generator(file, {});
        ADD_FAILURE() << "no error";
    } catch (InputError const& error) {
        std::string const message = error.what();
        EXPECT_NE(message.find(file.string()), std::string::npos) << message;
        EXPECT_NE(message.find("'features'"), std::string::npos) << message;
        EXPECT_NE(message.find("--ports FILE.json"), std::string::npos) << message;
    }
}

}  // namespace
}  // namespace lowcal::runtime
