#include "quantisation/quantiser.hpp"

#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "quantisation/plan/layer_notes.hpp"
#include "runtime/plan.hpp"
#include "small_int8.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace lowcal::quantisation {
namespace {

Quantiser::Config small_config()
{
    Quantiser::Config config{.canonical = {.energy_offset = 1.0}};
    config.least_channels = 5;
    return config;
}

class QuantiserTest : public ::testing::Test {
protected:
    test::ReferenceRunner runner;
    Quantiser quantiser{test::small_generator(), runner};
    std::vector<float> exact = test::cells_of(test::small_generator());
};

TEST_F(QuantiserTest, is_near_the_float32_network)
{
    auto const noise = [&](Quantiser::Config const& config) {
        return test::relative_noise(exact, test::cells_of(quantiser(config).graph));
    };
    auto config = small_config();
    double const best = noise(config);
    // Each rounding to 255 levels of a range of some 6 rms leaves 0.7 %; three layers, and weights.
    EXPECT_LT(best, 0.04);
    EXPECT_GT(best, 0.002);  // float32 would be below
}

TEST_F(QuantiserTest, units_per_shower_save_the_showers_of_low_energies)
{
    auto network = test::small_generator();
    for (auto& [name, constant] : network.constants)  // activations that grow with the energy
        if (name == "b" || name.ends_with(".shift") || name.ends_with(".mean") ||
            name.ends_with(".up.b"))
            std::fill(constant.floats.begin(), constant.floats.end(), 0.0F);
    Quantiser growing(network, runner);
    auto const first_noise = [&](ActivationUnit unit) {  // of the shower of 2 GeV
        auto config = small_config();
        config.canonical = {.unit = unit, .energy_offset = 0.0};
        auto all = test::cells_of(network), cells = test::cells_of(growing(config).graph);
        all.resize(clic_detector().cells());
        cells.resize(clic_detector().cells());
        return test::relative_noise(all, cells);
    };
    EXPECT_LT(first_noise(ActivationUnit::per_shower), 0.04);
    EXPECT_GT(first_noise(ActivationUnit::absolute), 0.5);  // one scale for 2 and for 497 GeV
}

/// A normalisation over the image behind the branches: from there on nothing grows with the energy.
graph::Graph with_normalisation_over_the_image(graph::Graph network)
{
    auto const node = [](std::string const& name, std::string op, std::vector<std::string> inputs,
                         std::map<std::string, graph::Attribute> attributes = {}) {
        return graph::Node{name, std::move(op), std::move(inputs), {name}, std::move(attributes)};
    };
    std::map<std::string, graph::Attribute> const over_image{
        {"axes", std::vector<std::int64_t>{1, 2, 3}}};
    network.constants["least"] = {.shape = {1}, .floats = {1e-3F}};
    std::vector<graph::Node> const added{node("mean", "ReduceMean", {"concat"}, over_image),
                                         node("centred", "Sub", {"concat", "mean"}),
                                         node("squares", "Mul", {"centred", "centred"}),
                                         node("square", "ReduceMean", {"squares"}, over_image),
                                         node("more", "Add", {"square", "least"}),
                                         node("width", "Sqrt", {"more"}),
                                         node("normalised", "Div", {"centred", "width"})};
    auto const merge = std::find_if(network.nodes.begin(), network.nodes.end(),
                                    [](auto const& other) { return other.name == "merge"; });
    merge->inputs[0] = "normalised";
    network.nodes.insert(merge, added.begin(), added.end());
    return network;
}

TEST_F(QuantiserTest, what_stands_before_a_normalisation_is_divided_by_the_energy)
{
    auto network = with_normalisation_over_the_image(test::small_generator());
    for (auto& [name, constant] : network.constants)
        if (name == "b" || name.ends_with(".shift") || name.ends_with(".mean") ||
            name.ends_with(".up.b"))
            std::fill(constant.floats.begin(), constant.floats.end(), 0.0F);
    Quantiser growing(network, runner);
    auto config = small_config();
    config.canonical.energy_offset = 0.0;
    auto all = test::cells_of(network), cells = test::cells_of(growing(config).graph);
    all.resize(clic_detector().cells());  // of the shower of 2 GeV
    cells.resize(clic_detector().cells());
    EXPECT_LT(test::relative_noise(all, cells), 0.05);
    EXPECT_NE(growing.remark().find("'squares'"), std::string::npos) << growing.remark();
    config.canonical.unit = ActivationUnit::absolute;
    cells = test::cells_of(growing(config).graph);
    cells.resize(clic_detector().cells());
    EXPECT_GT(test::relative_noise(all, cells), 0.1);  // one scale for 2 and for 497 GeV
}

TEST_F(QuantiserTest, portable_placement_quantises_behind_every_operator_of_a_block)
{
    auto config = small_config();
    config.placement = Placement::portable;
    auto const network = quantiser(config).graph;
    auto const reads_levels = [&](graph::Node const& node) {
        return node.inputs[0].ends_with(".dequantised");
    };
    int checked = 0;
    for (auto const& node : network.nodes) {
        if (node.op != "LeakyRelu") continue;
        ++checked;
        EXPECT_TRUE(reads_levels(node)) << node.name;
    }
    EXPECT_EQ(checked, 2);
    for (auto const& node : quantiser(small_config()).graph.nodes)
        if (node.op == "LeakyRelu") {
            EXPECT_FALSE(reads_levels(node)) << node.name;
        }
    auto const noise = test::relative_noise(exact, test::cells_of(network));
    EXPECT_LT(noise, 0.06);  // more roundings than the other placement
    EXPECT_GT(noise, 0.002);
}

TEST_F(QuantiserTest, what_stays_in_float32_can_be_stored_in_16_bits)
{
    auto config = small_config();
    config.fallbacks["merge"] = {.reason = "asked for"};
    auto const exact_tail = test::cells_of(quantiser(config).graph);
    config.float32_storage = graph::ElementType::float16;
    auto const network = quantiser(config).graph;
    auto const stored = std::count_if(
        network.constants.begin(), network.constants.end(),
        [](auto const& entry) { return entry.second.type == graph::ElementType::float16; });
    EXPECT_EQ(stored, 1);  // the layer's weights, not its biases
    // Half a unit of 11 digits at most.
    double const noise = test::relative_noise(exact_tail, test::cells_of(network));
    EXPECT_LT(noise, 0x1p-11);
    EXPECT_GT(noise, 0.0);
}

TEST_F(QuantiserTest, fallbacks_say_what_became_of_the_layer)
{
    auto config = small_config();
    config.fallbacks["merge"] = {.reason = "asked for"};
    config.fallbacks["branch0.up"] = {.precision = LayerPrecision::bfloat16, .reason = "a trial"};
    auto const result = quantiser(config);
    auto const notes = read_layer_notes(result.graph);
    auto const of = [&](std::string const& layer) {
        return *std::find_if(notes.begin(), notes.end(),
                             [&](auto const& note) { return note.name == layer; });
    };
    ASSERT_EQ(notes.size(), result.layers.size());
    EXPECT_EQ(of("merge").precision, "f32");
    EXPECT_EQ(of("merge").reason, "asked for");
    EXPECT_EQ(of("branch0.up").precision, "bf16");
    EXPECT_EQ(of("dense").precision, "int8 weights");
    EXPECT_EQ(of("branch1.up").precision, "int8");
    EXPECT_GT(of("branch1.up").input.scale, 0.0F);
    EXPECT_LT(of("branch1.up").seen_low, of("branch1.up").seen_high);
    EXPECT_LT(test::relative_noise(exact, test::cells_of(result.graph)), 0.04);
    runtime::Plan const plan(result.graph, {.batch = 2});  // and the runtime takes it
    EXPECT_EQ(plan.precision(), runtime::Precision::int8);
}

TEST_F(QuantiserTest, notes_that_cannot_be_read_are_left_out)
{
    graph::Graph network;
    EXPECT_TRUE(read_layer_notes(network).empty());
    network.metadata[layer_notes_key] =
        "half a line|int8|0.1\na|int8|x|1|2|3|\nb|int8|0.5|3|-1|2|\n";
    auto const notes = read_layer_notes(network);
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0].name, "b");
    EXPECT_EQ(notes[0].input.zero_point, 3);
}

TEST_F(QuantiserTest, a_dead_channel_and_a_constant_tensor_stay_what_they_are)
{
    auto network = test::small_generator();
    auto& weights = network.constants.at("branch0.w").floats;
    std::fill(weights.begin(), weights.begin() + 5 * 16, 0.0F);  // one output channel
    Quantiser dead(network, runner);
    EXPECT_LT(
        test::relative_noise(test::cells_of(network), test::cells_of(dead(small_config()).graph)),
        0.04);
    std::fill(weights.begin(), weights.end(), 0.0F);
    Quantiser constant(network, runner);
    EXPECT_LT(test::relative_noise(test::cells_of(network),
                                   test::cells_of(constant(small_config()).graph)),
              0.04);
}

TEST_F(QuantiserTest, a_weight_that_is_not_finite_is_refused)
{
    auto network = test::small_generator();
    network.constants.at("merge.w").floats[0] = std::numeric_limits<float>::infinity();
    Quantiser infinite(network, runner);
    EXPECT_THROW(infinite(small_config()), InputError);
}

}  // namespace
}  // namespace lowcal::quantisation
