// Networks of others: what quantisation cannot do right it refuses, or leaves alone.

#include "core/error.hpp"
#include "quantisation/form/blocks.hpp"
#include "quantisation/form/canonical_form.hpp"
#include "quantisation/plan/int8_plan.hpp"
#include "quantisation/quantiser.hpp"
#include "quantisation/small_int8.hpp"
#include "runtime/compare.hpp"
#include "runtime/small_networks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace lowcal::quantisation {
namespace {

TEST(ForeignNetwork, made_for_several_showers_is_refused)
{
    auto fixed = test::small_generator();
    for (auto& input : fixed.inputs) input.shape.front() = 4;
    fixed.outputs.front().shape.front() = 4;
    test::ReferenceRunner const runner;
    try {
        Quantiser const quantiser(fixed, runner);
        ADD_FAILURE() << "no error";
    } catch (InputError const& error) {
        EXPECT_NE(std::string(error.what()).find("fixed to 4"), std::string::npos) << error.what();
    }
}

/// conv -> Add of a constant -> conv
graph::Graph with_addition(graph::Shape const& shape)
{
    test::NetworkBuilder net;
    net.graph.inputs = {{.name = "x", .shape = {graph::batch_dimension, 4, 3, 3}}};
    net.graph.outputs = {{.name = "z", .shape = {}}};
    net.node("Conv", "a", {"x", net.constant("a.w", {3, 4, 1, 1})});
    net.node("Add", "b", {"a", net.constant("shift", shape)});
    net.node("Conv", "z", {"b", net.constant("z.w", {2, 3, 1, 1})});
    return net.graph;
}

TEST(ForeignNetwork, numbers_added_per_cell_are_not_scaled_as_if_per_channel)
{
    auto const per_channel = with_addition({1, 3, 1, 1});
    EXPECT_TRUE(Blocks(per_channel).ending_in("b"));
    for (auto const& shape :
         {graph::Shape{3, 3}, graph::Shape{3, 1, 1}, graph::Shape{1, 3, 3, 3}}) {
        auto const other = with_addition(shape);
        EXPECT_FALSE(Blocks(other).ending_in("b"));
    }
}

/// x [N, 16, 6, 6] -> 16 channels, 5 x 5 -> `narrow` channels, 1 x 1 -> of these 5 x 5 -> 2
/// channels.
graph::Graph with_narrow_layer(std::int64_t narrow)
{
    test::NetworkBuilder net;
    net.graph.inputs = {{.name = "x", .shape = {graph::batch_dimension, 16, 6, 6}}};
    net.graph.outputs = {{.name = "z", .shape = {}}};
    net.node("Conv", "wide", {"x", net.constant("wide.w", {16, 16, 5, 5})});
    net.node("Conv", "less", {"wide", net.constant("less.w", {narrow, 16, 1, 1})});
    net.node("Conv", "z", {"less", net.constant("z.w", {2, narrow, 2, 2})});
    return net.graph;
}

TEST(ForeignNetwork, narrow_layers_are_int8_where_they_are_much_of_the_work)
{
    // Of some 26 000 multiplications the last layer has 64.
    EXPECT_EQ(plan_int8(with_narrow_layer(8), {}).precision_of("z"), LayerPrecision::int8_weights);
    // With 256 output channels it has 8192, a quarter.
    auto much = with_narrow_layer(8);
    much.constants["z.w"] = {.shape = {256, 8, 2, 2},
                             .floats = test::pseudo_random(std::size_t{256} * 8 * 4)};
    EXPECT_EQ(plan_int8(much, {}).precision_of("z"), LayerPrecision::int8);
    // A number that was chosen stands.
    EXPECT_EQ(plan_int8(much, {.least_channels = 12}).precision_of("z"),
              LayerPrecision::int8_weights);
    // And with fewer channels than a vector is worth it never is.
    auto thin = with_narrow_layer(3);
    thin.constants["z.w"] = {.shape = {256, 3, 2, 2},
                             .floats = test::pseudo_random(std::size_t{256} * 3 * 4)};
    EXPECT_EQ(plan_int8(thin, {}).precision_of("z"), LayerPrecision::int8_weights);
    EXPECT_EQ(plan_int8(thin, {}).precision_of("less"), LayerPrecision::int8);
}

/// noise x energy, a dense layer, convolutions of 4 channels, a tanh and a normalisation, and a
/// layer that is stored in bfloat16: all that quantisation adds nodes for.
graph::Graph of_everything()
{
    test::NetworkBuilder net;
    net.graph.inputs = {{.name = "latent", .shape = {graph::batch_dimension, 6}},
                        {.name = "energy", .shape = {graph::batch_dimension, 1}}};
    net.graph.outputs = {{.name = "shower", .shape = {graph::batch_dimension, 2, 3, 3}}};
    net.node("Mul", "scaled", {"latent", "energy"});
    net.node("Gemm", "dense", {"scaled", net.constant("w", {6, 36}), net.constant("b", {36})});
    net.node("Reshape", "image", {"dense", net.shape_constant("image.sizes", {0, 4, 3, 3})});
    net.node("Conv", "a", {"image", net.constant("a.w", {4, 4, 1, 1}), net.constant("a.b", {4})});
    auto const normalised = net.activation_and_norm("a.block", "a", 4);
    net.node("Add", "moved", {normalised, net.constant("places", {1, 1, 3, 3})});
    net.node("Conv", "c", {"moved", net.constant("c.w", {4, 4, 1, 1}), net.constant("c.b", {4})});
    net.node("Tanh", "bent", {"c"});
    net.node("Conv", "d", {"bent", net.constant("d.w", {4, 4, 1, 1}), net.constant("d.b", {4})});
    net.node("Conv", "e", {"d", net.constant("e.w", {2, 4, 1, 1}), net.constant("e.b", {2})});
    net.node("Relu", "shower", {"e"});
    return net.graph;
}

std::set<std::string> names_of(graph::Graph const& network)
{
    std::set<std::string> names;
    for (auto const& [name, tensor] : network.constants) names.insert(name);
    for (auto const& node : network.nodes) names.insert(node.outputs.begin(), node.outputs.end());
    return names;
}

void rename(graph::Graph& network, std::string const& from, std::string const& to)
{
    for (auto& node : network.nodes) {
        std::replace(node.inputs.begin(), node.inputs.end(), from, to);
        std::replace(node.outputs.begin(), node.outputs.end(), from, to);
    }
    if (auto constant = network.constants.extract(from)) {
        constant.key() = to;
        network.constants.insert(std::move(constant));
    }
}

TEST(ForeignNetwork, may_have_any_name_that_quantisation_adds)
{
    test::ReferenceRunner const runner;
    Quantiser::Config config;
    config.fallbacks["d"] = {.precision = LayerPrecision::bfloat16, .reason = "a trial"};
    auto const quantised = [&](graph::Graph const& network) {
        return Quantiser(network, runner)(config).graph;
    };
    auto const original = of_everything();
    auto const plain = quantised(original);
    auto const cells = test::cells_of(plain);
    std::set<std::string> added;
    auto const own = names_of(original);
    for (auto const& form : {canonical_form(original).graph, plain})
        for (auto const& name : names_of(form))
            if (!own.contains(name)) added.insert(name);
    EXPECT_GT(added.size(), 40U);
    for (auto const& name : added)
        for (auto const* const other : {"w", "places", "e.b", "bent", "moved"}) {
            auto network = original;
            rename(network, other, name);
            EXPECT_EQ(test::cells_of(quantised(network)), cells) << other << " as " << name;
        }
}

}  // namespace
}  // namespace lowcal::quantisation
