#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "core/unlike_layers.hpp"
#include "data/crop.hpp"
#include "data/reading/shower_reader.hpp"
#include "data/shower_files.hpp"
#include "data/writing/shower_writer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace lowcal::data {
namespace {

constexpr std::size_t width = 51;
constexpr std::size_t wide_cells = width * width * 25;

/// Two tilted showers of the 3DGAN's wide window, every cell of its own energy.
std::vector<float> write_wide(std::filesystem::path const& path)
{
    std::vector<float> image(2 * wide_cells);
    for (std::size_t i = 0; i < image.size(); ++i)
        image[i] = static_cast<float>(i % wide_cells) * 0.01F;
    RawFile file(path);
    file.floats("ECAL", {2, width, width, 25}, image);
    file.floats("energy", {2, 1}, {100, 200});
    file.floats("theta", {2}, {1.5F, 1.6F});
    return image;
}

Detector toy()
{
    return {
        .name = "toy",
        .axes = {Axis{.name = "u", .cells = 3, .size = 3}, Axis{.name = "v", .cells = 4, .size = 4},
                 Axis{.name = "depth", .cells = 2, .size = 7}},
        .depth = 2};
}

/// Cell i holds 1 + i MeV, shower by shower.
ShowerBlock numbered(Detector const& detector, std::size_t count)
{
    ShowerBlock block;
    for (std::size_t i = 0; i < count * detector.cells(); ++i)
        block.cells.push_back(static_cast<float>(1 + i) * 1e-3F);
    for (std::size_t i = 0; i < count; ++i)
        block.primary_energy.push_back(static_cast<float>(10 * (i + 1)));
    return block;
}

TEST(Layouts, axes_of_one_and_whole_numbers_are_read)
{
    TemporaryFolder const folder;
    auto const path = folder / "channels.h5";
    std::vector<float> cells(clic_detector().cells(), 0.0F);
    cells[7] = 0.5F;
    {
        RawFile file(path);
        file.floats("ECAL", {1, 25, 25, 25, 1}, cells);
        file.integers("target", {1, 1, 5});  // ones
    }
    ShowerReader reader(path);
    auto const block = reader.read(0, 1);
    EXPECT_EQ(block.cells, cells);
    EXPECT_EQ(block.primary_energy, std::vector<float>{1.0F});
    EXPECT_EQ(block.pdg_code, std::vector<float>{1.0F});
}

TEST(VariableAngleLayout, the_whole_window_is_read_and_scaled)
{
    TemporaryFolder const folder;
    auto const image = write_wide(folder / "a.h5");
    ShowerReader reader(folder / "a.h5");
    EXPECT_EQ(reader.layout(), Layout::variable_angle);
    EXPECT_EQ(cells_difference(reader.detector(), wide_clic_detector()), "");
    auto const read = reader.read(0, 2);
    EXPECT_EQ(read.primary_energy, (std::vector<float>{100, 200}));
    EXPECT_EQ(read.theta, (std::vector<float>{1.5F, 1.6F}));
    ASSERT_EQ(read.cells.size(), image.size());
    for (std::size_t i = 1; i < image.size(); ++i) ASSERT_EQ(read.cells[i], image[i] / 50.0F);
}

TEST(VariableAngleLayout, the_central_cells_can_be_cut_out)
{
    TemporaryFolder const folder;
    auto const image = write_wide(folder / "a.h5");
    ShowerReader reader(folder / "a.h5");
    auto block = reader.read(0, 2);
    auto const window = cropped(reader.detector(), {25, 25, 25});
    EXPECT_EQ(cells_difference(window, clic_detector()), "");
    crop(block, reader.detector(), window);
    for (std::size_t shower = 0; shower < 2; ++shower)
        for (std::size_t x = 0; x < 25; ++x)
            for (std::size_t y = 0; y < 25; ++y)
                for (std::size_t z = 0; z < 25; ++z)
                    ASSERT_EQ(
                        block.shower(shower)[(x * 25 + y) * 25 + z],
                        image[shower * wide_cells + ((x + 13) * width + y + 13) * 25 + z] / 50.0F);
    EXPECT_THROW(cropped(reader.detector(), {26, 25, 25}), InputError);  // no cell in the middle
    EXPECT_THROW(cropped(reader.detector(), {53, 25, 25}), InputError);
    EXPECT_THROW(cropped(calochallenge_2(), {45, 8, 9}), InputError);
    EXPECT_EQ(cropped(calochallenge_2(), {20, 16, 9}).cells(), 20U * 16U * 9U);
}

TEST(VariableAngleLayout, what_is_written_is_read_again)
{
    TemporaryFolder const folder;
    write_wide(folder / "a.h5");
    auto const first = read_all_showers(folder / "a.h5");
    ShowerWriter writer(folder / "b.h5", wide_clic_detector(), {.layout = Layout::variable_angle});
    writer.append(first);
    writer.close();
    ShowerReader reader(folder / "b.h5");
    EXPECT_EQ(reader.layout(), Layout::variable_angle);
    auto const second = reader.read(0, 2);
    EXPECT_EQ(second.cells, first.cells);
    EXPECT_EQ(second.theta, first.theta);
    EXPECT_EQ(second.primary_energy, first.primary_energy);
}

TEST(Layouts, any_detector_goes_through_any_layout)
{
    TemporaryFolder const folder;
    for (auto const& detector : {toy(), calochallenge_2()})
        for (auto const layout : all_layouts) {
            auto const showers = numbered(detector, 3);
            ShowerWriter writer(folder / "a.h5", detector, {.layout = layout});
            writer.append(showers);
            writer.close();
            ShowerReader reader(folder / "a.h5");
            EXPECT_EQ(reader.layout(), layout);
            EXPECT_EQ(reader.detector(), detector);  // from the attribute
            auto const read = reader.read(0, 3);
            EXPECT_EQ(read.primary_energy, showers.primary_energy);
            ASSERT_EQ(read.cells.size(), showers.cells.size());
            for (std::size_t i = 0; i < read.cells.size(); ++i)
                ASSERT_NEAR(read.cells[i], showers.cells[i], showers.cells[i] * 2.4e-7F);
        }
}

TEST(Layouts, a_detector_of_another_file_is_refused_with_the_difference)
{
    TemporaryFolder const folder;
    ShowerWriter writer(folder / "a.h5", toy(), {});
    writer.append(numbered(toy(), 1));
    writer.close();
    auto other = toy();
    other.axes[1].size = 5;
    auto const message = error_of([&] { ShowerReader(folder / "a.h5", {.detector = other}); });
    EXPECT_TRUE(mentions(message, {"a.h5", "another detector", "cells of v measure 4"}));
}

TEST(Layouts, cells_of_unknown_shape_need_a_detector)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "a.h5");
        file.floats("ECAL", {1, 3, 4, 2}, std::vector<float>(24, 0.5F));
        file.floats("target", {1, 2}, {22, 50});
    }
    EXPECT_TRUE(mentions(error_of([&] { ShowerReader(folder / "a.h5"); }),
                         {"ECAL", "[1, 3, 4, 2]", "--detector"}));
    ShowerReader reader(folder / "a.h5", {.detector = toy()});
    EXPECT_EQ(reader.read(0, 1).pdg_code, std::vector<float>{22});
    EXPECT_TRUE(
        mentions(error_of([&] { ShowerReader(folder / "a.h5", {.detector = calochallenge_2()}); }),
                 {"ECAL", "[1, 3, 4, 2]", "45 x 16 x 9"}));
}

TEST(CaloChallengeLayout, a_cylinder_is_known_by_its_number_of_voxels)
{
    TemporaryFolder const folder;
    std::vector<float> voxels(6480);
    voxels[(7 * 16 + 5) * 9 + 3] = 500.0F;  // layer 7, angle 5, radius 3
    {
        RawFile file(folder / "a.h5");
        file.floats("showers", {1, 6480}, voxels);
        file.floats("incident_energies", {1, 1}, {50000});
    }
    ShowerReader reader(folder / "a.h5");
    EXPECT_EQ(reader.detector(), calochallenge_2());
    auto const read = reader.read(0, 1);
    for (std::size_t i = 0; i < voxels.size(); ++i)
        ASSERT_EQ(read.cells[i], i == (7 * 16 + 5) * 9 + 3 ? 0.5F : 0.0F) << i;
}

TEST(CaloChallengeLayout, voxels_lie_layer_by_layer_in_mev)
{
    TemporaryFolder const folder;
    std::vector<float> voxels(15625);
    voxels[(3 * 25 + 1) * 25 + 2] = 500.0F;  // [z = 3][x = 1][y = 2]
    {
        RawFile file(folder / "a.h5");
        file.floats("showers", {1, 15625}, voxels);
        file.floats("incident_energies", {1, 1}, {50000});
    }
    ShowerReader reader(folder / "a.h5");
    EXPECT_EQ(reader.layout(), Layout::calochallenge);
    auto const read = reader.read(0, 1);
    EXPECT_EQ(read.primary_energy[0], 50.0F);
    for (std::size_t i = 0; i < clic_detector().cells(); ++i)
        ASSERT_EQ(read.cells[i], i == (1 * 25 + 2) * 25 + 3 ? 0.5F : 0.0F) << i;
}

TEST(CaloChallengeLayout, files_of_another_calorimeter_are_refused_with_their_size)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "a.h5");
        file.hollow("showers", {10, 6481}, 0);
        file.hollow("incident_energies", {10, 1}, 1000);
    }
    EXPECT_TRUE(mentions(error_of([&] { ShowerReader(folder / "a.h5"); }), {"6481", "--detector"}));
}

TEST(CaloChallengeLayout, gev_taken_for_mev_is_suspected)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "a.h5");
        std::vector<float> cells(15625);
        cells[100] = 2.0F;
        file.floats("showers", {1, 15625}, cells);
        file.floats("incident_energies", {1, 1}, {100});
    }
    ShowerReader reader(folder / "a.h5");
    reader.read(0, 1);
    EXPECT_TRUE(mentions(reader.report().unit_suspicion(), {"GeV taken for MeV"}));
}

TEST(CaloChallengeLayout, writing_and_reading_lose_at_most_a_rounding)
{
    TemporaryFolder const folder;
    auto const showers = make_showers(40, Timing::present);
    ShowerWriter writer(folder / "a.h5", clic_detector(), {.layout = Layout::calochallenge});
    writer.append(showers);
    writer.close();
    auto const read = read_all_showers(folder / "a.h5");
    ASSERT_EQ(read.count(), 40U);
    EXPECT_EQ(read.monte_carlo_seconds, showers.monte_carlo_seconds);
    for (std::size_t i = 0; i < showers.cells.size(); ++i)
        ASSERT_NEAR(read.cells[i], showers.cells[i], showers.cells[i] * 2.4e-7F);  // two ulp
    // What was rounded once does not change again.
    ShowerWriter again(folder / "b.h5", clic_detector(), {.layout = Layout::calochallenge});
    again.append(read);
    again.close();
    auto const second = read_all_showers(folder / "b.h5");
    EXPECT_EQ(second.cells, read.cells);
    EXPECT_EQ(second.primary_energy, read.primary_energy);
}

/// Voxels of two showers of layers that differ, MeV: some of them as float64 only can hold.
std::vector<double> unlike_voxels()
{
    std::vector<double> voxels;
    for (std::size_t i = 0; i < 2 * unlike_layers().cells(); ++i)
        voxels.push_back(0.125 + 1.7 * static_cast<double>(i * i));
    return voxels;
}

void write_unlike(std::filesystem::path const& path)
{
    RawFile file(path);
    file.doubles("showers", {2, 14}, unlike_voxels());
    file.doubles("incident_energies", {2, 1}, {50000, 131072});
}

TEST(CaloChallengeLayout, layers_that_differ_are_read_in_the_files_order)
{
    TemporaryFolder const folder;
    write_unlike(folder / "a.h5");
    EXPECT_TRUE(
        mentions(error_of([&] { ShowerReader(folder / "a.h5"); }), {"[2, 14]", "binning XML"}));
    ShowerReader reader(folder / "a.h5", {.detector = unlike_layers()});
    auto const block = reader.read(0, 2);
    auto const voxels = unlike_voxels();
    ASSERT_EQ(block.cells.size(), voxels.size());
    for (std::size_t i = 0; i < voxels.size(); ++i)
        ASSERT_EQ(block.cells[i], static_cast<float>(voxels[i]) / 1000.0F) << i;
}

TEST(CaloChallengeLayout, a_binning_that_does_not_fit_the_voxels_is_refused_with_both_numbers)
{
    TemporaryFolder const folder;
    write_unlike(folder / "a.h5");
    auto other = unlike_layers();
    other.layer_rings[0] = {};
    EXPECT_TRUE(
        mentions(error_of([&] { ShowerReader(folder / "a.h5", {.detector = other}); }),
                 {"a.h5", "showers", "[2, 14]", "[N, 12]", "12 cells in 3 layers that differ"}));
}

TEST(Layouts, layers_that_differ_are_no_grid)
{
    TemporaryFolder const folder;
    for (auto const layout : {Layout::clic, Layout::variable_angle})
        EXPECT_TRUE(mentions(
            error_of([&] { ShowerWriter(folder / "a.h5", unlike_layers(), {.layout = layout}); }),
            {"cannot write unlike", std::string(layout_name(layout)), "its layers differ"}));
    EXPECT_EQ(folder.entries(), 0U);
    EXPECT_TRUE(mentions(error_of([&] {
                             cropped(unlike_layers(), {3, 4, 2});
                         }),
                         {"cannot crop", "its layers differ"}));
    {
        RawFile file(folder / "b.h5");
        file.floats("ECAL", {1, 3, 4, 3}, std::vector<float>(36, 0.5F));
        file.floats("target", {1, 2}, {22, 50});
    }
    EXPECT_TRUE(
        mentions(error_of([&] { ShowerReader(folder / "b.h5", {.detector = unlike_layers()}); }),
                 {"b.h5", "ECAL", "its layers differ"}));
}

/// Reads and writes the CaloChallenge's layout, in its own unit or in GeV.
std::vector<float> rewritten(std::vector<float> const& voxels, std::optional<Layout> unit_of)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "a.h5");
        file.floats("showers", {voxels.size() / 14, 14}, voxels);
        file.floats("incident_energies", {voxels.size() / 14},
                    std::vector<float>(voxels.size() / 14, 65536.5F));
    }
    ShowerReader reader(folder / "a.h5", {.detector = unlike_layers(), .unit_of = unit_of});
    ShowerWriter writer(folder / "b.h5", reader.detector(),
                        {.layout = Layout::calochallenge, .units = reader.units()});
    writer.append(reader.read(0, reader.count()));
    writer.close();
    EXPECT_EQ(read_numbers(folder / "b.h5", "incident_energies")[0], 65536.5F);
    EXPECT_NEAR(reader.report().primary_energy_sum, 65.5365 * static_cast<double>(reader.count()),
                1e-3);
    return read_numbers(folder / "b.h5", "showers");
}

TEST(CaloChallengeLayout, numbers_come_out_as_they_went_in_where_the_layout_stays)
{
    std::vector<float> voxels;
    for (int i = 0; i < 14 * 500; ++i)
        voxels.push_back(std::nextafter(1.0F + 1e-4F * static_cast<float>(i * i), 1e9F));
    EXPECT_EQ(rewritten(voxels, Layout::calochallenge), voxels);
    EXPECT_NE(rewritten(voxels, std::nullopt), voxels);  // through GeV some are rounded
    EXPECT_NE(rewritten(voxels, Layout::clic), voxels);  // of another layout: GeV
}

TEST(CaloChallengeLayout, quiet_and_bad_cells_are_found_in_the_layouts_own_unit)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "a.h5");
        std::vector<float> voxels(28, 1.0F);
        voxels[3] = 0.0005F;  // MeV, under 1e-6 GeV
        voxels[20] = -1.0F;
        file.floats("showers", {2, 14}, voxels);
        file.floats("incident_energies", {2}, {1000, 2000});
    }
    auto detector = unlike_layers();
    detector.smallest_cell = 1e-6;
    ShowerReader reader(
        folder / "a.h5",
        {.bad_showers = BadShowers::skip, .detector = detector, .unit_of = Layout::calochallenge});
    auto const block = reader.read(0, 2);
    EXPECT_EQ(block.primary_energy, std::vector<float>{1000});
    EXPECT_EQ(block.cells[3], 0.0F);
    EXPECT_EQ(block.cells[4], 1.0F);
    EXPECT_EQ(reader.report().zeroed_cells, 1U);
    EXPECT_NEAR(reader.report().sampling_fraction(), 13e-3, 1e-6);
}

}  // namespace
}  // namespace lowcal::data
