// The whole way from a float32 network to int8 in the runtime, on a small generator.

#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "quantisation/form/canonical_form.hpp"
#include "quantisation/form/equalise.hpp"
#include "quantisation/scales/bias_correction.hpp"
#include "quantisation/scales/match_response.hpp"
#include "runtime/plan.hpp"
#include "runtime/shower_generator.hpp"
#include "small_int8.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace lowcal::quantisation {
namespace {

constexpr auto showers = test::calibration_showers;
using test::calibration_inputs;
using test::cells_of;
using test::ReferenceRunner;
using test::relative_noise;

struct Quantised {
    graph::Graph canonical;
    Int8Plan plan;
    Statistics statistics;

    explicit Quantised(Int8PlanConfig const& config = {.least_channels = 5})
        // This network's shifts are of order one: its activations are alike with an offset of one.
        : canonical(canonical_form(test::small_generator(), {.energy_offset = 1.0}).graph),
          plan(plan_int8(canonical, config)),
          statistics(calibrate(canonical, plan, ReferenceRunner()))
    {
        canonical = equalise_branches(canonical, plan, statistics);
        statistics = calibrate(canonical, plan, ReferenceRunner());
    }
    Int8Network rewrite(RewriteConfig const& config = {}) const
    {
        return rewrite_int8(canonical, plan, statistics, config);
    }
};

std::vector<float> run_plan(graph::Graph const& network)
{
    return test::run_plan(network, calibration_inputs());
}

TEST(Int8Network, runs_all_its_convolutions_in_integers)
{
    runtime::Plan const plan(Quantised().rewrite().graph, {.batch = 2});
    int integers = 0, convolutions = 0;
    for (auto const& step : plan.steps()) {
        if (step->macs() == 0 || std::string(step->kind()) == "dense") continue;
        ++convolutions;
        if (step->is_int8()) ++integers;
    }
    EXPECT_EQ(convolutions, 5);
    EXPECT_EQ(integers, 5);
}

TEST(Int8Network, the_runtime_means_what_the_file_means)
{
    auto const network = Quantised().rewrite().graph;
    auto const wanted = cells_of(network);
    // A sum at the edge between two levels may fall to either side: rare steps, no bias.
    EXPECT_LT(relative_noise(wanted, run_plan(network)), 2e-3);
    auto wrong = network;  // one level of one weight's channel
    for (auto& [name, constant] : wrong.constants)
        if (name == "merge.weight.levels") constant.integers.set(112, constant.integers[112] + 20);
    EXPECT_GT(relative_noise(cells_of(wrong), run_plan(network)), 2e-3);  // the check bites
}

TEST(Int8Network, is_near_the_float32_network_and_the_noise_is_that_of_8_bits)
{
    auto const exact = cells_of(test::small_generator());
    double const noise = relative_noise(exact, run_plan(Quantised().rewrite().graph));
    // Each rounding to 255 levels of a range of some 6 rms leaves 0.7 %; three layers, and weights.
    EXPECT_LT(noise, 0.04);
    EXPECT_GT(noise, 0.002);  // float32 would be below
}

TEST(Int8Network, bias_correction_brings_the_mean_of_each_channel_back)
{
    Quantised const quantised;
    RewriteConfig config;
    auto mean_shift = [&](RewriteConfig const& with) {
        auto const values = graph::run_reference(
            quantised.rewrite(with).graph, calibration_inputs(), {.keep = graph::Keep::all_values});
        auto const truth = graph::run_reference(quantised.canonical, calibration_inputs(),
                                                {.keep = graph::Keep::all_values});
        auto const& found = values.at("merge.convolved").floats;
        auto const& wanted = truth.at("merge.convolved").floats;
        double largest = 0;
        for (std::size_t channel = 0; channel < 25; ++channel) {
            double sum = 0;
            for (std::size_t n = 0; n < static_cast<std::size_t>(showers); ++n)
                for (std::size_t i = 0; i < 625; ++i) {
                    auto const at = (n * 25 + channel) * 625 + i;
                    sum += static_cast<double>(found[at]) - static_cast<double>(wanted[at]);
                }
            largest = std::max(largest, std::abs(sum));
        }
        return largest;
    };
    double const before = mean_shift(config);
    config.corrections = correct_biases(quantised.canonical, quantised.plan, quantised.statistics,
                                        config, ReferenceRunner());
    EXPECT_LT(mean_shift(config), 0.05 * before);
}

TEST(Int8Network, matching_the_response_brings_the_mean_output_back)
{
    Quantised const quantised;
    auto network = quantised.rewrite();
    auto mean = [](graph::Graph const& graph) {
        double sum = 0;
        auto const values =
            graph::run_reference(graph, calibration_inputs(), {.keep = graph::Keep::all_values});
        for (float const cell : values.at("shower.per_unit").floats)
            sum += static_cast<double>(cell);
        return sum;
    };
    double const wanted = mean(quantised.canonical);
    network.graph.constants.at("merge.weight.scale").floats[4] *= 1.3F;  // something to correct
    double const before = mean(network.graph) / wanted - 1.0;
    EXPECT_GT(before, 0.002);
    double const factor = match_response(network, quantised.canonical, ReferenceRunner());
    EXPECT_NEAR(factor, 1.0 / (1.0 + before), 1e-6);
    EXPECT_NEAR(mean(network.graph) / wanted, 1.0, 1e-5);  // homogeneous: exact but for rounding
}

TEST(Int8Network, batch_threads_and_split_change_no_bit)
{
    auto const network = Quantised().rewrite().graph;
    auto generate = [&](int threads, std::int64_t batch, std::size_t first, std::size_t count) {
        std::vector<float> energies(count), cells(count * clic_detector().cells());
        for (std::size_t i = 0; i < count; ++i)
            energies[i] = 2.0F + 20.0F * static_cast<float>(first + i);
        runtime::ShowerGenerator(network, {.threads = threads, .batch = batch})
            .generate({.seed = 4, .first = first, .energies = energies}, cells);
        return cells;
    };
    auto const whole = generate(1, 1, 0, 9);
    EXPECT_EQ(generate(2, 4, 0, 9), whole);
    auto joined = generate(1, 3, 0, 4);
    auto const rest = generate(3, 2, 4, 5);
    joined.insert(joined.end(), rest.begin(), rest.end());
    EXPECT_EQ(joined, whole);
}

TEST(Int8Network, says_that_it_runs_in_int8_and_a_float32_network_cannot)
{
    using runtime::Plan;
    using runtime::Precision;
    EXPECT_EQ(Plan(Quantised().rewrite().graph, {.batch = 1}).precision(), Precision::int8);
    EXPECT_EQ(Plan(test::small_generator(), {.batch = 1}).precision(), Precision::float32);
    EXPECT_THROW(Plan(test::small_generator(), {.batch = 1, .precision = Precision::int8}),
                 InputError);
}

TEST(Int8Plan, leaves_excluded_layers_in_float32_and_says_why)
{
    Quantised const quantised(
        {.least_channels = 8, .fallbacks = {{"merge", {.reason = "asked for"}}}});
    EXPECT_EQ(quantised.plan.precision_of("merge"), LayerPrecision::float32);
    EXPECT_EQ(quantised.plan.precision_of("branch0.up"), LayerPrecision::int8);
    for (auto const& layer : quantised.plan.layers) {
        if (layer.name == "merge") {
            EXPECT_EQ(layer.reason, "asked for");
        } else if (layer.name == "branch0.conv") {
            EXPECT_NE(layer.reason.find("5 input channels"), std::string::npos);
        }
    }
    auto const exact = cells_of(test::small_generator());
    EXPECT_LT(relative_noise(exact, run_plan(quantised.rewrite().graph)), 0.04);
}

TEST(Int8Plan, refuses_what_it_cannot_do)
{
    auto const canonical = canonical_form(test::small_generator()).graph;
    EXPECT_THROW(plan_int8(canonical, {.fallbacks = {{"no_such_layer", {}}}}), InputError);
    EXPECT_THROW(plan_int8(canonical, {.least_channels = 1000}), InputError);
    EXPECT_THROW(canonical_form(Quantised().rewrite().graph), InputError);  // quantised already
}

}  // namespace
}  // namespace lowcal::quantisation
