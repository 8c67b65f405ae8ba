// Networks of others: what quantisation cannot do right it refuses, or leaves alone.

#include "core/error.hpp"
#include "quantisation/form/blocks.hpp"
#include "quantisation/form/canonical_form.hpp"
#include "quantisation/quantiser.hpp"
#include "quantisation/small_int8.hpp"
#include "runtime/small_networks.hpp"

#include <gtest/gtest.h>

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

TEST(ForeignNetwork, a_value_with_the_name_of_one_that_quantisation_adds_is_refused)
{
    auto network = test::small_generator();
    network.constants["one"] = {.shape = {1}, .floats = {2.0F}};
    EXPECT_THROW(canonical_form(network, {.unit = ActivationUnit::per_shower}), InputError);
}

}  // namespace
}  // namespace lowcal::quantisation
