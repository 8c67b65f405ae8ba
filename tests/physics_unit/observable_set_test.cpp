#include "physics/observable_set.hpp"

#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "physics/energy_bins.hpp"
#include "physics_unit/toy_detectors.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace lowcal::physics {
namespace {

std::vector<std::string> keys_of(Detector const& detector)
{
    std::vector<std::string> keys;
    ObservableSet const set(detector);
    for (auto const& info : set.observables()) keys.push_back(info.key);
    return keys;
}

TEST(ObservableSet, of_the_clic_detector_is_what_results_have_always_had)
{
    EXPECT_EQ(keys_of(clic_detector()),
              (std::vector<std::string>{
                  "sampling_fraction", "longitudinal_mean", "longitudinal_width", "x_mean",
                  "x_width", "y_mean", "y_width", "r_mean", "r_rms", "hits", "hits_50kev",
                  "hits_150kev", "hits_1500kev", "core_1", "core_9", "core_25"}));
    ObservableSet const set(clic_detector());
    EXPECT_EQ(set.observables()[set.find("hits_50kev")].name, "cells above 0.05 MeV");
    EXPECT_EQ(set.observables()[set.find("core_1")].name, "energy in the central column");
    EXPECT_EQ(set.observables()[set.find("core_25")].name, "energy in 5 x 5 columns");
    EXPECT_EQ(set.spectrum().low, -6.0);
    EXPECT_EQ(set.spectrum().edge(30), 0.0);
    EXPECT_EQ(set.profile_bins(), 75U);
    EXPECT_EQ(set.depth_axis().first, 50U);
}

TEST(ObservableSet, takes_names_from_the_axes_and_columns_from_their_numbers)
{
    // Eight cells of b leave room for 2, 4 and 6 columns about the middle edge, ten of a as well.
    EXPECT_EQ(
        keys_of(toy_box()),
        (std::vector<std::string>{"sampling_fraction", "longitudinal_mean", "longitudinal_width",
                                  "a_mean", "a_width", "b_mean", "b_width", "r_mean", "r_rms",
                                  "hits", "hits_500kev", "core_4", "core_16", "core_36"}));
    auto narrow = toy_box();
    narrow.axes[2].cells = 5;  // odd: 1, 3 and 5 columns beside the 2, 4 and 6 of a
    ObservableSet const set(narrow);
    EXPECT_EQ(set.observables()[set.find("core_12")].name, "energy in 4 x 3 columns");
    narrow.axes[2].cells = 1;
    EXPECT_EQ(keys_of(narrow).back(), "core_2");
    narrow.axes[0].cells = 1;  // the central column is all there is
    EXPECT_EQ(keys_of(narrow).back(), "hits_500kev");
}

TEST(ObservableSet, of_a_cylinder_looks_at_x_and_y_and_at_rings)
{
    EXPECT_EQ(
        keys_of(toy_cylinder()),
        (std::vector<std::string>{"sampling_fraction", "longitudinal_mean", "longitudinal_width",
                                  "x_mean", "x_width", "y_mean", "y_width", "r_mean", "r_rms",
                                  "hits_500kev", "rings_1", "rings_2", "rings_3"}));
    auto two_rings = toy_cylinder();
    two_rings.axes[2].cells = 2;
    EXPECT_EQ(keys_of(two_rings).back(), "rings_1");
}

TEST(ObservableSet, begins_the_spectrum_at_the_smallest_cell_or_the_lowest_threshold)
{
    EXPECT_NEAR(ObservableSet(toy_box()).spectrum().low, -4.8, 1e-12);       // 2e-5: -4.70
    EXPECT_NEAR(ObservableSet(toy_cylinder()).spectrum().low, -3.4, 1e-12);  // 5e-4: -3.30
    auto unknown = toy_cylinder();
    unknown.hit_thresholds.clear();
    EXPECT_EQ(ObservableSet(unknown).spectrum().low, -6.0);
}

TEST(ObservableSet, keeps_thresholds_and_axes_of_one_name_apart)
{
    auto detector = toy_box();
    detector.hit_thresholds = {1e-3, 1.0000001e-3};
    detector.axes[0].name = "r";
    auto const keys = keys_of(detector);
    EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), keys.size());
}

TEST(ObservableSet, says_why_two_cannot_be_compared)
{
    ObservableSet const box(toy_box());
    EXPECT_EQ(box.difference(ObservableSet(toy_box())), "");
    auto other = toy_box();
    other.axes[1].cells = 11;
    EXPECT_EQ(box.difference(ObservableSet(other)), "deep has 12 cells, not 11");
    other = toy_box();
    other.hit_thresholds = {1e-3};
    EXPECT_EQ(box.difference(ObservableSet(other)), "other hit thresholds");
}

TEST(ObservableSet, refuses_a_detector_without_cells_and_an_unknown_key)
{
    auto empty = toy_box();
    empty.axes[0].cells = 0;
    EXPECT_THROW(ObservableSet{empty}, InputError);
    EXPECT_THROW(static_cast<void>(ObservableSet(toy_box()).find("core_1")), InputError);
}

TEST(EnergyBins, are_the_detectors_then_low_energies_then_all)
{
    std::vector<std::string> texts;
    for (auto const& bin : statistics_bins(clic_detector())) texts.push_back(bin_text(bin));
    EXPECT_EQ(texts, (std::vector<std::string>{"2 - 50", "50 - 100", "100 - 200", "200 - 300",
                                               "300 - 400", "400 - 500", "2 - 10", "all"}));
    EXPECT_EQ(upper_edge(clic_detector().energy_bins().back()), 500.0);
    EXPECT_GT(clic_detector().energy_bins().back().high, 500.0);
    EXPECT_EQ(reported_bins(toy_box()).size(), 2U);  // knows no low energies
    Detector unknown = toy_box();
    unknown.energy_edges.clear();
    ASSERT_EQ(statistics_bins(unknown).size(), 1U);
    EXPECT_EQ(bin_text(statistics_bins(unknown)[0]), "all");
    EXPECT_EQ(bin_text({0.25, 1e6}), "0.25 - 1000000");
}

}  // namespace
}  // namespace lowcal::physics
