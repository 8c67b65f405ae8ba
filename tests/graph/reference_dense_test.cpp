#include "one_node.hpp"

#include <cmath>

namespace lowcal::graph {
namespace {

using Values = std::vector<float>;

auto const a = floats({2, 3}, {1, 2, 3, 4, 5, 6});
auto const b = floats({3, 2}, {1, 0, 0, 1, 2, 2});

TEST(ReferenceDense, gemm_multiplies_scales_and_adds)
{
    auto const bias = floats({2}, {10, 20});
    // A B = [1+6, 2+6; 4+12, 5+12] = [7, 8; 16, 17]
    EXPECT_EQ(run({"Gemm", {a, b}}).floats, (Values{7, 8, 16, 17}));
    EXPECT_EQ(run({"Gemm", {a, b, bias}}).floats, (Values{17, 28, 26, 37}));
    // 2 A B + 0.5 C
    EXPECT_EQ(run({"Gemm", {a, b, bias}, {{"alpha", 2.0F}, {"beta", 0.5F}}}).floats,
              (Values{14 + 5, 16 + 10, 32 + 5, 34 + 10}));
}

TEST(ReferenceDense, gemm_transposes_its_operands)
{
    auto const transposed_a = floats({3, 2}, {1, 4, 2, 5, 3, 6});
    auto const transposed_b = floats({2, 3}, {1, 0, 2, 0, 1, 2});
    auto const one = std::int64_t{1};
    EXPECT_EQ(run({"Gemm", {transposed_a, b}, {{"transA", one}}}).floats, (Values{7, 8, 16, 17}));
    EXPECT_EQ(run({"Gemm", {a, transposed_b}, {{"transB", one}}}).floats, (Values{7, 8, 16, 17}));
    // Read without the flag the same numbers are another matrix: [1 4; 2 5; 3 6] [1 0 2; 0 1 2].
    EXPECT_EQ(run({"Gemm", {transposed_a, transposed_b}}).floats,
              (Values{1, 4, 10, 2, 5, 14, 3, 6, 18}));
}

TEST(ReferenceDense, gemm_broadcasts_a_column_of_biases)
{
    EXPECT_EQ(run({"Gemm", {a, b, floats({2, 1}, {10, 20})}}).floats, (Values{17, 18, 36, 37}));
    auto const message = error_of([] { run({"Gemm", {a, b, floats({3}, {1, 2, 3})}}); });
    EXPECT_TRUE(mentions(message, {"Gemm node 'tested'", "[3]", "[2, 2]"}));
}

TEST(ReferenceDense, matmul_multiplies_stacks_of_matrices)
{
    EXPECT_EQ(run({"MatMul", {a, b}}).floats, (Values{7, 8, 16, 17}));
    auto const stack = floats({2, 1, 2}, {1, 2, 3, 4});
    auto const matrix = floats({2, 2}, {1, 1, 0, 2});
    // [1 2] M = [1, 1 + 4], [3 4] M = [3, 3 + 8]
    auto const result = run({"MatMul", {stack, matrix}});
    EXPECT_EQ(result.shape, (Shape{2, 1, 2}));
    EXPECT_EQ(result.floats, (Values{1, 5, 3, 11}));
    // Two matrices against one row stretch the row: [1 1] M0 and [1 1] M1.
    auto const two = floats({2, 2, 1}, {1, 2, 3, 4});
    EXPECT_EQ(run({"MatMul", {floats({1, 1, 2}, {1, 1}), two}}).floats, (Values{3, 7}));
}

TEST(ReferenceDense, matmul_takes_vectors_as_row_or_column)
{
    auto const row = run({"MatMul", {floats({2}, {1, 2}), a}});  // [1 2] A
    EXPECT_EQ(row.shape, (Shape{3}));
    EXPECT_EQ(row.floats, (Values{9, 12, 15}));
    auto const column = run({"MatMul", {a, floats({3}, {1, 0, 2})}});
    EXPECT_EQ(column.shape, (Shape{2}));
    EXPECT_EQ(column.floats, (Values{7, 16}));
    auto const dot = run({"MatMul", {floats({2}, {1, 2}), floats({2}, {3, 4})}});
    EXPECT_EQ(dot.shape, Shape{});
    EXPECT_EQ(dot.floats, (Values{11}));
}

TEST(ReferenceDense, sums_do_not_lose_small_terms)
{
    // In float32, 1e8 + 1 - 1e8 is 0.
    auto const row = floats({1, 3}, {1e8F, 1, -1e8F});
    EXPECT_EQ(run({"MatMul", {row, floats({3, 1}, {1, 1, 1})}}).floats, (Values{1}));
}

TEST(ReferenceDense, matrices_that_do_not_fit_are_refused)
{
    auto const message = error_of([] { run({"MatMul", {a, a}}); });
    EXPECT_TRUE(mentions(message, {"MatMul node 'tested'", "[2, 3]"}));
    EXPECT_TRUE(mentions(error_of([] { run({"Gemm", {a, a}}); }), {"[2, 3] and [2, 3]"}));
}

TEST(ReferenceDense, batch_normalization_uses_four_numbers_per_channel)
{
    auto const x = floats({1, 2, 2}, {1, 3, 10, 20});
    auto const scale = floats({2}, {2, 3});
    auto const shift = floats({2}, {5, 7});
    auto const mean = floats({2}, {1, 10});
    auto const variance = floats({2}, {3, 24});
    // variance + epsilon 1 = 4 and 25: 2 (1-1)/2 + 5, 2 (3-1)/2 + 5, 3 (10-10)/5 + 7, 3 (20-10)/5 +
    // 7
    Attributes const epsilon_one{{"epsilon", 1.0F}};
    EXPECT_EQ(run({"BatchNormalization", {x, scale, shift, mean, variance}, epsilon_one}).floats,
              (Values{5, 7, 7, 13}));
    auto const other = run({"BatchNormalization", {x, scale, shift, mean, variance}}).floats;
    EXPECT_NEAR(other[1], 2 * 2 / std::sqrt(3.00001) + 5, 1e-6);  // default epsilon 1e-5
    EXPECT_GT(other[1], 7.1F);
}

TEST(ReferenceDense, batch_normalization_in_training_mode_is_refused)
{
    auto const one = floats({1}, {1});
    auto const message = error_of([&] {
        run({"BatchNormalization",
             {floats({1, 1}, {1}), one, one, one, one},
             {{"training_mode", std::int64_t{1}}}});
    });
    EXPECT_TRUE(mentions(message, {"BatchNormalization node 'tested'", "training_mode"}));
}

}  // namespace
}  // namespace lowcal::graph
