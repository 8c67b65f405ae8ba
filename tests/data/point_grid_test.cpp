#include "data/layouts/point_grid.hpp"

#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "core/unlike_layers.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace lowcal::data {
namespace {

/// Depth in the middle of memory, other sizes in x and y.
Detector box()
{
    return {.name = "box",
            .axes = {Axis{.name = "a", .cells = 3, .size = 10},
                     Axis{.name = "deep", .cells = 4, .size = 2},
                     Axis{.name = "b", .cells = 2, .size = 5}},
            .depth = 1};
}

TEST(PointGrid, the_centre_of_every_cell_is_in_it)
{
    for (auto const& detector : {box(), clic_detector(), calochallenge_2(), unlike_layers()}) {
        PointGrid const grid(detector, "test");
        for (std::size_t cell = 0; cell < detector.cells(); ++cell) {
            auto const centre = grid.centre(cell);
            ASSERT_EQ(grid.find(centre), cell) << detector.name;
            // As a file keeps it.
            ASSERT_EQ(grid.find({static_cast<double>(static_cast<float>(centre.x)),
                                 static_cast<double>(static_cast<float>(centre.y)), centre.layer}),
                      cell)
                << detector.name;
        }
    }
}

TEST(PointGrid, places_in_a_box_count_from_its_middle)
{
    PointGrid const grid(box(), "test");
    // Cell [2][3][0]: x from 5 to 15, y from -5 to 0.
    auto const cell = 2U * 8 + 3 * 2 + 0;
    auto const centre = grid.centre(cell);
    EXPECT_EQ(centre.x, 10);
    EXPECT_EQ(centre.y, -2.5);
    EXPECT_EQ(centre.layer, 3);
    EXPECT_EQ(grid.find({5.01, -0.01, 3}), cell);
    EXPECT_EQ(grid.find({14.99, -4.99, 3}), cell);
    EXPECT_EQ(grid.find({4.99, -0.01, 3}), cell - 8);
    EXPECT_EQ(grid.find({5.01, 0.01, 3}), cell + 1);
    EXPECT_EQ(grid.find({15.01, -2.5, 3}), std::nullopt);
    EXPECT_EQ(grid.find({10, -5.01, 3}), std::nullopt);
    EXPECT_EQ(grid.find({NAN, 0, 0}), std::nullopt);
    EXPECT_EQ(grid.find({0, INFINITY, 0}), std::nullopt);
}

TEST(PointGrid, a_layer_begins_a_tenth_under_its_number)
{
    PointGrid const grid(box(), "test");
    EXPECT_EQ(grid.find({10, -2.5, 2.91}), 2U * 8 + 3 * 2);
    EXPECT_EQ(grid.find({10, -2.5, 2.89}), 2U * 8 + 2 * 2);
    EXPECT_EQ(grid.find({10, -2.5, 3.89}), 2U * 8 + 3 * 2);
    EXPECT_EQ(grid.find({10, -2.5, 3.91}), std::nullopt);
    EXPECT_EQ(grid.find({10, -2.5, -0.11}), std::nullopt);
    EXPECT_EQ(grid.find({10, -2.5, NAN}), std::nullopt);
}

TEST(PointGrid, places_in_a_cylinder_are_angles_and_radii)
{
    PointGrid const grid(calochallenge_2(), "test");
    // Layer 7, angle 4 of 16 (90 to 112.5 degrees), ring 1 (4.65 to 9.3 mm).
    EXPECT_EQ(grid.find({-0.001, 9.29, 7}), (7U * 16 + 4) * 9 + 1);
    EXPECT_EQ(grid.find({0.001, 9.29, 7}), (7U * 16 + 3) * 9 + 1);
    EXPECT_EQ(grid.find({9.29, -1e-12, 7}), (7U * 16 + 15) * 9 + 1);
    EXPECT_EQ(grid.find({9.29, -1e-300, 7}), (7U * 16 + 15) * 9 + 1);  // rounds to a full turn
    EXPECT_EQ(grid.find({0, 41.9, 7}), std::nullopt);
    EXPECT_EQ(grid.find({NAN, 0, 7}), std::nullopt);
}

TEST(PointGrid, layers_that_differ_take_points_between_their_own_edges)
{
    PointGrid const grid(unlike_layers(), "test");
    EXPECT_EQ(grid.find({-3, -3, 0}), 0U);  // a whole ring
    EXPECT_EQ(grid.find({0, 9.9, 0}), 1U);
    EXPECT_EQ(grid.find({0, 10.1, 0}), std::nullopt);
    EXPECT_EQ(grid.find({0, 0, 1}), std::nullopt);          // a layer without cells
    EXPECT_EQ(grid.find({-3, -3, 2}), 2U + 2 * 3 + 1);      // third quarter, 2 to 6 mm
    EXPECT_EQ(grid.find({1, -1e-300, 2}), 2U + 3 * 3 + 0);  // rounds up to a full turn
}

TEST(PointGrid, cells_of_unknown_size_are_refused)
{
    auto detector = box();
    detector.axes[2].size = 0;
    try {
        PointGrid(detector, "cannot read a.h5");
        ADD_FAILURE();
    } catch (InputError const& error) {
        EXPECT_NE(std::string(error.what()).find("cannot read a.h5 (the size of its cells along b"),
                  std::string::npos);
    }
}

}  // namespace
}  // namespace lowcal::data
