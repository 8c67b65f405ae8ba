#include "quantisation/scales/distortion.hpp"

#include "quantisation/quantiser.hpp"
#include "small_int8.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace lowcal::quantisation {
namespace {

/// The float32 network itself in the place of the int8 one, one layer's weights times a factor.
Int8Network changed_layer(graph::Graph const& canonical, std::string const& layer, float factor)
{
    Int8Network network{.graph = canonical, .layers = {}};
    for (auto& weight : network.graph.constants.at(layer + ".weight").floats) weight *= factor;
    for (auto const* name : {"branch0.up", "branch1.up", "merge"})
        network.layers.push_back({.name = name});
    return network;
}

TEST(Distortion, of_a_layer_that_is_one_per_cent_too_large_is_40_decibels)
{
    test::ReferenceRunner const runner;
    auto const canonical = canonical_form(test::small_generator()).graph;
    auto const found =
        measure_distortion(canonical, changed_layer(canonical, "branch1.up", 1.01F), runner);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_TRUE(std::isinf(found[0].signal_to_noise));  // the other branch
    // 1.01 in float32: 1 % to seven digits, so 40 dB to 1e-4.
    EXPECT_NEAR(found[1].signal_to_noise, 40.0, 1e-3);
    EXPECT_GT(found[2].signal_to_noise, 30.0);  // behind it, diluted by the other branch
    EXPECT_FALSE(std::isinf(found[2].signal_to_noise));
    ASSERT_EQ(found[1].worst.size(), 3U);
    EXPECT_NEAR(found[1].worst[0].signal_to_noise, 40.0, 1e-3);
}

TEST(Distortion, names_the_worst_channel)
{
    test::ReferenceRunner const runner;
    auto const canonical = canonical_form(test::small_generator()).graph;
    auto network = changed_layer(canonical, "merge", 1.0F);
    auto& weights = network.graph.constants.at("merge.weight");
    auto const channel = weights.floats.size() / 25;
    for (std::size_t i = 7 * channel; i < 8 * channel; ++i) weights.floats[i] *= 1.5F;
    auto const merge = measure_distortion(canonical, network, runner).back();
    EXPECT_EQ(merge.worst.front().index, 7U);
    EXPECT_NEAR(merge.worst.front().signal_to_noise, 20 * std::log10(2.0), 1e-3);
    EXPECT_GT(merge.mean_shift, 0.0);
}

TEST(Distortion, correction_takes_the_shift_of_the_means_away)
{
    test::ReferenceRunner const runner;
    Quantiser quantiser(test::small_generator(), runner);
    Quantiser::Config config{.canonical = {.energy_offset = 1.0}};
    config.least_channels = 5;
    auto const after = measure_distortion(quantiser.canonical(config), quantiser(config), runner);
    config.correct_means = false;
    auto const before = measure_distortion(quantiser.canonical(config), quantiser(config), runner);
    ASSERT_EQ(after.size(), 5U);
    for (std::size_t i = 0; i + 1 < after.size(); ++i)  // the last one's response is matched too
        EXPECT_LT(after[i].mean_shift, 0.2 * before[i].mean_shift) << after[i].layer;
}

}  // namespace
}  // namespace lowcal::quantisation
