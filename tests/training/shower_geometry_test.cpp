#include "training/lean/shower_geometry.hpp"

#include "core/detector/known_detectors.hpp"
#include "graph/model/ports.hpp"
#include "training/clic.hpp"
#include "training/exporting/export_metadata.hpp"
#include "training/loop/config_text.hpp"
#include "training/trainings.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace lowcal::training {
namespace {

ShowerGeometry cylinder()
{
    return {.detector = calochallenge_2()};
}

/// Rows 10, columns 12, depth in the middle of the memory order.
ShowerGeometry toy()
{
    return {.detector = {.name = "toy",
                         .axes = {Axis{.name = "u", .cells = 10, .size = 3},
                                  Axis{.name = "depth", .cells = 8, .size = 9},
                                  Axis{.name = "v", .cells = 12, .size = 3}},
                         .depth = 1},
            .unit_layer = 3};
}

TEST(ShowerGeometry, puts_depth_first_and_back)
{
    auto const memory = torch::rand({2, 10, 8, 12});
    auto const to = toy().to_images(), back = toy().to_memory();
    auto const images = memory.permute(to);
    EXPECT_EQ(images.sizes(), (at::IntArrayRef{2, 8, 10, 12}));
    EXPECT_TRUE(torch::equal(images.permute(back), memory));
    EXPECT_EQ(clic.to_images(), (std::array<std::int64_t, 4>{0, 3, 1, 2}));
    EXPECT_EQ(cylinder().to_images(), (std::array<std::int64_t, 4>{0, 1, 2, 3}));
}

TEST(ShowerGeometry, enlarges_as_far_as_little_is_wasted)
{
    EXPECT_EQ(clic.enlargement(), 5);
    EXPECT_EQ(toy().enlargement(), 5);       // 10 x 15 of 10 x 12
    EXPECT_EQ(cylinder().enlargement(), 3);  // 18 x 9 of 16 x 9, where 4 would take 16 x 12
    EXPECT_EQ(cylinder().coarse_rows(), 6);
    EXPECT_EQ(cylinder().coarse_columns(), 3);
}

TEST(ShowerGeometry, is_square_only_where_nothing_tells_the_axes_apart)
{
    EXPECT_TRUE(clic.is_square());
    EXPECT_FALSE(toy().is_square());
    EXPECT_FALSE(cylinder().is_square());
    auto tilted = clic_geometry();
    tilted.conditions = {{"theta", 1.57, 0.2}};
    EXPECT_FALSE(tilted.is_square());
    auto flat = clic_geometry();
    flat.detector.axes[1].size = 10;
    EXPECT_FALSE(flat.is_square());
}

TEST(ShowerGeometry, distances_are_from_the_middle_or_along_the_radius)
{
    auto const of_clic = clic.squared_distance();
    EXPECT_EQ(of_clic[12][12].item<float>(), 0.0F);
    EXPECT_EQ(of_clic[10][15].item<float>(), 13.0F);
    auto const of_toy = toy().squared_distance();
    EXPECT_EQ(of_toy[4][5].item<float>(), 0.5F);
    EXPECT_EQ(of_toy[0][0].item<float>(), 4.5F * 4.5F + 5.5F * 5.5F);
    auto const of_cylinder = cylinder().squared_distance();
    EXPECT_EQ(of_cylinder.sizes(), (at::IntArrayRef{16, 9}));
    EXPECT_EQ(of_cylinder[7][3].item<float>(), 9.0F);
}

TEST(ShowerGeometry, the_core_is_in_the_middle_or_the_inner_rings)
{
    auto const ones = [](ShowerGeometry const& geometry) {
        return torch::ones({1, geometry.rows(), geometry.columns()});
    };
    EXPECT_EQ(clic.core(ones(clic), 1)[0].item<float>(), 9.0F);
    EXPECT_EQ(toy().core(ones(toy()), 0)[0].item<float>(), 4.0F);  // two rows, two columns
    EXPECT_EQ(cylinder().core(ones(cylinder()), 1)[0].item<float>(), 32.0F);
    EXPECT_EQ(clic.near_axis(ones(clic)).sizes(), (at::IntArrayRef{1, 9, 9}));
    EXPECT_EQ(toy().near_axis(ones(toy())).sizes(), (at::IntArrayRef{1, 8, 8}));
    EXPECT_EQ(cylinder().near_axis(ones(cylinder())).sizes(), (at::IntArrayRef{1, 16, 5}));
    auto marked = torch::zeros({1, 25, 25});
    marked[0][12][12] = 7.0;
    EXPECT_EQ(clic.near_axis(marked)[0][4][4].item<float>(), 7.0F);
}

TEST(ShowerGeometry, survives_a_configurations_text)
{
    auto config = default_config(Architecture::lean);
    config.geometry = toy();
    config.geometry.detector.name = "a toy, of course";
    config.geometry.conditions = {{"theta", 1.5707963267948966, 0.1, 1.4, 1.75},
                                  {"pdg", 16.5, 5.5}};
    config.geometry.cell_unit = 0.1;
    auto const read = config_from_text(to_text(config));
    EXPECT_EQ(read.geometry, config.geometry);
    config.geometry = clic_geometry();
    EXPECT_EQ(config_from_text(to_text(config)).geometry, clic_geometry());
}

TEST(ShowerGeometry, of_older_trainings_knows_no_ranges)
{
    auto config = default_config(Architecture::lean);
    config.geometry = toy();
    config.geometry.conditions = {{"theta", 1.5, 0.125, 1.25, 1.75}};
    auto text = to_text(config);
    std::string const ranges = ":1.25:1.75";
    ASSERT_NE(text.find(ranges), std::string::npos);
    text.erase(text.find(ranges), ranges.size());
    config.geometry.conditions = {{"theta", 1.5, 0.125}};
    EXPECT_EQ(config_from_text(text).geometry, config.geometry);
}

TEST(ShowerGeometry, is_told_in_a_networks_metadata)
{
    auto geometry = toy();
    geometry.conditions = {
        {"pdg", 16.5, 5.5, 11, 22}, {"theta", 1.5, 0.1, 1.25, 1.75}, {"phi", 0.0, 0.1}};
    graph::Graph network;
    describe_showers(geometry, network);
    EXPECT_EQ(network.metadata.at(graph::pdg_codes_key), "11,22");
    EXPECT_EQ(network.metadata.at(graph::condition_ranges_key), "theta=1.25:1.75");
    EXPECT_FALSE(network.metadata.contains(graph::pdg_key));
}

}  // namespace
}  // namespace lowcal::training
