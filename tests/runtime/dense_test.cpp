#include "runtime/compare.hpp"
#include "runtime/kernels/dense_kernel.hpp"
#include "runtime/small_networks.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace lowcal::runtime {
namespace {

graph::Graph dense_network(std::int64_t outputs, float slope)
{
    test::NetworkBuilder net;
    net.graph.inputs = {{.name = "x", .shape = {graph::batch_dimension, 11}}};
    net.node("Gemm", "dense", {"x", net.constant("w", {outputs, 11}), net.constant("b", {outputs})},
             {{"transB", std::int64_t{1}}});
    net.node("LeakyRelu", "leaky", {"dense"}, {{"alpha", slope}});
    net.graph.outputs = {{.name = "leaky", .shape = {}}};
    return net.graph;
}

TEST(Dense, with_leaky_relu_equals_the_reference_in_one_step)
{
    for (std::int64_t const outputs : {1, 25, 32, 70}) {
        auto const graph = dense_network(outputs, 0.3F);
        EXPECT_EQ(Plan(graph, {.batch = 2}).steps().size(), 1U);
        for (std::int64_t const batch : {1, 4, 7, 9})
            EXPECT_LT(test::worst_difference(graph, graph, {.batch = batch}), test::rounding(11));
        EXPECT_GT(test::worst_difference(dense_network(outputs, 0.31F), graph, {.batch = 7}),
                  test::rounding(11));
    }
}

TEST(DenseKernels, give_the_same_bits_for_any_rows_and_instruction_set)
{
    constexpr std::size_t rows = 17, inputs = 13, outputs = 45;  // up to 8 rows are made together
    auto const source = test::pseudo_random(rows * inputs, 2);
    auto const weights = test::pseudo_random(inputs * padded_outputs(outputs), 3);
    auto const bias = test::pseudo_random(padded_outputs(outputs), 4);
    DenseProduct product{.rows = rows,
                         .inputs = inputs,
                         .outputs = outputs,
                         .source = source.data(),
                         .weights = weights.data(),
                         .bias = bias.data(),
                         .slope = 0.3F};
    std::vector<float> expected(rows * outputs);
    product.result = expected.data();
    dense_kernels.baseline(product);
    for (auto const set : usable_instruction_sets())
        for (std::size_t const together : {1UL, 2UL, 7UL, 9UL, 17UL}) {
            std::vector<float> result(rows * outputs + 1, -7.0F);
            for (std::size_t row = 0; row < rows; row += together) {
                product.rows = std::min(together, rows - row);
                product.source = source.data() + row * inputs;
                product.result = result.data() + row * outputs;
                dense_kernels.of(set)(product);
            }
            EXPECT_EQ(result.back(), -7.0F) << name_of(set) << " wrote behind the end";
            result.pop_back();
            EXPECT_EQ(result, expected) << name_of(set) << ", " << together << " rows";
        }
}

TEST(DenseKernels, round_a_product_and_its_sum_once)
{
    // (1 + 2^-8) (1 - 2^-8 + 2^-16) = 1 + 2^-24 lies half-way between two floats: the bias decides,
    // however small, unless the product was rounded before, or the sum to double.
    constexpr float source = 1.0F + 0x1p-8F, factor = 1.0F - 0x1p-8F + 0x1p-16F;
    struct Case {
        float source, bias, sum;
    };
    constexpr Case cases[] = {{source, 0x1p-60F, 1.0F + 0x1p-23F},
                              {source, -0x1p-60F, 1.0F},
                              {-source, 0x1p-60F, -1.0F},
                              {-source, -0x1p-60F, -1.0F - 0x1p-23F},
                              {source, 0.0F, 1.0F},
                              {source, -1.0F, 0x1p-24F}};
    std::vector<float> const weights(padded_outputs(1), factor);
    for (auto const set : usable_instruction_sets())
        for (auto const& one : cases) {
            std::vector<float> const bias(padded_outputs(1), one.bias);
            float result = -7.0F;
            dense_kernels.of(set)({.rows = 1,
                                   .inputs = 1,
                                   .outputs = 1,
                                   .source = &one.source,
                                   .weights = weights.data(),
                                   .bias = bias.data(),
                                   .slope = 1.0F,
                                   .result = &result});
            EXPECT_EQ(result, one.sum) << name_of(set) << ", bias " << one.bias;
        }
}

}  // namespace
}  // namespace lowcal::runtime
