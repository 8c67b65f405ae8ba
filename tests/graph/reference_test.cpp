#include "graph/reference/reference.hpp"

#include "one_node.hpp"
#include "small_network.hpp"

namespace lowcal::graph {
namespace {

std::map<std::string, Tensor> two_showers()
{
    return {{"latent", wavy({2, 4})}, {"energy", floats({2, 1}, {1.5F, 0.25F})}};
}

TEST(Reference, returns_outputs_only_unless_asked_for_all_values)
{
    auto const outputs = run_reference(small_network(), two_showers());
    ASSERT_EQ(outputs.size(), 1U);
    EXPECT_EQ(outputs.at("shower").shape, (Shape{2, 2, 3, 3}));
    auto const all = run_reference(small_network(), two_showers(), {.keep = Keep::all_values});
    EXPECT_EQ(all.size(), 9U);  // two inputs, seven nodes
    EXPECT_EQ(all.at("shower").floats, outputs.at("shower").floats);
    EXPECT_EQ(all.at("dense.out").shape, (Shape{2, 18}));
}

TEST(Reference, values_between_nodes_follow_from_those_before)
{
    auto const all = run_reference(small_network(), two_showers(), {.keep = Keep::all_values});
    auto const& before = all.at("conv.out").floats;
    auto const& after = all.at("leaky.out").floats;
    int negative = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
        EXPECT_FLOAT_EQ(after[i], before[i] < 0 ? 0.3F * before[i] : before[i]);
        negative += before[i] < 0 ? 1 : 0;
    }
    EXPECT_GT(negative, 0);
}

TEST(Reference, a_batch_gives_what_its_showers_give_one_by_one)
{
    auto const together = run_reference(small_network(), two_showers()).at("shower").floats;
    std::vector<float> one_by_one;
    for (std::size_t shower = 0; shower < 2; ++shower) {
        auto inputs = two_showers();
        for (auto& [name, tensor] : inputs) {
            auto const length = static_cast<std::ptrdiff_t>(tensor.floats.size() / 2);
            auto const first = tensor.floats.begin() + static_cast<std::ptrdiff_t>(shower) * length;
            tensor = floats({1, length}, {first, first + length});
        }
        auto const single = run_reference(small_network(), inputs).at("shower").floats;
        one_by_one.insert(one_by_one.end(), single.begin(), single.end());
    }
    EXPECT_EQ(together, one_by_one);
}

TEST(Reference, inputs_that_are_missing_or_do_not_fit_are_refused)
{
    auto inputs = two_showers();
    inputs["latent"] = wavy({2, 5});
    EXPECT_TRUE(mentions(error_of([&] { run_reference(small_network(), inputs); }),
                         {"'latent'", "[2, 4]", "[2, 5]"}));
    inputs["latent"] = wavy({3, 4});
    EXPECT_TRUE(mentions(error_of([&] { run_reference(small_network(), inputs); }),
                         {"'energy'", "[3, 1]", "[2, 1]"}));
    inputs.erase("latent");
    EXPECT_TRUE(mentions(error_of([&] { run_reference(small_network(), inputs); }),
                         {"'latent'", "not given"}));
    inputs["latent"] = {ElementType::float32, {2, 4}, {1, 2, 3}, {}};
    EXPECT_TRUE(mentions(error_of([&] { run_reference(small_network(), inputs); }),
                         {"'latent'", "8 elements"}));
}

TEST(Reference, constant_nodes_and_outputs_that_are_constants_work)
{
    Graph graph;
    graph.inputs = {{"x", ElementType::float32, {2}}};
    graph.constants["k"] = floats({1}, {5});
    graph.nodes = {{"two", "Constant", {}, {"c"}, {{"value_float", 2.0F}}},
                   {"times", "Mul", {"x", "c"}, {"y"}, {}}};
    graph.outputs = {{"y", ElementType::float32, {2}}, {"k", ElementType::float32, {1}}};
    auto const result = run_reference(graph, {{"x", floats({2}, {3, 4})}});
    EXPECT_EQ(result.at("y").floats, (std::vector<float>{6, 8}));
    EXPECT_EQ(result.at("k").floats, (std::vector<float>{5}));
}

}  // namespace
}  // namespace lowcal::graph
