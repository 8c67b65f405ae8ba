#include "training/loop/physics_monitor.hpp"

#include "training/architecture.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lowcal::training {
namespace {

/// Showers of 5 x 6 x 7 cells whose energy lies in a few of them, sampling fraction about 0.1.
ShowerSet some_showers(std::int64_t count)
{
    torch::manual_seed(3);
    ShowerSet showers;
    auto& detector = showers.geometry.detector;
    detector.axes[0].cells = 5;
    detector.axes[1].cells = 6;
    detector.axes[2].cells = 7;
    showers.energy = torch::rand({count}) * 400 + 5;
    auto const cells = torch::relu(torch::randn({count, 5, 6, 7}) - 1.0);
    auto const sums = cells.sum({1, 2, 3}, true);
    auto const fraction = 0.1 + 0.01 * torch::randn({count, 1, 1, 1});
    showers.cells = cells / sums * fraction * showers.energy.view({count, 1, 1, 1}) * image_scale;
    return showers;
}

/// Gives back the held-out showers, through `change`, in the monitor's own order.
template <class Change>
PhysicsFigures figures_of(ShowerSet const& showers, Change&& change)
{
    PhysicsMonitor const monitor(showers);
    std::int64_t first = 0;
    return monitor([&](Primary const& primary) {
        auto const count = primary.energy.size(0);
        EXPECT_TRUE(torch::equal(primary.energy, showers.energy.slice(0, first, first + count)));
        auto const cells = showers.cells.slice(0, first, first + count);
        first += count;
        return change(cells);
    });
}

TEST(PhysicsMonitor, finds_nothing_wrong_with_the_reference_itself)
{
    auto const figures =
        figures_of(some_showers(70), [](torch::Tensor const& cells) { return cells; });
    EXPECT_EQ(figures.shape_mse, 0.0);
    EXPECT_EQ(figures.width.mean, 1.0);
    EXPECT_EQ(figures.width.rms, 1.0);
    ASSERT_FALSE(figures.hits.empty());
    for (double const ratio : figures.hits) EXPECT_EQ(ratio, 1.0);
    std::int64_t in_bins = 0;
    for (auto const& ratio : figures.sampling_fraction) {
        if (ratio.count < 2) continue;
        EXPECT_EQ(ratio.mean, 1.0);
        EXPECT_EQ(ratio.rms, 1.0);
        in_bins += ratio.count;
    }
    EXPECT_GE(in_bins, 60);
}

TEST(PhysicsMonitor, sees_a_tenth_too_much_energy)
{
    auto const showers = some_showers(70);
    auto const figures =
        figures_of(showers, [](torch::Tensor const& cells) { return cells * 1.1; });
    // Each profile is 1.1 times the other: (0.1 p / mean p)^2, averaged over its bins.
    auto const fraction =
        (showers.cells / (image_scale * showers.energy.view({-1, 1, 1, 1}))).mean(0);
    double expected = 0;
    for (std::int64_t axis = 0; axis < 3; ++axis) {
        auto const profile = fraction.sum({axis == 0 ? 1 : 0, axis == 2 ? 1 : 2});
        expected += (0.1 * profile / profile.mean()).square().sum().item<double>() / (5 + 6 + 7);
    }
    EXPECT_NEAR(figures.shape_mse, expected, 1e-4 * expected);
    EXPECT_NEAR(figures.width.mean, 1.0, 1e-5);
    for (auto const& ratio : figures.sampling_fraction) {
        if (ratio.count < 2) continue;
        EXPECT_NEAR(ratio.mean, 1.1, 1e-5);
        EXPECT_NEAR(ratio.rms, 1.1, 1e-4);
    }
}

TEST(PhysicsMonitor, sees_hits_that_are_missing)
{
    auto const figures = figures_of(some_showers(70), [](torch::Tensor const& cells) {
        auto half = cells.clone();
        half.slice(3, 0, 3).zero_();
        return half;
    });
    EXPECT_NEAR(figures.hits.front(), 4.0 / 7.0, 0.02);
}

}  // namespace
}  // namespace lowcal::training
