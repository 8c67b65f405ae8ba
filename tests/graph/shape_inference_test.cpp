#include "graph/shapes/shape_inference.hpp"

#include "one_node.hpp"
#include "small_network.hpp"

namespace lowcal::graph {
namespace {

using Integers = std::vector<std::int64_t>;

TEST(ShapeInference, every_value_has_a_shape_for_any_batch)
{
    auto const shapes = infer_shapes(small_network(), 7);
    EXPECT_EQ(shapes.at("latent"), (Shape{7, 4}));
    EXPECT_EQ(shapes.at("dense.out"), (Shape{7, 18}));
    EXPECT_EQ(shapes.at("image.out"), (Shape{7, 2, 3, 3}));
    EXPECT_EQ(shapes.at("conv.weight"), (Shape{2, 2, 3, 3}));
    EXPECT_EQ(shapes.at("shower"), (Shape{7, 2, 3, 3}));
    EXPECT_EQ(shapes.size(), 2U + 9U + 7U);
    EXPECT_EQ(infer_shapes(small_network(), 1).at("shower"), (Shape{1, 2, 3, 3}));
}

TEST(ShapeInference, types_follow_the_values)
{
    auto const infos = infer_values(small_network(), 1);
    EXPECT_EQ(infos.at("shower").type, ElementType::float32);
    EXPECT_EQ(infos.at("image").type, ElementType::int64);
}

TEST(ShapeInference, an_output_of_another_shape_or_type_than_declared_is_refused)
{
    auto graph = small_network();
    graph.outputs[0].shape = {batch_dimension, 2, 3, 4};
    EXPECT_TRUE(mentions(error_of([&] { infer_shapes(graph, 1); }),
                         {"'shower'", "[N, 2, 3, 4]", "[1, 2, 3, 3]"}));
    graph = small_network();
    graph.outputs[0].type = ElementType::int8;
    EXPECT_TRUE(mentions(error_of([&] { infer_shapes(graph, 1); }), {"'shower'", "int8"}));
}

TEST(ShapeInference, shapes_that_do_not_fit_name_the_node)
{
    auto graph = small_network();
    graph.constants["conv.weight"] = wavy({2, 3, 3, 3});
    EXPECT_TRUE(mentions(error_of([&] { infer_shapes(graph, 5); }),
                         {"Conv node 'conv'", "[5, 2, 3, 3]", "[2, 3, 3, 3]"}));
    graph = small_network();
    graph.constants["norm.mean"] = wavy({3});
    EXPECT_TRUE(mentions(error_of([&] { infer_shapes(graph, 1); }),
                         {"BatchNormalization node 'norm'", "'norm.mean'", "[3]", "2 channels"}));
    graph = small_network();
    graph.constants["conv.bias"] = wavy({3});
    EXPECT_TRUE(mentions(error_of([&] { infer_shapes(graph, 1); }), {"'conv'", "bias", "[3]"}));
}

TEST(ShapeInference, sizes_that_the_network_computes_are_refused)
{
    auto const x = counting({2, 3});
    auto const length = integers({1}, {6});
    auto const message = error_of([&] { run({"Reshape", {x, length}}); });
    EXPECT_TRUE(mentions(message, {"Reshape node 'tested'", "'input_1'", "must be a constant"}));
    EXPECT_EQ(run({"Reshape", {x, fixed(length)}}).shape, (Shape{6}));
}

TEST(ShapeInference, sizes_must_be_a_list_of_integers)
{
    auto const x = counting({2, 3});
    EXPECT_TRUE(mentions(error_of([&] {
                             run({"Reshape", {x, fixed(floats({1}, {6}))}});
                         }),
                         {"Reshape node 'tested'", "float32"}));
    EXPECT_TRUE(mentions(error_of([&] {
                             run({"Reshape", {x, fixed(integers({1, 1}, {6}))}});
                         }),
                         {"Reshape node 'tested'", "[1, 1]"}));
}

TEST(ShapeInference, values_beyond_one_gibibyte_are_refused)
{
    auto const x = counting({1});
    auto const huge = [&](Integers sizes) {
        auto const rank = static_cast<std::int64_t>(sizes.size());
        infer_shapes(graph_of({"Expand", {x, fixed(integers({rank}, std::move(sizes)))}}), 1);
    };
    EXPECT_NO_THROW(huge({1 << 28}));
    EXPECT_TRUE(mentions(error_of([&] { huge({1 << 29, 2}); }), {"'tested'", "too large"}));
    error_of([&] { huge({std::int64_t{1} << 40, std::int64_t{1} << 40}); });
    error_of([&] { huge({-5}); });
    error_of([&] { infer_shapes(small_network(), std::int64_t{1} << 28); });
}

TEST(ShapeInference, constants_may_come_from_constant_nodes)
{
    auto graph = graph_of({"Reshape", {counting({2, 3}), fixed(integers({1}, {6}))}});
    graph.constants.clear();
    graph.nodes.insert(graph.nodes.begin(),
                       {"sizes", "Constant", {}, {"input_1"}, {{"value_ints", Integers{3, -1}}}});
    EXPECT_EQ(infer_shapes(graph, 1).at("output_0"), (Shape{3, 2}));
}

}  // namespace
}  // namespace lowcal::graph
