#include "quantisation/form/canonical_form.hpp"

#include "graph/reference/reference.hpp"
#include "runtime/compare.hpp"
#include "runtime/small_networks.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace lowcal::quantisation {
namespace {

std::map<std::string, graph::Tensor> inputs_for(std::vector<float> const& energies)
{
    auto const count = static_cast<std::int64_t>(energies.size());
    return {{"latent", {.shape = {count, 6}, .floats = test::pseudo_random(6 * energies.size())}},
            {"energy", {.shape = {count, 1}, .floats = energies}}};
}

/// Largest difference of a shower's cells over its largest cell.
double worst(graph::Graph const& one, graph::Graph const& other, float energy)
{
    auto const a = graph::run_reference(one, inputs_for({energy})).at("shower").floats;
    auto const b = graph::run_reference(other, inputs_for({energy})).at("shower").floats;
    float difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference = std::max(difference, std::abs(a[i] - b[i]));
    return static_cast<double>(difference / *std::max_element(a.begin(), a.end()));
}

class CanonicalFunction : public ::testing::TestWithParam<graph::Graph (*)()> {};

TEST_P(CanonicalFunction, is_the_same_at_every_energy)
{
    auto const network = GetParam()();
    auto const canonical = canonical_form(network).graph;
    auto wrong = canonical;
    for (auto& [name, constant] : wrong.constants)
        if (name.ends_with(".shifted.constant"))
            for (auto& number : constant.floats) number *= 1.01F;
    for (float const energy : {2.0F, 30.0F, 500.0F}) {
        // Some 300 products to a cell, each rounded: 300 x 6e-8, and a few layers.
        EXPECT_LT(worst(network, canonical, energy), 5e-5) << energy << " GeV";
        EXPECT_GT(worst(network, wrong, energy), 5e-5) << energy << " GeV";  // the check bites
    }
}

INSTANTIATE_TEST_SUITE_P(Generators, CanonicalFunction,
                         ::testing::Values(test::small_generator,
                                           test::small_generator_of_fixed_norm));

TEST(CanonicalForm, recognises_the_energy_behind_latents_of_fixed_norm)
{
    // Else activations would grow with the energy, and no shift would be divided by it.
    auto const canonical = canonical_form(test::small_generator_of_fixed_norm()).graph;
    EXPECT_TRUE(canonical.constants.contains("energy.offset"));
    auto other = test::small_generator_of_fixed_norm();
    for (auto& node : other.nodes)  // a norm that knows the energy is no noise
        if (node.name == "latent.mean_square") node.inputs[1] = "energy";
    EXPECT_FALSE(canonical_form(other).graph.constants.contains("energy.offset"));
}

TEST(CanonicalForm, activations_have_the_same_size_at_all_energies)
{
    // This network's shifts are of order one, and so must be the offset.
    auto const canonical = canonical_form(test::small_generator(), {.energy_offset = 1.0}).graph;
    auto const values = graph::run_reference(canonical, inputs_for({2.0F, 500.0F}),
                                             {.keep = graph::Keep::all_values});
    auto const spread = [&](std::string const& name) {
        auto const& numbers = values.at(name).floats;
        auto const half = numbers.size() / 2;
        auto largest = [](auto first, auto last) {
            return std::max(*std::max_element(first, last), -*std::min_element(first, last));
        };
        auto const middle = numbers.begin() + static_cast<std::ptrdiff_t>(half);
        auto const low = largest(numbers.begin(), middle);
        auto const high = largest(middle, numbers.end());
        return std::max(low, high) / std::min(low, high);
    };
    EXPECT_LT(spread("branch0.norm"), 20.0F);  // the primary energies differ by 250
    EXPECT_LT(spread("concat"), 20.0F);
}

TEST(CanonicalForm, has_no_batch_normalisation_left)
{
    for (auto const& node : canonical_form(test::small_generator()).graph.nodes)
        EXPECT_NE(node.op, "BatchNormalization");
}

/// Whether a node multiplies or adds what belongs to a shower's energy.
bool reads_per_shower(graph::Node const& node)
{
    return std::any_of(node.inputs.begin(), node.inputs.end(), [](auto const& input) {
        return input.ends_with(".per_n") || input.starts_with("n.rank");
    });
}

TEST(CanonicalForm, divides_up_to_an_operator_that_is_not_homogeneous)
{
    auto network = test::small_generator();
    for (auto& node : network.nodes)
        if (node.name == "branch0.leaky" || node.name == "branch1.leaky") {
            node.op = "Tanh";
            node.attributes.clear();
        }
    auto const [canonical, absolute_from] = canonical_form(network);
    EXPECT_EQ(absolute_from, "Tanh node 'branch0.leaky'");
    for (float const energy : {2.0F, 500.0F})
        EXPECT_LT(worst(network, canonical, energy), 5e-5) << energy << " GeV";
    for (auto const& node : canonical.nodes) {
        if (node.name == "dense.biased") {
            EXPECT_TRUE(reads_per_shower(node)) << node.name;
        }
        if (node.name == "branch0.conv.convolved.absolute") {
            EXPECT_TRUE(reads_per_shower(node)) << node.name;
        }
        if (node.name == "branch0.up.biased") {
            EXPECT_FALSE(reads_per_shower(node)) << node.name;
        }
    }
}

TEST(CanonicalForm, divides_again_behind_what_grows_with_its_input)
{
    auto const with = [](std::string const& op, float alpha) {
        auto network = test::small_generator();
        for (auto& node : network.nodes)
            if (node.name == "branch0.leaky" || node.name == "branch1.leaky") {
                node.op = op;
                node.attributes = {{"alpha", alpha}};
            }
        return network;
    };
    auto const network = with("Elu", 0.5F);
    auto const [canonical, absolute_from] = canonical_form(network);
    EXPECT_EQ(absolute_from, "");
    for (float const energy : {2.0F, 30.0F, 500.0F}) {
        EXPECT_LT(worst(network, canonical, energy), 5e-5) << energy << " GeV";
        EXPECT_GT(worst(with("Elu", 0.6F), canonical, energy), 5e-5) << energy << " GeV";
    }
    // What it makes is divided by the energy again, so that the layer behind reads the same size at
    // all energies. (Shifts of order one hide some of the growth by a hundred.)
    auto const values = graph::run_reference(canonical, inputs_for({5.0F, 500.0F}),
                                             {.keep = graph::Keep::all_values});
    auto const largest_of = [&](std::string const& name, std::size_t shower) {
        auto const& numbers = values.at(name).floats;
        auto const first =
            numbers.begin() + static_cast<std::ptrdiff_t>(shower * numbers.size() / 2);
        return *std::max_element(first, first + static_cast<std::ptrdiff_t>(numbers.size() / 2));
    };
    EXPECT_LT(largest_of("branch0.leaky", 1) / largest_of("branch0.leaky", 0), 2.0F);
    EXPECT_GT(largest_of("branch0.leaky.absolute", 1) / largest_of("branch0.leaky.absolute", 0),
              4.0F);
}

TEST(CanonicalForm, divides_nothing_that_showers_are_not_the_first_axis_of)
{
    auto network = test::small_generator();
    for (auto& node : network.nodes)
        if (node.name == "dense") node.outputs = {"made"};
    auto const place = std::find_if(network.nodes.begin(), network.nodes.end(),
                                    [](auto const& node) { return node.name == "volume"; });
    auto const integers = [&](std::string const& name, std::vector<std::int64_t> const& numbers) {
        network.constants[name] = {
            graph::ElementType::int64, {static_cast<std::int64_t>(numbers.size())}, {}, numbers};
        return name;
    };
    network.constants["five"] = {.shape = {1, 25}, .floats = test::pseudo_random(25)};
    std::vector<graph::Node> const folded{
        {"rows", "Reshape", {"made", integers("rows.shape", {-1, 25})}, {"rows"}, {}},
        {"added", "Add", {"rows", "five"}, {"added"}, {}},
        {"back", "Reshape", {"added", integers("back.shape", {-1, 125})}, {"dense"}, {}}};
    network.nodes.insert(place, folded.begin(), folded.end());
    auto const [canonical, absolute_from] = canonical_form(network);
    EXPECT_EQ(absolute_from, "Reshape node 'rows'");
    auto const both = inputs_for({3.0F, 300.0F});
    auto const cells = graph::run_reference(network, both).at("shower").floats;
    auto const same = graph::run_reference(canonical, both).at("shower").floats;
    auto const largest = *std::max_element(cells.begin(), cells.end());
    for (std::size_t i = 0; i < cells.size(); ++i) ASSERT_NEAR(same[i], cells[i], 5e-5F * largest);
}

}  // namespace
}  // namespace lowcal::quantisation
