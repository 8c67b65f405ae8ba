#include "physics/shower_observer.hpp"

#include "validation/known_showers.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <span>
#include <string>

namespace lowcal::physics {
namespace {

using validation::append_shower;
using validation::cell_index;
using validation::KnownCell;
using validation::observed;
using validation::part_of;
using validation::real_showers;

std::shared_ptr<ObservableSet const> clic_set()
{
    static auto const set = std::make_shared<ObservableSet const>(clic_detector());
    return set;
}

/// Observables by their keys.
struct Observed : ShowerObservables {
    double operator[](char const* key) const { return values[clic_set()->find(key)]; }
};

Observed observe(std::span<float const> cells, float energy)
{
    return {ShowerObserver(clic_set())(cells, static_cast<double>(energy))};
}

Observed observe(float energy, std::vector<KnownCell> const& cells)
{
    data::ShowerBlock block;
    append_shower(block, energy, cells);
    return observe(block.shower(0), energy);
}

/// 4 MeV in three cells of a 1 GeV shower: 2 in the centre, 1 one cell aside, 1 three cells aside.
Observed three_cells()
{
    return observe(1.0F, {{12, 12, 4, 0.002F}, {13, 12, 6, 0.001F}, {12, 9, 8, 0.001F}});
}

// Cell energies are rounded to float32: 2^-24 of each, and no statistic amplifies that tenfold.
constexpr double rounding = 10 * 0x1p-24;

TEST(ShowerObservables, have_the_longitudinal_moments_computed_by_hand)
{
    auto const shower = three_cells();
    // Weights 1/2, 1/4, 1/4 at layers 4, 6, 8.
    EXPECT_NEAR(shower["longitudinal_mean"], 5.5, 5.5 * rounding);
    double const width = std::sqrt(0.5 * 1.5 * 1.5 + 0.25 * 0.5 * 0.5 + 0.25 * 2.5 * 2.5);
    EXPECT_NEAR(shower["longitudinal_width"], width, 5 * rounding);
    EXPECT_GT(std::abs(std::sqrt(0.5 * 16 + 0.25 * 36 + 0.25 * 64) - width), 1.0);  // not raw
}

TEST(ShowerObservables, have_the_lateral_moments_computed_by_hand)
{
    auto const shower = three_cells();
    EXPECT_NEAR(shower["x_mean"], 12.25, 25 * rounding);
    EXPECT_NEAR(shower["x_width"], std::sqrt(0.25 * 0.75), 5 * rounding);
    EXPECT_NEAR(shower["y_mean"], 11.25, 25 * rounding);
    EXPECT_NEAR(shower["y_width"], std::sqrt(0.25 * 0.75 * 9), 25 * rounding);
    EXPECT_NEAR(shower["r_mean"], 0.25 * 1 + 0.25 * 3, 5 * rounding);
    EXPECT_NEAR(shower["r_rms"], std::sqrt(0.25 * 1 + 0.25 * 9), 5 * rounding);
}

TEST(ShowerObservables, measure_the_radius_along_the_diagonal)
{
    auto const shower = observe(1.0F, {{15, 16, 3, 0.001F}});
    EXPECT_DOUBLE_EQ(shower["r_mean"], 5.0);
    EXPECT_DOUBLE_EQ(shower["r_rms"], 5.0);
    EXPECT_DOUBLE_EQ(shower["x_width"], 0.0);
}

TEST(ShowerObservables, have_the_core_shares_computed_by_hand)
{
    auto const shower = three_cells();
    EXPECT_NEAR(shower["core_1"], 0.5, rounding);
    EXPECT_NEAR(shower["core_9"], 0.75, rounding);
    EXPECT_NEAR(shower["core_25"], 0.75, rounding);
    auto const corner = observe(1.0F, {{14, 10, 3, 0.001F}, {15, 12, 3, 0.001F}});
    EXPECT_NEAR(corner["core_9"], 0.0, rounding);
    EXPECT_NEAR(corner["core_25"], 0.5, rounding);
}

TEST(ShowerObservables, count_cells_strictly_above_each_threshold)
{
    auto const shower = observe(1.0F, {{0, 0, 0, 0.05e-3F},
                                       {0, 0, 1, 0.06e-3F},
                                       {0, 0, 2, 0.15e-3F},
                                       {0, 0, 3, 0.2e-3F},
                                       {0, 0, 4, 1.5e-3F},
                                       {0, 0, 5, 1.6e-3F}});
    EXPECT_EQ(shower["hits"], 6);
    EXPECT_EQ(shower["hits_50kev"], 5);
    EXPECT_EQ(shower["hits_150kev"], 3);
    EXPECT_EQ(shower["hits_1500kev"], 1);
}

TEST(ShowerObservables, put_cell_energies_into_five_bins_a_decade)
{
    // log10 of 1.1e-6, 0.9e-3 and 1.1e-3 GeV: -5.96, -3.05 and -2.96. Outside: the end bins.
    auto const shower = observe(1.0F, {{0, 0, 0, 1.1e-6F},
                                       {0, 0, 1, 0.9e-3F},
                                       {0, 0, 2, 1.1e-3F},
                                       {0, 0, 3, 1e-7F},
                                       {0, 0, 4, 3.0F}});
    std::vector<std::uint32_t> expected(30);
    expected[0] = 2;
    expected[14] = 1;
    expected[15] = 1;
    expected[29] = 1;
    EXPECT_EQ(shower.cell_spectrum, expected);
}

TEST(ShowerObservables, relate_layers_to_the_primary_energy)
{
    auto const shower = observe(10.0F, {{12, 12, 4, 0.2F}, {1, 2, 4, 0.1F}, {3, 3, 24, 0.5F}});
    EXPECT_NEAR(shower.profiles[50 + 4], 0.03, 0.03 * rounding);
    EXPECT_NEAR(shower.profiles[50 + 24], 0.05, 0.05 * rounding);
    EXPECT_NEAR(shower["sampling_fraction"], 0.08, 0.08 * rounding);
    EXPECT_NEAR(shower.cell_sum, 0.8, 0.8 * rounding);
}

TEST(ShowerObservables, of_a_shower_without_energy_have_no_moments)
{
    auto const shower = observe(10.0F, {});
    EXPECT_EQ(shower["sampling_fraction"], 0.0);
    EXPECT_EQ(shower["hits"], 0.0);
    for (auto const* observable : {"longitudinal_mean", "x_width", "r_rms", "core_25"})
        EXPECT_TRUE(std::isnan(shower[observable])) << observable;
}

TEST(ShowerObservables, count_cells_below_zero_in_energies_and_not_as_hits)
{
    // 4 - 1 MeV; the negative cell stands three cells aside, in layer 6.
    auto const shower = observe(1.0F, {{12, 12, 4, 0.004F}, {12, 15, 6, -0.001F}});
    EXPECT_NEAR(shower["sampling_fraction"], 0.003, 0.003 * rounding);
    EXPECT_EQ(shower["hits"], 1.0);
    EXPECT_NEAR(shower["longitudinal_mean"], (4 * 4 - 6 * 1) / 3.0, 25 * rounding);
    EXPECT_NEAR(shower["y_mean"], (4 * 12 - 15) / 3.0, 100 * rounding);
    EXPECT_NEAR(shower["core_1"], 4 / 3.0, 10 * rounding);
    EXPECT_TRUE(std::isnan(shower["y_width"]));  // its square is (4 * 1 - 16) / 3
    std::size_t cells = 0;
    for (auto const count : shower.cell_spectrum) cells += count;
    EXPECT_EQ(cells, 1U);
}

TEST(ShowerObservables, of_real_showers_are_consistent_with_each_other)
{
    auto const block = part_of(real_showers(), 0, 30);
    for (std::size_t i = 0; i < block.count(); ++i) {
        auto const shower = observe(block.shower(i), block.primary_energy[i]);
        std::size_t cells = 0;
        for (auto const count : shower.cell_spectrum) cells += count;
        EXPECT_EQ(static_cast<double>(cells), shower["hits"]);
        EXPECT_GE(shower["hits"], shower["hits_50kev"]);
        EXPECT_LT(shower["core_1"], shower["core_9"]);
        EXPECT_GT(shower["r_rms"], shower["r_mean"]);
        // <r^2> is that of x and y about the axis.
        auto const about_axis = [&](char const* mean, char const* width) {
            return std::pow(shower[mean] - 12, 2) + std::pow(shower[width], 2);
        };
        EXPECT_NEAR(std::pow(shower["r_rms"], 2),
                    about_axis("x_mean", "x_width") + about_axis("y_mean", "y_width"), 1e-9);
    }
}

}  // namespace
}  // namespace lowcal::physics
