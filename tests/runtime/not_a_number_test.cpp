// NaN is never made a number on the way: as ONNX says, at every precision and instruction set.

#include "core/error.hpp"
#include "runtime/compare.hpp"
#include "runtime/kernels/level_kernel.hpp"
#include "runtime/small_lean.hpp"
#include "runtime/small_networks.hpp"
#include "runtime/steps/copy_step.hpp"
#include "x86_64.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>

namespace lowcal::runtime {
namespace {

float const not_a_number = std::nanf("");
using Integers = std::vector<std::int64_t>;
using Make = std::function<std::string(test::NetworkBuilder&, std::string const&)>;

/// x [N, 6, 5, 4] -> whatever `make` appends.
graph::Graph network(Make const& make)
{
    test::NetworkBuilder net;
    net.graph.inputs = {{.name = "x", .shape = {graph::batch_dimension, 6, 5, 4}}};
    net.graph.outputs = {{.name = make(net, "x"), .shape = {}}};
    return net.graph;
}

struct Outputs {
    std::vector<float> runtime;
    std::vector<float> reference;
};

/// Two showers; one number of the second is NaN.
Outputs outputs_with_nan(graph::Graph const& graph, Precision precision,
                         float number = not_a_number)
{
    constexpr std::int64_t batch = 2;
    Plan const plan(graph, {.batch = batch, .precision = precision});
    std::map<std::string, graph::Tensor> inputs;
    std::vector<std::span<float const>> fed;
    for (auto const& port : plan.inputs()) {
        auto& tensor = inputs[port.name];
        tensor = {.shape = port.shape, .floats = test::pseudo_random(elements(port.shape))};
        tensor.floats[tensor.floats.size() * 3 / 4] = number;
        fed.emplace_back(tensor.floats);
    }
    Outputs result;
    result.runtime.assign(elements(plan.outputs().front().shape), -7.0F);
    std::span<float> const output = result.runtime;
    PlanRun run(plan);
    run(fed, {&output, 1});
    result.reference = graph::run_reference(graph, inputs).at(plan.outputs().front().name).floats;
    return result;
}

/// How many are NaN; all the same in both, or -1.
int nans_of(Outputs const& outputs)
{
    int count = 0;
    for (std::size_t i = 0; i < outputs.runtime.size(); ++i) {
        bool const nan = std::isnan(outputs.runtime[i]);
        if (nan != std::isnan(outputs.reference[i])) return -1;
        count += nan ? 1 : 0;
    }
    return count;
}

Make const rectified_convolutions = [](test::NetworkBuilder& net, std::string const& x) {
    auto const a = net.node("Conv", "a", {x, net.constant("a.w", {8, 6, 3, 3}, 4)},
                            {{"pads", Integers{1, 1, 1, 1}}});
    auto const b = net.node("Relu", "b", {a});
    return net.node("LeakyRelu", "c",
                    {net.node("Conv", "d", {b, net.constant("d.w", {5, 8, 1, 1})})},
                    {{"alpha", 0.3F}});
};
Make const normalised_behind_relu = [](test::NetworkBuilder& net, std::string const& x) {
    auto const a = net.node("Conv", "a", {x, net.constant("a.w", {8, 6, 1, 1}, 4)});
    auto const b = net.node("Relu", "b", {a});
    auto const variance = net.constant("variance", {8});
    for (auto& value : net.graph.constants[variance].floats) value = 0.5F + value * value;
    return net.node("BatchNormalization", "c",
                    {b, net.constant("scale", {8}), net.constant("shift", {8}),
                     net.constant("mean", {8}), variance});
};
Make const transposed = [](test::NetworkBuilder& net, std::string const& x) {
    auto const a = net.node("ConvTranspose", "a", {x, net.constant("a.w", {6, 7, 4, 4}, 4)},
                            {{"strides", Integers{2, 2}}});
    return net.node("Relu", "b", {a});
};
Make const maximum_of_first = [](test::NetworkBuilder& net, std::string const& x) {
    return net.node("Max", "a", {x, net.constant("c", {5, 4})});
};
Make const maximum_of_second = [](test::NetworkBuilder& net, std::string const& x) {
    return net.node("Max", "a", {net.constant("c", {5, 4}), x});
};
Make const clipped = [](test::NetworkBuilder& net, std::string const& x) {
    net.graph.constants["low"] = {.floats = {-0.5F}};
    net.graph.constants["high"] = {.floats = {0.5F}};
    return net.node("Clip", "a", {x, "low", "high"});
};
Make const dense = [](test::NetworkBuilder& net, std::string const& x) {
    auto const flat = net.node("Flatten", "flat", {x});
    return net.node("Relu", "b", {net.node("MatMul", "a", {flat, net.constant("w", {120, 9})})});
};

struct Case {
    char const* name;
    Make make;
};
std::vector<Case> const cases{{"rectified_convolutions", rectified_convolutions},
                              {"normalised_behind_relu", normalised_behind_relu},
                              {"transposed", transposed},
                              {"maximum_of_first", maximum_of_first},
                              {"maximum_of_second", maximum_of_second},
                              {"clipped", clipped},
                              {"dense", dense}};

TEST(NotANumber, stays_one_where_the_reference_keeps_it)
{
    for (auto const& one : cases)
        for (auto const precision : {Precision::float32, Precision::bfloat16})
            EXPECT_GT(nans_of(outputs_with_nan(network(one.make), precision)), 0)
                << one.name << ", " << name_of(precision);
}

TEST(NotANumber, of_a_weight_makes_its_channel_one)
{
    for (auto const& make : {rectified_convolutions, normalised_behind_relu, transposed}) {
        auto graph = network(make);
        graph.constants.at("a.w").floats[3] = not_a_number;
        auto const outputs = outputs_with_nan(graph, Precision::float32, 0.5F);
        int count = 0;
        for (std::size_t i = 0; i < outputs.runtime.size(); ++i) {
            if (!std::isnan(outputs.reference[i])) continue;  // NaN x padding may be NaN or nothing
            ++count;
            EXPECT_TRUE(std::isnan(outputs.runtime[i]));
        }
        EXPECT_GT(count, 0);
    }
}

TEST(NotANumber, is_no_worse_for_the_numbers_beside_it)
{
    for (auto const& one : cases) {
        auto const outputs = outputs_with_nan(network(one.make), Precision::float32);
        for (std::size_t i = 0; i < outputs.runtime.size(); ++i) {
            if (std::isnan(outputs.reference[i])) continue;
            ASSERT_NEAR(outputs.runtime[i], outputs.reference[i], 1e-4) << one.name;
        }
    }
}

TEST(NotANumber, minus_infinity_is_clipped_only_by_a_bound)
{
    auto const graph = network([](test::NetworkBuilder& net, std::string const& x) {
        net.graph.constants["high"] = {.floats = {0.5F}};
        return net.node("Clip", "a", {x, "", "high"});
    });
    auto const outputs = outputs_with_nan(graph, Precision::float32, -INFINITY);
    EXPECT_EQ(outputs.runtime, outputs.reference);
}

/// Each instruction set of oneDNN in a process of its own, which it is chosen for at the first
/// call.
TEST(NotANumberDeathTest, stays_one_on_every_instruction_set)
{
    if (!test::is_x86_64) GTEST_SKIP() << test::only_x86_64;
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    auto const run = [](char const* set) {
        setenv("ONEDNN_MAX_CPU_ISA", set, 1);
        bool kept = true;
        for (auto const& one : cases)
            kept = kept && nans_of(outputs_with_nan(network(one.make), Precision::float32)) > 0;
        std::_Exit(kept ? 0 : 1);
    };
    for (auto const* const set : {"SSE41", "AVX", "AVX2", "AVX512_CORE"})
        EXPECT_EXIT(run(set), testing::ExitedWithCode(0), "") << set;
}

TEST(NotANumber, in_the_cells_of_lean_stays_one)
{
    test::NetworkBuilder net;
    net.graph.inputs = {
        {.name = "x", .shape = {graph::batch_dimension, 6, 5, 7}},
        {.name = "noise", .shape = {graph::batch_dimension, test::small_lean_noise}},
        {.name = "energy", .shape = {graph::batch_dimension, 25}}};
    net.graph.outputs = {{.name = "shower", .shape = {}}};
    net.node("Conv", "answer", {"x", net.constant("w", {25, 6, 1, 1}, 2)});
    test::add_cell_tail(net, {.answer = "answer", .layers = "energy", .noise = "noise"},
                        {25, 5, 7});
    EXPECT_GT(nans_of(outputs_with_nan(net.graph, Precision::float32)), 0);
}

/// x -> levels -> x: no integer layer, but levels all the same.
graph::Graph levels_of_x()
{
    auto graph = network([](test::NetworkBuilder& net, std::string const& x) {
        net.graph.constants["scale"] = {.floats = {0.01F}};
        net.graph.constants["zero"] = {.type = graph::ElementType::uint8, .integers = {100}};
        auto const q = net.node("QuantizeLinear", "q", {x, "scale", "zero"});
        return net.node("DequantizeLinear", "dq", {q, "scale", "zero"});
    });
    return graph;
}

TEST(NotANumber, that_is_rounded_to_a_level_is_noted)
{
    auto const graph = levels_of_x();
    Plan const plan(graph, {.batch = 1});
    PlanRun run(plan);
    std::vector<float> x(120, 0.1F), y(120);
    std::span<float const> const input = x;
    std::span<float> const output = y;
    run({&input, 1}, {&output, 1});
    EXPECT_FALSE(run.take_lost_nan());
    for (auto const place : {0U, 60U, 119U}) {
        x.assign(120, 0.1F);
        x[place] = not_a_number;
        run({&input, 1}, {&output, 1});
        EXPECT_TRUE(run.take_lost_nan()) << place;
        EXPECT_FALSE(run.take_lost_nan());
    }
}

TEST(NotANumber, is_seen_by_the_rounding_to_levels_of_every_instruction_set)
{
    for (auto const set : usable_instruction_sets())
        for (std::size_t place = 0; place < 70; ++place) {
            std::vector<float> numbers(70, 1.0F);
            std::vector<std::uint8_t> levels(70);
            LevelRun const run{.source = numbers.data(),
                               .result = levels.data(),
                               .count = numbers.size(),
                               .scale = 0.1F};
            EXPECT_TRUE(level_kernels.of(set)(run));
            numbers[place] = not_a_number;
            EXPECT_FALSE(level_kernels.of(set)(run)) << name_of(set) << ", " << place;
        }
}

}  // namespace
}  // namespace lowcal::runtime
