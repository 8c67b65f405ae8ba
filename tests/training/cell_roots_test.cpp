#include "training/nn/cell_roots.hpp"

#include "training/architecture.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lowcal::training {
namespace {

constexpr float units_per_mev = image_scale / 1000.0;

TEST(CellRoots, are_the_roots_of_what_a_relu_leaves)
{
    auto const output = units_per_mev * torch::tensor({-3.0F, 0.0F, 1e-3F, 1.0F, 27.0F});
    auto const roots = cell_roots(output);
    EXPECT_TRUE(torch::allclose(roots, torch::tensor({0.0F, 0.0F, 0.1F, 1.0F, 3.0F}), 1e-6, 1e-7));
    EXPECT_TRUE(torch::equal(roots, roots_of_cells(torch::relu(output))));
}

TEST(CellRoots, have_a_finite_gradient_at_zero_and_one_that_fades_below)
{
    auto const output =
        (units_per_mev * torch::tensor({-3.0F, -0.1F, 0.0F, 0.1F, 8.0F})).set_requires_grad(true);
    auto const slope = torch::autograd::grad({cell_roots(output).sum()}, {output})[0];
    EXPECT_TRUE(slope.isfinite().all().item<bool>());
    EXPECT_GT(slope.min().item<double>(), 0.0);
    auto const at = [&](std::int64_t i) { return slope[i].item<double>(); };
    EXPECT_LT(at(0), 0.01 * at(1));
    EXPECT_LT(at(1), at(2));
    // Far above it is the cube root's own, 1 / (3 root^2), per unit.
    EXPECT_NEAR(at(4), 1.0 / 12.0 / units_per_mev, 0.01 / 12.0 / units_per_mev);
}

}  // namespace
}  // namespace lowcal::training
