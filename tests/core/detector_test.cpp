#include "core/detector/detector.hpp"

#include "core/detector/detector_json.hpp"
#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "core/unlike_layers.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lowcal {
namespace {

Detector toy()
{
    return {.name = "toy",
            .axes = {Axis{.name = "u", .cells = 10, .size = 3.5},
                     Axis{.name = "v", .cells = 12, .size = 4},
                     Axis{.name = "depth", .cells = 8, .size = 7}},
            .depth = 2};
}

std::string complaint(std::string const& text)
{
    try {
        detector_from_json(text, "toy.json");
    } catch (InputError const& error) {
        return error.what();
    }
    return "none";
}

std::string replaced(std::string text, std::string const& part, std::string const& by)
{
    auto const place = text.find(part);
    EXPECT_NE(place, std::string::npos) << part;
    return text.replace(place, part.size(), by);
}

TEST(Detector, strides_follow_the_order_of_the_axes)
{
    auto const detector = toy();
    EXPECT_EQ(detector.cells(), 960U);
    EXPECT_EQ(detector.stride(0), 96U);
    EXPECT_EQ(detector.stride(1), 8U);
    EXPECT_EQ(detector.stride(2), 1U);
    EXPECT_EQ(detector.layers(), 8U);
}

TEST(Detector, transverse_axes_are_those_beside_depth)
{
    auto detector = toy();
    EXPECT_EQ(detector.transverse(), (std::array<std::size_t, 2>{0, 1}));
    detector.depth = 1;
    EXPECT_EQ(detector.transverse(), (std::array<std::size_t, 2>{0, 2}));
    detector.depth = 0;
    EXPECT_EQ(detector.transverse(), (std::array<std::size_t, 2>{1, 2}));
}

TEST(Detector, the_last_energy_bin_alone_includes_its_upper_edge)
{
    auto const bins = clic_detector().energy_bins();
    ASSERT_EQ(bins.size(), 6U);
    EXPECT_TRUE(bins.back().contains(500.0));
    EXPECT_FALSE(bins.back().contains(500.00001));
    EXPECT_FALSE(bins.front().contains(50.0));
    EXPECT_TRUE(bins.front().contains(2.0));
}

TEST(Detector, known_detectors_are_sound_and_survive_json)
{
    for (auto const& detector : {clic_detector(), calochallenge_2(), calochallenge_3(), toy()}) {
        EXPECT_NO_THROW(require_sound(detector, detector.name));
        EXPECT_EQ(detector_from_json(to_json(detector), "text"), detector) << to_json(detector);
    }
    EXPECT_EQ(calochallenge_2().cells(), 6480U);
    EXPECT_EQ(calochallenge_3().cells(), 40500U);
    EXPECT_TRUE(clic_detector().is_complete());
    EXPECT_FALSE(calochallenge_2().is_complete());
}

TEST(Detector, detectors_of_other_cells_are_told_apart_whatever_they_are_called)
{
    auto const ours = toy();
    auto other = toy();
    other.name = "another name";
    other.hit_thresholds = {0.0, 1e-3};
    EXPECT_TRUE(same_cells(ours, other));
    other.axes[1].cells = 13;
    EXPECT_EQ(cells_difference(ours, other), "v has 12 cells, not 13");
    other = toy();
    other.axes[0].size = 3.6;
    EXPECT_NE(cells_difference(ours, other).find("cells of u measure 3.5"), std::string::npos);
    other = toy();
    other.depth = 0;
    EXPECT_EQ(cells_difference(ours, other), "depth is depth, not u");
}

TEST(Detector, senseless_detectors_are_refused_with_the_reason)
{
    auto const good = to_json(toy());
    auto const with = [&](std::string const& part, std::string const& by) {
        return complaint(replaced(good, part, by));
    };
    EXPECT_NE(with("\"cells\":10", "\"cells\":0").find("axis u has no cells"), std::string::npos);
    EXPECT_NE(with("\"cells\":10", "\"cells\":-1").find("'cells' is not a whole number"),
              std::string::npos);
    EXPECT_NE(with("\"size_mm\":4.0", "\"size_mm\":-4").find("have a size of -4"),
              std::string::npos);
    EXPECT_NE(with("\"name\":\"v\"", "\"name\":\"u\"").find("two axes have the name u"),
              std::string::npos);
    EXPECT_NE(with("\"depth\":\"depth\"", "\"depth\":\"w\"").find("names none of its axes"),
              std::string::npos);
    EXPECT_NE(with("\"geometry\"", "\"material\":1,\"geometry\"").find("unknown key 'material'"),
              std::string::npos);
    EXPECT_NE(with("\"cartesian\"", "\"cylindrical\"").find("one periodic axis"),
              std::string::npos);
    EXPECT_NE(complaint("{\"name\":").find("it is no JSON"), std::string::npos);
    EXPECT_EQ(complaint(good), "none");
}

TEST(Detector, a_product_of_cells_cannot_overflow)
{
    auto detector = toy();
    for (auto& axis : detector.axes) axis.cells = std::size_t{1} << 22;
    EXPECT_THROW(require_sound(detector, "big"), InputError);
    for (auto& axis : detector.axes) axis.cells = 1 << 7;
    detector.axes[1].cells *= 2;
    EXPECT_NO_THROW(require_sound(detector, "128 x 256 x 128"));
    detector.axes[0].cells += 1;
    EXPECT_THROW(require_sound(detector, "one more"), InputError);
}

TEST(Detector, edges_that_do_not_ascend_are_refused)
{
    auto detector = toy();
    detector.energy_edges = {1, 10, 10};
    EXPECT_THROW(require_sound(detector, "edges"), InputError);
    detector.energy_edges = {1, 10, 100};
    detector.hit_thresholds = {0, 1e-3, 5e-4};
    EXPECT_THROW(require_sound(detector, "thresholds"), InputError);
    detector.hit_thresholds = {0, 5e-4, 1e-3};
    EXPECT_NO_THROW(require_sound(detector, "good"));
}

TEST(UnlikeLayers, only_cells_that_exist_are_counted_and_each_has_its_place)
{
    auto const detector = unlike_layers();
    EXPECT_NO_THROW(require_sound(detector, "unlike"));
    EXPECT_EQ(detector.cells(), 2U + 0 + 12);
    using Place = std::array<std::size_t, 3>;
    EXPECT_EQ(place_of(detector, 1), (Place{0, 0, 1}));
    EXPECT_EQ(place_of(detector, 2), (Place{2, 0, 0}));
    EXPECT_EQ(place_of(detector, 13), (Place{2, 3, 2}));
    EXPECT_EQ(cells_text(detector), "14 cells in 3 layers that differ (layer, angle, radius)");
    EXPECT_EQ(place_of(toy(), 96 * 3 + 8 * 2 + 1), (Place{3, 2, 1}));
}

TEST(UnlikeLayers, survive_json)
{
    auto const detector = unlike_layers();
    EXPECT_EQ(detector_from_json(to_json(detector), "text"), detector) << to_json(detector);
}

TEST(UnlikeLayers, are_told_apart_by_layer)
{
    auto const ours = unlike_layers();
    auto other = ours;
    other.layer_rings[2].edges[1] = 3;
    EXPECT_EQ(cells_difference(ours, other), "rings of layer 2 have other edges");
    other = ours;
    other.layer_rings[0] = {};
    EXPECT_EQ(cells_difference(ours, other), "layer 0 has 1 x 2 cells, not 0 x 0");
    other.layer_rings.clear();
    EXPECT_EQ(cells_difference(ours, other), "only one has layers that differ");
    EXPECT_NO_THROW(require_one_grid(toy(), "cannot crop"));
    try {
        require_one_grid(ours, "cannot crop");
        ADD_FAILURE();
    } catch (InputError const& error) {
        EXPECT_NE(std::string(error.what()).find("cannot crop (its layers differ: 14 cells"),
                  std::string::npos);
    }
}

TEST(UnlikeLayers, that_do_not_fit_or_make_no_sense_are_refused)
{
    auto const good = to_json(unlike_layers());
    auto const with = [&](std::string const& part, std::string const& by) {
        return complaint(replaced(good, part, by));
    };
    EXPECT_NE(with("0.0,2.0,6.0,20.0", "0,6,2,20").find("edges of rings of layer 2 do not ascend"),
              std::string::npos);
    EXPECT_NE(with("0.0,2.0,6.0,20.0", "-1,2,6,20").find("edges of rings of layer 2"),
              std::string::npos);
    EXPECT_NE(with("0.0,2.0,6.0,20.0", "0,2,6").find("has 4 x 2 cells"), std::string::npos);
    EXPECT_NE(with("0.0,2.0,6.0,20.0", "7").find("layer 2 has rings without cells"),
              std::string::npos);
    EXPECT_NE(with("{\"angles\":4", "{\"angles\":5").find("has 5 x 3 cells"), std::string::npos);
    EXPECT_NE(with("{\"angles\":4", "{\"angles\":1e99").find("'angles' is not a whole number"),
              std::string::npos);
    EXPECT_NE(with("{\"angles\":4", "{\"angels\":4").find("unknown key 'angels'"),
              std::string::npos);
    EXPECT_NE(with("{\"angles\":0,\"radii_mm\":[]},", "").find("it has 2 layers, not 3"),
              std::string::npos);
    EXPECT_NE(with("\"name\":\"radius\",", "\"name\":\"radius\",\"size_mm\":2,")
                  .find("cells of all have no size"),
              std::string::npos);
}

TEST(UnlikeLayers, of_the_largest_number_fit_into_an_attribute_of_a_file)
{
    Detector detector = unlike_layers();
    detector.layer_rings.assign(most_unlike_layers,
                                {.edges = {1.0 / 3, 2.0 / 3, 1, 4.0 / 3}, .angles = 2});
    detector.axes[0].cells = most_unlike_layers;
    detector.axes[1].cells = 2;
    EXPECT_NO_THROW(require_sound(detector, "many"));
    EXPECT_LT(to_json(detector).size(), 64U * 1024);
    detector.layer_rings[7].edges.push_back(9);
    detector.axes[2].cells = 4;
    EXPECT_THROW(require_sound(detector, "one more edge"), InputError);
}

}  // namespace
}  // namespace lowcal
