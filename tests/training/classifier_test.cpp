#include "training/classifier.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lowcal::training {
namespace {

TEST(Classifier, on_cells_finds_a_bright_cell)
{
    torch::manual_seed(2);
    auto const reference = torch::rand({120, 3, 25, 25});
    auto candidate = torch::rand({120, 3, 25, 25});
    candidate.index({torch::indexing::Slice(), 1, 12, 12}) += 5;
    EXPECT_GT(classify_cells({reference, candidate}, {.repeats = 1}).area, 0.9);
}

TEST(Classifier, finds_nothing_where_nothing_is_and_is_a_function_of_the_seed)
{
    torch::manual_seed(3);
    auto const reference = torch::rand({200, 3, 25, 25});
    auto const candidate = torch::rand({200, 3, 25, 25});
    auto const found = [&](std::uint64_t seed) {
        return classify_cells({reference, candidate}, {.seed = seed, .repeats = 1, .epochs = 3});
    };
    EXPECT_NEAR(found(1).area, 0.5, 4 * found(1).error);
    EXPECT_LT(found(1).error, 0.1);
    EXPECT_EQ(found(1).area, found(1).area);
    EXPECT_NE(found(1).area, found(2).area);
}

}  // namespace
}  // namespace lowcal::training
