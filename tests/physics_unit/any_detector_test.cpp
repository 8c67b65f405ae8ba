#include "core/error.hpp"
#include "core/unlike_layers.hpp"
#include "physics_unit/toy_detectors.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace lowcal::physics {
namespace {

// Cell energies are rounded to float32: 2^-24 of each, and no number here amplifies that tenfold.
constexpr double rounding = 20 * 0x1p-24;

double value(ShowerTable const& table, char const* key)
{
    return table.values(key)[0];
}

/// 4 MeV in three cells: (a, deep, b).
ShowerTable box_shower()
{
    return toy_table(toy_box(), 1.0F,
                     {{{5, 2, 4}, 0.002F}, {{4, 6, 3}, 0.001F}, {{2, 11, 4}, 0.001F}});
}

TEST(AnyDetector, a_box_with_depth_in_the_middle_has_the_moments_computed_by_hand)
{
    auto const table = box_shower();
    EXPECT_NEAR(value(table, "sampling_fraction"), 0.004, 0.004 * rounding);
    // Layers 2, 6, 11 with weights 1/2, 1/4, 1/4.
    EXPECT_NEAR(value(table, "longitudinal_mean"), 5.25, 12 * rounding);
    EXPECT_NEAR(value(table, "longitudinal_width"),
                std::sqrt(0.5 * 3.25 * 3.25 + 0.25 * 0.75 * 0.75 + 0.25 * 5.75 * 5.75),
                12 * rounding);
    EXPECT_NEAR(value(table, "a_mean"), 0.5 * 5 + 0.25 * 4 + 0.25 * 2, 10 * rounding);
    EXPECT_NEAR(value(table, "b_mean"), 0.75 * 4 + 0.25 * 3, 10 * rounding);
    EXPECT_NEAR(value(table, "b_width"), std::sqrt(0.75 * 0.25), 10 * rounding);
}

TEST(AnyDetector, the_axis_of_a_box_of_even_numbers_is_an_edge_of_cells)
{
    auto const table = box_shower();
    // Places from (4.5, 3.5): (.5, .5), (-.5, -.5), (-2.5, .5).
    double const near = std::sqrt(0.5), far = std::sqrt(6.5);
    EXPECT_NEAR(value(table, "r_mean"), 0.75 * near + 0.25 * far, 10 * rounding);
    EXPECT_NEAR(value(table, "r_rms"), std::sqrt(0.75 * 0.5 + 0.25 * 6.5), 10 * rounding);
    EXPECT_NEAR(value(table, "core_4"), 0.75, rounding);
    EXPECT_NEAR(value(table, "core_16"), 0.75, rounding);  // 2.5 is beyond 1.5
    EXPECT_NEAR(value(table, "core_36"), 1.0, rounding);
}

TEST(AnyDetector, a_box_has_profiles_along_its_own_axes_in_memory_order)
{
    auto const table = box_shower();
    auto const& axes = table.set().profile_axes();
    auto const at = [&](std::size_t axis, std::size_t bin) {
        return static_cast<double>(table.profiles(0)[axes[axis].first + bin]);
    };
    EXPECT_EQ(table.profiles(0).size(), 10U + 12 + 8);
    EXPECT_NEAR(at(0, 5), 0.002, 1e-9);
    EXPECT_NEAR(at(1, 11), 0.001, 1e-9);
    EXPECT_NEAR(at(2, 4), 0.003, 1e-9);
    EXPECT_NEAR(static_cast<double>(table.layers(0)[2]), 0.002, 1e-9);
}

TEST(AnyDetector, hits_are_counted_above_the_detectors_thresholds_and_in_its_spectrum)
{
    auto const table = toy_table(toy_box(), 1.0F,
                                 {{{0, 0, 0}, 0.5e-3F}, {{0, 1, 0}, 0.6e-3F}, {{0, 2, 0}, 1e-6F}});
    EXPECT_EQ(value(table, "hits"), 3.0);
    EXPECT_EQ(value(table, "hits_500kev"), 1.0);
    EXPECT_EQ(table.cells_above_zero(0), 3U);
    EXPECT_EQ(table.cell_spectrum(0)[0], 1U);  // 1e-6 lies below the first edge, 10^-4.8
    EXPECT_EQ(table.cell_spectrum(0)[7], 2U);  // log10: -3.30 and -3.22
}

/// Three cells of a cylinder: (layer, angle, radius); angles at 45, 135, 225, 315 degrees.
ShowerTable cylinder_shower()
{
    return toy_table(toy_cylinder(), 2.0F,
                     {{{0, 0, 0}, 0.002F}, {{1, 1, 2}, 0.001F}, {{1, 0, 4}, 0.001F}});
}

TEST(AnyDetector, a_cylinder_has_its_moments_in_x_and_y_computed_by_hand)
{
    auto const table = cylinder_shower();
    double const unit = std::sqrt(0.5);
    // Radii .5, 2.5, 4.5 with weights 1/2, 1/4, 1/4.
    double const x[] = {0.5 * unit, -2.5 * unit, 4.5 * unit};
    double const y[] = {0.5 * unit, 2.5 * unit, 4.5 * unit};
    auto const mean = [](double const* p) { return 0.5 * p[0] + 0.25 * p[1] + 0.25 * p[2]; };
    auto const width = [&](double const* p) {
        double const m = mean(p);
        return std::sqrt(0.5 * std::pow(p[0] - m, 2) + 0.25 * std::pow(p[1] - m, 2) +
                         0.25 * std::pow(p[2] - m, 2));
    };
    EXPECT_NEAR(value(table, "x_mean"), mean(x), 10 * rounding);
    EXPECT_NEAR(value(table, "y_mean"), mean(y), 10 * rounding);
    EXPECT_NEAR(value(table, "x_width"), width(x), 10 * rounding);
    EXPECT_NEAR(value(table, "y_width"), width(y), 10 * rounding);
    EXPECT_GT(std::abs(mean(x) - mean(y)), 0.5);  // the check tells x from y
    EXPECT_NEAR(value(table, "r_mean"), 0.25 + 0.625 + 1.125, 10 * rounding);
    EXPECT_NEAR(value(table, "r_rms"), std::sqrt(0.125 + 6.25 / 4 + 20.25 / 4), 10 * rounding);
    EXPECT_NEAR(value(table, "longitudinal_mean"), 0.5, 10 * rounding);
    EXPECT_NEAR(value(table, "rings_1"), 0.5, rounding);
    EXPECT_NEAR(value(table, "rings_2"), 0.5, rounding);
    EXPECT_NEAR(value(table, "rings_3"), 0.75, rounding);
    EXPECT_EQ(value(table, "hits_500kev"), 3.0);
}

TEST(AnyDetector, a_cylinder_has_profiles_along_depth_angle_and_radius)
{
    auto const table = cylinder_shower();
    std::vector<double> expected(3 + 4 + 5);
    expected[0] = expected[1] = 0.001;  // layers
    expected[3] = 0.0015;               // angles
    expected[4] = 0.0005;
    expected[7] = 0.001;  // rings
    expected[9] = expected[11] = 0.0005;
    for (std::size_t bin = 0; bin < expected.size(); ++bin)
        EXPECT_NEAR(static_cast<double>(table.profiles(0)[bin]), expected[bin], 1e-9) << bin;
}

/// A number of a layer: energy, x mean, x width, y mean, y width, share of hit cells.
double of_layer(ShowerTable const& table, std::size_t quantity, std::size_t layer)
{
    auto const layers = table.set().detector().layers();
    return static_cast<double>(table.layer_numbers(0)[quantity * layers + layer]);
}

TEST(AnyDetector, layers_have_centre_width_and_share_of_hit_cells_of_their_own)
{
    auto const table = cylinder_shower();
    double const unit = std::sqrt(0.5);
    EXPECT_NEAR(of_layer(table, 0, 1), 0.001, 1e-9);
    EXPECT_NEAR(of_layer(table, 1, 1), unit, 1e-6);        // x: -2.5 and 4.5
    EXPECT_NEAR(of_layer(table, 2, 1), 3.5 * unit, 1e-6);  // half their distance
    EXPECT_NEAR(of_layer(table, 3, 1), 3.5 * unit, 1e-6);  // y: 2.5 and 4.5
    EXPECT_NEAR(of_layer(table, 4, 1), unit, 1e-6);
    EXPECT_NEAR(of_layer(table, 5, 1), 2.0 / 20, 1e-7);
    EXPECT_EQ(of_layer(table, 0, 2), 0.0);  // without energy: no centre, no hit
    EXPECT_TRUE(std::isnan(of_layer(table, 1, 2)));
    EXPECT_EQ(of_layer(table, 5, 2), 0.0);
    // Of a box the centre is told as a cell's number, like a_mean.
    EXPECT_NEAR(of_layer(box_shower(), 1, 6), 4.0, 1e-6);
    EXPECT_NEAR(of_layer(box_shower(), 3, 2), 4.0, 1e-6);
}

TEST(AnyDetector, axes_of_one_cell_have_no_width_and_showers_without_energy_no_moments)
{
    auto detector = toy_box();
    for (auto& axis : detector.axes) axis.cells = 1;
    auto const table = toy_table(detector, 1.0F, {{{0, 0, 0}, 0.01F}});
    for (auto const* key : {"longitudinal_mean", "longitudinal_width", "a_width", "r_mean"})
        EXPECT_EQ(value(table, key), 0.0) << key;
    auto const empty = toy_table(detector, 1.0F, {});
    EXPECT_EQ(value(empty, "sampling_fraction"), 0.0);
    for (auto const* key : {"longitudinal_mean", "a_width", "r_rms"})
        EXPECT_TRUE(std::isnan(value(empty, key))) << key;
    auto const cylinder = toy_table(toy_cylinder(), 1.0F, {});
    for (auto const* key : {"x_mean", "y_width", "rings_3"})
        EXPECT_TRUE(std::isnan(value(cylinder, key))) << key;
}

TEST(AnyDetector, an_axis_of_fifty_one_cells_has_fifty_one_bins)
{
    auto detector = toy_box();
    detector.axes[0].cells = 51;
    auto const table = toy_table(detector, 1.0F, {{{50, 3, 7}, 0.01F}, {{25, 3, 7}, 0.03F}});
    EXPECT_NEAR(static_cast<double>(table.profiles(0)[50]), 0.01, 1e-8);
    EXPECT_NEAR(value(table, "a_mean"), 0.25 * 50 + 0.75 * 25, 50 * rounding);
}

TEST(AnyDetector, showers_of_another_number_of_cells_are_refused)
{
    data::ShowerBlock block;
    append_toy(toy_cylinder(), block, 1.0F, {});
    ShowerTable table(toy_box());
    EXPECT_THROW(table.add(block), InputError);
    EXPECT_EQ(table.count(), 0U);
}

/// 8 MeV in the toy's layers that differ, of a primary of 2 GeV.
ShowerTable shower_of_unlike_layers()
{
    auto detector = unlike_layers();
    detector.hit_thresholds = {0, 1.5e-3};
    data::ShowerBlock block;
    block.primary_energy = {2.0F};
    block.cells.resize(detector.cells());
    block.cells[1] = 0.004F;   // layer 0, outer whole ring, 5 to 10 mm
    block.cells[3] = 0.002F;   // layer 2, angle 0 (45 degrees), 2 to 6 mm
    block.cells[10] = 0.001F;  // layer 2, angle 2 (225 degrees), 6 to 20 mm
    block.cells[13] = 0.001F;  // layer 2, angle 3 (315 degrees), 6 to 20 mm
    ShowerTable table(detector);
    table.add(block);
    return table;
}

TEST(UnlikeLayers, moments_are_in_mm_of_each_layers_own_rings)
{
    auto const table = shower_of_unlike_layers();
    double const unit = std::sqrt(0.5);
    EXPECT_NEAR(value(table, "sampling_fraction"), 0.004, 0.004 * rounding);
    EXPECT_NEAR(value(table, "longitudinal_mean"), 1.0, 10 * rounding);  // layers 0 and 2
    // Whole rings stand on the axis; then (4, 45), (13, 225), (13, 315) in mm and degrees.
    double const x = (0.25 * 4 - 0.125 * 13 + 0.125 * 13) * unit;
    double const y = (0.25 * 4 - 0.125 * 13 - 0.125 * 13) * unit;
    EXPECT_NEAR(value(table, "x_mean"), x, 13 * rounding);
    EXPECT_NEAR(value(table, "y_mean"), y, 13 * rounding);
    EXPECT_NEAR(value(table, "r_mean"), 0.5 * 7.5 + 0.25 * 4 + 0.25 * 13, 13 * rounding);
    EXPECT_EQ(table.set().observables()[table.set().find("r_mean")].unit, "mm");
    EXPECT_NEAR(value(table, "rings_1"), 0.0, rounding);
    EXPECT_NEAR(value(table, "rings_2"), 0.75, rounding);
}

TEST(UnlikeLayers, hits_and_their_share_count_only_cells_that_exist)
{
    auto const table = shower_of_unlike_layers();
    EXPECT_EQ(value(table, "hits"), 4.0);
    EXPECT_EQ(value(table, "hits_1500kev"), 2.0);
    EXPECT_EQ(table.cells_above_zero(0), 4U);
    auto const numbers = table.layer_numbers(0);
    constexpr std::size_t layers = 3;
    EXPECT_EQ(numbers[5 * layers + 0], 0.5F);   // 1 of 2
    EXPECT_EQ(numbers[5 * layers + 1], 0.0F);   // of none
    EXPECT_EQ(numbers[5 * layers + 2], 0.25F);  // 3 of 12
    EXPECT_NEAR(numbers[0], 0.002, 1e-9);
    EXPECT_EQ(numbers[1], 0.0F);
    EXPECT_NEAR(numbers[2], 0.002, 1e-9);
    EXPECT_TRUE(std::isnan(numbers[1 * layers + 1]));  // no energy, no mean
}

TEST(UnlikeLayers, profiles_count_rings_and_angles_in_their_own_layer)
{
    auto const table = shower_of_unlike_layers();
    auto const profiles = table.profiles(0);
    ASSERT_EQ(profiles.size(), 3U + 4 + 3);
    std::vector<double> const expected{2, 0, 2, 3, 0, 0.5, 0.5, 0, 3, 1};  // per mille
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_NEAR(static_cast<double>(profiles[i]), 1e-3 * expected[i], 1e-9) << i;
}

}  // namespace
}  // namespace lowcal::physics
