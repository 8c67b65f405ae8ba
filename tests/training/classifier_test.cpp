#include "training/classifier.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lowcal::training {
namespace {

TEST(AreaUnderCurve, counts_pairs_in_the_right_order_and_ties_half)
{
    // Candidates 0.4, 0.8 against 0.1, 0.4, 0.5: 1.5 and 3 of 3 pairs (scikit-learn: 0.75).
    EXPECT_DOUBLE_EQ(area_under_curve({0.1F, 0.4F, 0.5F}, {0.4F, 0.8F}), 0.75);
    EXPECT_DOUBLE_EQ(area_under_curve({1, 2}, {3, 4}), 1.0);
    EXPECT_DOUBLE_EQ(area_under_curve({3, 4}, {1, 2}), 0.0);
}

/// Normal numbers, [400, 5], with the third column's mean at `shift`.
torch::Tensor numbers(double shift)
{
    auto rows = torch::randn({400, 5});
    rows.select(1, 2) += shift;
    return rows;
}

TEST(Classifier, on_features_finds_a_shift_and_nothing_where_nothing_is)
{
    torch::manual_seed(1);
    auto const reference = numbers(0);
    auto const found = classify_features({reference, numbers(3)}, {});
    // Two normal distributions three deviations apart: area Phi(3 / sqrt 2) = 0.983.
    EXPECT_NEAR(found.area, 0.983, 4 * found.error);
    auto const nothing = classify_features({reference, numbers(0)}, {});
    EXPECT_NEAR(nothing.area, 0.5, 4 * nothing.error);
    EXPECT_LT(nothing.area, 0.7);
}

TEST(Classifier, on_cells_finds_a_bright_cell)
{
    torch::manual_seed(2);
    auto const reference = torch::rand({120, 3, 25, 25});
    auto candidate = torch::rand({120, 3, 25, 25});
    candidate.index({torch::indexing::Slice(), 1, 12, 12}) += 5;
    EXPECT_GT(classify_cells({reference, candidate}, {.repeats = 1}).area, 0.9);
}

TEST(Classifier, is_a_function_of_the_seed)
{
    torch::manual_seed(3);
    auto const reference = numbers(0);
    auto const candidate = numbers(0.5);
    auto const area = [&](std::uint64_t seed) {
        return classify_features({reference, candidate}, {.seed = seed, .repeats = 1}).area;
    };
    EXPECT_EQ(area(1), area(1));
    EXPECT_NE(area(1), area(2));
}

}  // namespace
}  // namespace lowcal::training
