#include "validation/judge/worsened.hpp"

#include "physics_unit/toy_detectors.hpp"
#include "validation/known_showers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lowcal::validation {
namespace {

double hits_of(std::span<float const> cells)
{
    return static_cast<double>(
        std::ranges::count_if(cells, [](float cell) { return cell > 0.0F; }));
}

TEST(Worsener, smears_cells_by_five_percent)
{
    auto const& real = real_showers();
    Worsener worsen(clic_detector(), part_of(real, 0, 100), 1);
    auto const before = real.shower(0);
    std::vector<float> after(before.begin(), before.end());
    worsen(Worsening::smeared, after, real.primary_energy[0], 0);
    double sum = 0, squares = 0, count = 0;
    for (std::size_t i = 0; i < after.size(); ++i) {
        if (!(before[i] > 1e-5F)) continue;  // others may have fallen under the smallest energy
        double const change = static_cast<double>(after[i] / before[i]) - 1;
        sum += change;
        squares += change * change;
        ++count;
    }
    ASSERT_GT(count, 300.0);
    EXPECT_NEAR(sum / count, 0.0, 4 * 0.05 / std::sqrt(count));
    EXPECT_NEAR(std::sqrt(squares / count), 0.05, 4 * 0.05 / std::sqrt(2 * count));
}

TEST(Worsener, moves_half_of_each_cell_to_the_next)
{
    data::ShowerBlock block;
    physics::append_toy(physics::toy_box(), block, 10.0F,
                        {{{3, 1, 2}, 0.002F}, {{9, 1, 2}, 0.004F}});
    Worsener worsen(physics::toy_box(), block, 1);
    worsen(Worsening::moved, block.cells, 10.0F, 0);
    auto const at = [&](std::size_t a) { return block.cells[a * 12 * 8 + 1 * 8 + 2]; };
    EXPECT_FLOAT_EQ(at(3), 0.001F);
    EXPECT_FLOAT_EQ(at(4), 0.001F);
    EXPECT_FLOAT_EQ(at(9), 0.002F);  // the other half left the window
    EXPECT_FLOAT_EQ(std::accumulate(block.cells.begin(), block.cells.end(), 0.0F), 0.004F);
}

TEST(Worsener, moves_around_a_circle)
{
    data::ShowerBlock block;
    physics::append_toy(physics::toy_cylinder(), block, 10.0F, {{{1, 3, 2}, 0.002F}});
    Worsener worsen(physics::toy_cylinder(), block, 1);
    worsen(Worsening::moved, block.cells, 10.0F, 0);
    EXPECT_FLOAT_EQ(block.cells[1 * 20 + 0 * 5 + 2], 0.001F);
    EXPECT_FLOAT_EQ(block.cells[1 * 20 + 3 * 5 + 2], 0.001F);
}

TEST(Worsener, brings_hits_a_fifth_nearer_to_what_is_usual)
{
    auto const& real = real_showers();
    Worsener worsen(clic_detector(), real, 1);
    std::vector<double> before, after;
    for (std::size_t i = 0; i < real.count(); ++i) {
        auto const cells = real.shower(i);
        std::vector<float> worse(cells.begin(), cells.end());
        worsen(Worsening::steadier_hits, worse, real.primary_energy[i], i);
        before.push_back(std::log(hits_of(cells)));
        after.push_back(std::log(hits_of(worse)));
    }
    EnergyTrend const trend(real.primary_energy);
    auto const spread = [&](std::vector<double> const& values) {
        auto const rest = trend.residuals(values);
        return std::sqrt(std::inner_product(rest.begin(), rest.end(), rest.begin(), 0.0));
    };
    // Of the same showers, so that nothing fluctuates; hits are whole, and their log is not linear.
    EXPECT_NEAR(spread(after) / spread(before), 0.8, 0.01);
}

}  // namespace
}  // namespace lowcal::validation
