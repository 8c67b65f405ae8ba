#include "geant4/hits/placement.hpp"

#include "core/error.hpp"
#include "geant4/toy.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>

namespace lowcal::geant4 {
namespace {

constexpr double right_angle = 0.5 * std::numbers::pi;

void expect_at(Vector const& place, Vector const& expected)
{
    EXPECT_NEAR(length(place - expected), 0, 1e-9)
        << place.x << ' ' << place.y << ' ' << place.z << ", not " << expected.x << ' '
        << expected.y << ' ' << expected.z;
}

/// [u][v][depth] of toy_grid().
std::size_t cell(std::size_t u, std::size_t v, std::size_t layer)
{
    return (u * 3 + v) * 2 + layer;
}

TEST(Placement, puts_the_middle_of_a_window_on_the_particle)
{
    Placement const placement(test::toy_grid(), {});
    auto const window =
        placement.window({.position = {100, 200, 300.5}, .direction = {0, 0, 1}, .depth = 0.5});
    expect_at(placement.place(window, cell(1, 1, 0)), {100, 200, 305});
    expect_at(placement.place(window, cell(0, 1, 0)), {96, 200, 305});
    expect_at(placement.place(window, cell(1, 2, 0)), {100, 206, 305});
    expect_at(placement.place(window, cell(1, 1, 1)), {100, 200, 315});
}

TEST(Placement, follows_the_axes_and_layers_that_it_is_given)
{
    Placement const placement(
        test::toy_grid(), {.axes = {.depth = {1, 0, 0}, .transverse = {{{0, 0, -1}, {0, 1, 0}}}},
                           .layer_depths = {2.5, 17}});
    auto const window = placement.window({.direction = {1, 0, 0}});
    expect_at(placement.place(window, cell(0, 2, 0)), {2.5, 6, 4});
    expect_at(placement.place(window, cell(0, 2, 1)), {17, 6, 4});
    EXPECT_DOUBLE_EQ(placement.length(), 17);
}

TEST(Placement, lays_a_window_on_the_cells_of_the_readout)
{
    Placement const placement(test::toy_grid(), {.readout_cell = Vector{2, 3, 0}});
    // Cells have their middles at 2 + 4 i and 3 + 6 k.
    auto const window = placement.window({.position = {11.5, -2.5, 0}, .direction = {0, 0, 1}});
    expect_at(placement.place(window, cell(1, 1, 0)), {10, -3, 5});
    EXPECT_NEAR(window.entry[0], 1.5, 1e-12);
    EXPECT_NEAR(window.entry[1], 0.5, 1e-12);
    auto const next = placement.window({.position = {12.5, -2.5, 0}, .direction = {0, 0, 1}});
    expect_at(placement.place(next, cell(1, 1, 0)), {14, -3, 5});
    EXPECT_NEAR(next.entry[0], -1.5, 1e-12);
}

TEST(Placement, of_an_even_window_its_middle_is_the_nearest_edge)
{
    auto detector = test::toy_grid();
    detector.axes[0].cells = 2;
    Placement const placement(detector, {.readout_cell = Vector{2, 3, 0}});
    auto const window = placement.window({.position = {0.5, 3, 0}, .direction = {0, 0, 1}});
    expect_at(placement.place(window, cell(0, 1, 0)), {-2, 3, 5});
    expect_at(placement.place(window, cell(1, 1, 0)), {2, 3, 5});
    EXPECT_NEAR(window.entry[0], 0.5, 1e-12);
}

TEST(Placement, of_a_cylinder_is_by_angle_and_radius)
{
    Placement const placement(test::toy_cylinder(), {});
    auto const window = placement.window({.position = {1, 2, 0}, .direction = {0, 0, 1}});
    auto const diagonal = std::sqrt(0.5);
    // [layer][angle][radius]
    expect_at(placement.place(window, 0), {1 + 2.5 * diagonal, 2 + 2.5 * diagonal, 5});
    expect_at(placement.place(window, 2), {1 + 12.5 * diagonal, 2 + 12.5 * diagonal, 5});
    expect_at(placement.place(window, 3), {1 - 2.5 * diagonal, 2 + 2.5 * diagonal, 5});
    expect_at(placement.place(window, 12), {1 + 2.5 * diagonal, 2 + 2.5 * diagonal, 15});
}

TEST(Placement, of_layers_that_differ_is_by_their_own_rings)
{
    Placement const placement(test::toy_rings(), {});
    auto const window = placement.window({.direction = {0, 0, 1}});
    auto const diagonal = std::sqrt(0.5);
    expect_at(placement.place(window, 0), {-1, 0, 5});
    expect_at(placement.place(window, 1), {-6, 0, 5});
    expect_at(placement.place(window, 2), {4 * diagonal, 4 * diagonal, 15});
    expect_at(placement.place(window, 5), {4 * diagonal, -4 * diagonal, 15});
}

TEST(Placement, turns_showers_with_their_particles)
{
    Placement const placement(test::toy_grid(), {.depth_along = DepthAlong::particle});
    Vector const direction{0.6, 0, 0.8};
    auto const window = placement.window({.direction = direction});
    expect_at(window.axes.depth, direction);
    expect_at(window.axes.transverse[0], {0.8, 0, -0.6});
    expect_at(window.axes.transverse[1], {0, 1, 0});
    expect_at(placement.place(window, cell(1, 1, 1)), 15 * direction);
    expect_at(placement.place(window, cell(2, 1, 0)), 5 * direction + Vector{3.2, 0, -2.4});
    Placement const still(test::toy_grid(), {});
    expect_at(still.window({.direction = direction}).axes.depth, {0, 0, 1});
}

TEST(Placement, says_the_direction_as_networks_were_told)
{
    Vector const direction{0.6 * std::cos(1.0), 0.6 * std::sin(1.0), 0.8};
    auto const usual = Placement(test::toy_grid(), {}).window({.direction = direction});
    EXPECT_NEAR(usual.theta, std::asin(0.6), 1e-12);
    EXPECT_NEAR(usual.phi, 1, 1e-12);
    // From the first axis: a right angle is along the normal.
    Placement const across(test::toy_grid(), {.polar_axis = 0});
    EXPECT_NEAR(across.window({.direction = {0, 0, 1}}).theta, right_angle, 1e-12);
    EXPECT_NEAR(across.window({.direction = {0.6, 0, 0.8}}).theta, std::acos(0.6), 1e-12);
    EXPECT_NEAR(across.window({.direction = {0, 0, 1}}).phi, right_angle, 1e-12);
    EXPECT_NEAR(across.window({.direction = {0, 1, 0}}).phi, 0, 1e-12);
}

TEST(Placement, knows_how_far_a_shower_may_lean_within_a_cell)
{
    EXPECT_NEAR(Placement(test::toy_grid(), {}).small_angle(), std::atan(4.0 / 15), 1e-12);
    EXPECT_NEAR(Placement(test::toy_rings(), {}).small_angle(), std::atan(2.0 / 15), 1e-12);
    Placement const turning(test::toy_grid(), {.depth_along = DepthAlong::particle});
    EXPECT_NEAR(turning.small_angle(), right_angle, 1e-12);
}

std::string refusal(Detector const& detector, Placement::Config config)
{
    try {
        Placement(detector, std::move(config));
    } catch (InputError const& error) {
        return error.what();
    }
    return "none";
}

TEST(Placement, refuses_what_cannot_be_placed)
{
    auto const grid = test::toy_grid();
    EXPECT_EQ(refusal(grid, {}), "none");
    EXPECT_EQ(refusal(grid, {.axes = {.depth = {0, 0, 2}}}),
              "an axis of the window has another length than 1");
    EXPECT_EQ(refusal(grid, {.axes = {.transverse = {{{1, 0, 0}, {1, 0, 0}}}}}),
              "the window's axes are not perpendicular to each other");
    EXPECT_EQ(refusal(grid, {.layer_depths = {1, 2, 3}}), "3 layer depths for 2 layers");
    EXPECT_EQ(refusal(grid, {.layer_depths = {2, 2}}),
              "layer depths do not ascend from the face (layer 1)");
    EXPECT_EQ(refusal(grid, {.layer_depths = {-1, 2}}),
              "layer depths do not ascend from the face (layer 0)");
    EXPECT_EQ(refusal(grid, {.polar_axis = 3}), "there is no axis 3 for theta to count from");
    EXPECT_EQ(refusal(test::toy_cylinder(), {.readout_cell = Vector{}}),
              "a cell of the readout is given (only cartesian windows along the normal lie on the "
              "readout's cells)");
    auto unknown = grid;
    unknown.axes[1].size = 0;
    EXPECT_EQ(refusal(unknown, {}),
              "the cells of axis v have no size (the detector does not say it); describe it "
              "(docs/your_detector.md)");
}

}  // namespace
}  // namespace lowcal::geant4
