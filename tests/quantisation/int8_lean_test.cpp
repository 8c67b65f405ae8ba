// int8 of a network like `lean`: noise joined to what layers make, cells spread over blocks, layer
// energies that pass all convolutions by.

#include "core/detector/known_detectors.hpp"
#include "quantisation/form/blocks.hpp"
#include "quantisation/form/equalise.hpp"
#include "quantisation/quantiser.hpp"
#include "runtime/plan.hpp"
#include "runtime/shower_generator.hpp"
#include "runtime/small_lean.hpp"
#include "small_int8.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace lowcal::quantisation {
namespace {

std::map<std::string, graph::Tensor> lean_inputs()
{
    auto inputs = test::calibration_inputs();
    auto& latent = inputs.at("latent");
    latent.shape[1] = test::small_lean_latent;
    latent.floats = test::pseudo_random(
        static_cast<std::size_t>(test::small_lean_latent * test::calibration_showers));
    for (auto& number : latent.floats) number *= 2.0F;
    return inputs;
}

std::vector<float> reference_cells(graph::Graph const& network)
{
    return graph::run_reference(network, lean_inputs()).at("shower").floats;
}

graph::Graph const& int8_lean()
{
    static auto const network = [] {
        test::ReferenceRunner const runner(lean_inputs());
        return Quantiser(test::small_lean(), runner)({}).graph;
    }();
    return network;
}

TEST(Int8Lean, joins_noise_to_what_layers_make_and_keeps_layer_energies_in_float32)
{
    auto const plan = plan_int8(canonical_form(test::small_lean()).graph, {});
    for (auto const* layer : {"coarse.conv1", "coarse.conv2", "fine.conv1", "answer"})
        EXPECT_EQ(plan.precision_of(layer), LayerPrecision::int8) << layer;
    EXPECT_EQ(plan.precision_of("shape.dense"), LayerPrecision::int8_weights);
    EXPECT_EQ(plan.precision_of("head.dense"), LayerPrecision::float32);
    std::set<std::vector<std::string>> const groups(plan.groups.begin(), plan.groups.end());
    EXPECT_TRUE(groups.contains({"coarse", "shape.leaky"}));
    EXPECT_TRUE(groups.contains({"coarse.conv2.leaky", "fine"}));
}

TEST(Int8Lean, brings_what_layers_make_to_the_range_of_the_noise_exactly)
{
    auto network = canonical_form(test::small_lean()).graph;
    Blocks const blocks(network);
    for (auto const* value : {"coarse.conv2.leaky", "shape.leaky"}) {  // far from the noise
        auto const channels = static_cast<std::size_t>(blocks.shape(value)[1]);
        scale_result(network, *blocks.ending_in(value), std::vector<float>(channels, 64.0F));
    }
    auto const plan = plan_int8(network, {});
    test::ReferenceRunner const runner(lean_inputs());
    auto const before = calibrate(network, plan, runner);
    auto const equal = equalise_branches(network, plan, before);
    EXPECT_EQ(reference_cells(equal), reference_cells(network));  // powers of two: bit by bit
    auto const after = calibrate(equal, plan, runner);
    auto const ratio = [](Statistics const& seen, char const* value, char const* noise) {
        return (seen.at(value).high() - seen.at(value).low()) /
               (seen.at(noise).high() - seen.at(noise).low());
    };
    for (auto const& [value, noise] :
         {std::pair{"shape.leaky", "coarse"}, std::pair{"coarse.conv2.leaky", "fine"}}) {
        EXPECT_GT(ratio(before, value, noise), 8.0);
        EXPECT_LT(ratio(after, value, noise), 1.5);  // sqrt(2) is the least a power of two leaves
        EXPECT_GT(ratio(after, value, noise), 0.66);
    }
}

TEST(Int8Lean, runs_its_convolutions_in_integers_and_moves_levels_once)
{
    runtime::Plan const plan(int8_lean(), {.batch = 2});
    std::map<std::string, int> kinds;
    for (auto const& step : plan.steps()) {
        ++kinds[step->kind()];
        EXPECT_EQ(step->name().find(".order"), std::string::npos) << step->name();
        EXPECT_EQ(step->is_int8(), std::string(step->kind()) == "convolution") << step->name();
    }
    EXPECT_EQ(kinds["convolution"], 4);
    EXPECT_EQ(kinds["concatenation"], 2);  // DepthToSpace and its concatenation are one
    EXPECT_EQ(kinds["cells"], 1);
    EXPECT_EQ(kinds["reference (slow)"], 0);
}

TEST(Int8Lean, rounds_noise_for_int8_layers_only)
{
    std::map<std::string, std::vector<std::string>> inputs;
    for (auto const& node : int8_lean().nodes) inputs[node.name] = node.inputs;
    EXPECT_EQ(inputs.at("cells.noise.around"), (std::vector<std::string>{"fine", "fine"}));
    EXPECT_EQ(inputs.at("fine.image").front(), "fine.dequantised");
}

TEST(Int8Lean, the_runtime_means_what_the_file_means)
{
    auto const wanted = reference_cells(int8_lean());
    auto const found = test::run_plan(int8_lean(), lean_inputs());
    // A sum at the edge between two levels, or a cell at the threshold, may fall to either side.
    EXPECT_LT(test::relative_noise(wanted, found), 2e-3);
    auto wrong = int8_lean();
    auto& weights = wrong.constants.at("fine.conv1.weight.levels").integers;
    for (std::size_t i = 0; i < 9; ++i) weights.set(i, -weights[i]);
    EXPECT_GT(test::relative_noise(reference_cells(wrong), found), 2e-3);  // the check bites
}

/// Without what changes a layer's energy behind the convolutions: no cell is cut off or lifted.
graph::Graph with_all_cells(graph::Graph network)
{
    network.constants.at("cells.threshold").floats = {1e-12F};
    for (auto const* const faint : {"cells.faint.slope", "cells.faint.offset"})
        network.constants.at(faint).floats = {0.0F};
    return network;
}

TEST(Int8Lean, keeps_layer_energies_and_is_near_float32)
{
    auto const exact = reference_cells(with_all_cells(test::small_lean()));
    auto const found = test::run_plan(with_all_cells(int8_lean()), lean_inputs());
    double const noise = test::relative_noise(exact, found);
    EXPECT_LT(noise, 0.1);  // energies are cubes of what was rounded: three times its noise
    EXPECT_GT(noise, 0.002);
    for (std::size_t shower = 0; shower < 4; ++shower)
        for (std::size_t z = 0; z < clic_detector().axes[2].cells; ++z) {
            double wanted = 0, sum = 0;
            for (std::size_t i = z; i < clic_detector().cells();
                 i += clic_detector().axes[2].cells) {
                wanted += static_cast<double>(exact[shower * clic_detector().cells() + i]);
                sum += static_cast<double>(found[shower * clic_detector().cells() + i]);
            }
            EXPECT_NEAR(sum, wanted, 1e-5 * wanted);
        }
}

TEST(Int8Lean, batch_and_threads_change_no_bit)
{
    auto const generate = [&](int threads, std::int64_t batch) {
        std::vector<float> const energies{2, 5, 30, 77, 120, 333, 500};
        std::vector<float> cells(energies.size() * clic_detector().cells());
        runtime::ShowerGenerator(int8_lean(), {.threads = threads, .batch = batch})
            .generate({.seed = 3, .energies = energies}, cells);
        return cells;
    };
    auto const alone = generate(1, 1);
    EXPECT_EQ(generate(1, 4), alone);
    EXPECT_EQ(generate(2, 2), alone);
    EXPECT_EQ(generate(1, 32), alone);
}

}  // namespace
}  // namespace lowcal::quantisation
