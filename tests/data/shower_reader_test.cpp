#include "data/reading/shower_reader.hpp"

#include "core/detector/known_detectors.hpp"
#include "data/hdf5/hdf5_file.hpp"
#include "data/shower_files.hpp"
#include "data/stored_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace lowcal::data {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

float& cell(ShowerBlock& block, std::size_t shower, std::size_t index)
{
    return block.cells[shower * clic_detector().cells() + index];
}

TEST(ShowerReader, a_clic_file_comes_back_unchanged)
{
    TemporaryFolder const folder;
    auto const showers = make_showers(5, Timing::present);
    write_clic(folder / "a.h5", showers);
    ShowerReader reader(folder / "a.h5");
    EXPECT_EQ(reader.layout(), Layout::clic);
    EXPECT_EQ(reader.count(), 5U);
    auto const read = reader.read(0, 5);
    EXPECT_EQ(read.cells, showers.cells);
    EXPECT_EQ(read.primary_energy, showers.primary_energy);
    EXPECT_EQ(read.monte_carlo_seconds, showers.monte_carlo_seconds);
    EXPECT_EQ(reader.read_primary_energies(), showers.primary_energy);
    EXPECT_TRUE(reader.report().warnings().empty()) << reader.report().warnings().front();
}

TEST(ShowerReader, blocks_of_any_size_make_up_the_whole)
{
    TemporaryFolder const folder;
    auto const showers = make_showers(300);
    write_clic(folder / "a.h5", showers);
    for (std::size_t const step : {1U, 7U, 257U, 1000U}) {
        ShowerReader reader(folder / "a.h5");
        std::vector<float> cells, energies;
        for (std::size_t first = 0; first < reader.count(); first += step) {
            auto const block = reader.read(first, step);
            cells.insert(cells.end(), block.cells.begin(), block.cells.end());
            energies.insert(energies.end(), block.primary_energy.begin(),
                            block.primary_energy.end());
        }
        EXPECT_EQ(cells, showers.cells) << "step " << step;
        EXPECT_EQ(energies, showers.primary_energy) << "step " << step;
        EXPECT_EQ(reader.report().showers, 300U);
    }
}

TEST(ShowerReader, a_block_ends_where_the_file_ends)
{
    TemporaryFolder const folder;
    write_clic(folder / "a.h5", make_showers(5));
    ShowerReader reader(folder / "a.h5");
    EXPECT_EQ(reader.read(3, 100).count(), 2U);
    EXPECT_EQ(reader.read(3, std::numeric_limits<std::size_t>::max()).count(), 2U);
    EXPECT_EQ(reader.read(5, 1).count(), 0U);
    EXPECT_EQ(reader.read(std::numeric_limits<std::size_t>::max(), 1).count(), 0U);
}

TEST(ShowerReader, big_endian_double_numbers_and_wider_targets_are_read)
{
    TemporaryFolder const folder;
    auto const showers = make_showers(2);
    {
        RawFile file(folder / "a.h5");
        file.doubles("ECAL", {2, 25, 25, 25}, {showers.cells.begin(), showers.cells.end()});
        file.doubles("target", {2, 5},
                     {11, showers.primary_energy[0], 0, 0, 0,  //
                      11, showers.primary_energy[1], 0, 0, 0});
    }
    auto const read = read_all_showers(folder / "a.h5");
    EXPECT_EQ(read.cells, showers.cells);
    EXPECT_EQ(read.primary_energy, showers.primary_energy);
}

TEST(ShowerReader, cells_under_the_threshold_become_zero_and_are_counted)
{
    TemporaryFolder const folder;
    auto showers = make_showers(3);
    cell(showers, 1, 0) = 0.9e-6F;
    cell(showers, 1, 1) = 1.0e-6F;
    cell(showers, 2, 2) = 1.0e-30F;
    write_clic(folder / "a.h5", showers);
    ShowerReader reader(folder / "a.h5");
    auto const read = reader.read(0, 3);
    EXPECT_EQ(read.shower(1)[0], 0.0F);
    EXPECT_EQ(read.shower(1)[1], 1.0e-6F);
    EXPECT_EQ(read.shower(2)[2], 0.0F);
    EXPECT_EQ(reader.report().zeroed_cells, 2U);
}

TEST(ShowerReader, a_bad_cell_is_an_error_that_names_file_data_set_shower_and_cell)
{
    struct Case {
        float value;
        char const* name;
    };
    for (auto const& [value, name] :
         {Case{nan, "NaN"}, Case{infinity, "infinite"}, Case{-1e-9F, "negative"}}) {
        TemporaryFolder const folder;
        auto showers = make_showers(20);
        cell(showers, 17, 3 * 625 + 4 * 25 + 5) = value;
        write_clic(folder / "bad.h5", showers);
        ShowerReader reader(folder / "bad.h5");
        EXPECT_EQ(reader.read(0, 17).count(), 17U);
        EXPECT_TRUE(
            mentions(error_of([&] { reader.read(10, 10); }),
                     {"bad.h5", "ECAL", "shower 17", name, "[3][4][5]", "--skip-bad-showers"}));
    }
}

/// Ten showers; the fourth has cells of -2 and -0.5 MeV, the sixth one of -1e-9 GeV.
ShowerBlock noisy_showers()
{
    auto showers = make_showers(10);
    cell(showers, 3, 7) = -2e-3F;
    cell(showers, 3, 15624) = -0.5e-3F;
    cell(showers, 5, 16) = -1e-9F;
    return showers;
}

TEST(ShowerReader, negative_cells_are_set_to_zero_and_counted_where_asked_for)
{
    TemporaryFolder const folder;
    auto showers = noisy_showers();
    write_clic(folder / "a.h5", showers);
    ShowerReader reader(folder / "a.h5", {.negative_cells = NegativeCells::zero});
    auto const read = reader.read(0, 10);
    for (auto& value : showers.cells) value = std::max(value, 0.0F);
    EXPECT_EQ(read.cells, showers.cells);
    auto const& report = reader.report();
    EXPECT_EQ(report.negative_cells, 3U);
    EXPECT_EQ(report.showers_with_negative_cells, 2U);
    EXPECT_NEAR(report.negative_energy, -2.5e-3 - 1e-9, 2.5e-3 * 0x1p-23);
    EXPECT_EQ(report.skipped_showers, 0U);
    double sum = 0;
    for (float const value : showers.cells) sum += static_cast<double>(value);
    EXPECT_NEAR(report.cell_energy_sum, sum, 1e-5 * sum);  // 16 float32 sums a shower
    ASSERT_EQ(report.warnings().size(), 1U);
    EXPECT_TRUE(mentions(report.warnings()[0],
                         {"a.h5", "3 cells below zero", "2 of 10 showers", "set to zero"}));
}

TEST(ShowerReader, negative_cells_are_kept_bit_by_bit_where_asked_for)
{
    TemporaryFolder const folder;
    auto const showers = noisy_showers();
    write_clic(folder / "a.h5", showers);
    ShowerReader reader(folder / "a.h5", {.negative_cells = NegativeCells::keep});
    EXPECT_EQ(reader.read(0, 10).cells, showers.cells);
    EXPECT_EQ(reader.report().negative_cells, 3U);
    EXPECT_EQ(reader.report().zeroed_cells, 0U);
    ASSERT_EQ(reader.report().warnings().size(), 1U);
    EXPECT_TRUE(mentions(reader.report().warnings()[0], {"3 cells below zero", "kept", "-0.0025"}));
}

TEST(ShowerReader, the_energy_of_negative_cells_is_in_gev_whatever_the_layout_has)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "mev.h5");
        std::vector<float> cells(clic_detector().cells());
        cells[3] = 1000;
        cells[4] = -20;
        file.floats("showers", {1, 15625}, cells);
        file.floats("incident_energies", {1, 1}, {50000});
    }
    for (auto const unit : {std::optional<Layout>{}, std::optional{Layout::calochallenge}}) {
        ShowerReader reader(folder / "mev.h5",
                            {.negative_cells = NegativeCells::keep, .unit_of = unit});
        reader.read(0, 1);
        EXPECT_NEAR(reader.report().negative_energy, -0.02, 1e-8);
        EXPECT_NEAR(reader.report().cell_energy_sum, 0.98, 1e-7);
    }
}

TEST(ShowerReader, other_bad_cells_stay_bad_beside_negative_ones)
{
    for (auto const negative : {NegativeCells::zero, NegativeCells::keep})
        for (auto const& [value, name] :
             {std::pair{nan, "NaN"}, std::pair{-infinity, "infinite"}}) {
            TemporaryFolder const folder;
            auto showers = noisy_showers();
            cell(showers, 3, 2 * 625) = value;  // behind a negative one
            write_clic(folder / "bad.h5", showers);
            ShowerReader reader(folder / "bad.h5", {.negative_cells = negative});
            EXPECT_TRUE(mentions(error_of([&] { reader.read(0, 10); }),
                                 {"bad.h5", "ECAL", "shower 3", name, "[2][0][0]"}));
            ShowerReader skipping(folder / "bad.h5",
                                  {.bad_showers = BadShowers::skip, .negative_cells = negative});
            EXPECT_EQ(skipping.read(0, 10).count(), 9U);
            EXPECT_EQ(skipping.report().negative_cells,
                      1U);  // those of the dropped one do not count
        }
}

TEST(ShowerReader, the_error_of_a_negative_cell_says_how_it_can_be_taken)
{
    TemporaryFolder const folder;
    auto showers = make_showers(2);
    cell(showers, 1, 0) = -1e-9F;
    write_clic(folder / "a.h5", showers);
    EXPECT_TRUE(mentions(error_of([&] { read_all_showers(folder / "a.h5"); }),
                         {"negative", "--negative-cells zero", "--skip-bad-showers", "convert"}));
    cell(showers, 1, 0) = nan;
    write_clic(folder / "b.h5", showers);
    EXPECT_EQ(error_of([&] { read_all_showers(folder / "b.h5"); }).find("--negative-cells"),
              std::string::npos);  // it would not help
}

TEST(ShowerReader, a_double_too_large_for_float_is_an_infinite_cell)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "a.h5");
        std::vector<double> cells(clic_detector().cells());
        cells[9] = 1e200;
        file.doubles("ECAL", {1, 25, 25, 25}, cells);
        file.floats("target", {1, 2}, {11, 100});
    }
    EXPECT_TRUE(mentions(error_of([&] { read_all_showers(folder / "a.h5"); }), {"infinite"}));
}

TEST(ShowerReader, reads_entry_points_of_the_showers_that_are_asked_for)
{
    TemporaryFolder const folder;
    auto showers = make_showers(3);
    showers.entry_point = {1, 2, 3, 4, 5, 6};
    write_clic(folder / "a.h5", showers);
    EXPECT_EQ(ShowerReader(folder / "a.h5").read(1, 2).entry_point,
              (std::vector<float>{3, 4, 5, 6}));
    showers.entry_point = {1, 2, 3, 4};
    write_clic(folder / "b.h5", showers);
    EXPECT_TRUE(mentions(error_of([&] { ShowerReader(folder / "b.h5"); }),
                         {"vertex_mm", "2 showers", "holds 3"}));
}

TEST(ShowerReader, skipping_drops_bad_showers_with_all_that_belongs_to_them)
{
    TemporaryFolder const folder;
    auto showers = make_showers(10, Timing::present);
    cell(showers, 0, 7) = nan;
    cell(showers, 4, 7) = -1.0F;
    cell(showers, 9, 7) = infinity;
    for (std::size_t i = 0; i < 20; ++i)
        showers.entry_point.push_back(static_cast<float>(i) - 9.5F);
    write_clic(folder / "a.h5", showers);
    ShowerReader reader(folder / "a.h5", {.bad_showers = BadShowers::skip});
    auto const read = reader.read(0, 10);
    ASSERT_EQ(read.count(), 7U);
    ASSERT_EQ(read.monte_carlo_seconds.size(), 7U);
    ASSERT_EQ(read.entry_point.size(), 14U);
    ASSERT_EQ(read.cells.size(), 7 * clic_detector().cells());
    std::vector<std::size_t> const kept{1, 2, 3, 5, 6, 7, 8};
    for (std::size_t i = 0; i < kept.size(); ++i) {
        EXPECT_EQ(read.primary_energy[i], showers.primary_energy[kept[i]]);
        EXPECT_EQ(read.monte_carlo_seconds[i], showers.monte_carlo_seconds[kept[i]]);
        EXPECT_TRUE(std::ranges::equal(read.shower(i), showers.shower(kept[i])));
        for (std::size_t j = 0; j < 2; ++j)
            EXPECT_EQ(read.entry_point[2 * i + j], showers.entry_point[2 * kept[i] + j]);
    }
    EXPECT_EQ(reader.report().skipped_showers, 3U);
    EXPECT_EQ(reader.report().first_skipped_shower, 0U);
    ASSERT_EQ(reader.report().warnings().size(), 1U);
    EXPECT_TRUE(mentions(reader.report().warnings()[0], {"3 bad showers", "shower 0"}));
}

TEST(ShowerReader, a_primary_energy_that_is_not_above_zero_is_an_error_that_names_the_shower)
{
    for (float const bad : {0.0F, -5.0F, nan, infinity}) {
        TemporaryFolder const folder;
        auto showers = make_showers(6);
        showers.primary_energy[4] = bad;
        write_clic(folder / "bad.h5", showers);
        ShowerReader reader(folder / "bad.h5", {.bad_showers = BadShowers::skip});
        auto const expected = std::vector<std::string>{"bad.h5", "target", "shower 4", "energy"};
        EXPECT_TRUE(mentions(error_of([&] { reader.read(2, 4); }), expected)) << bad;
        EXPECT_TRUE(mentions(error_of([&] { reader.read_primary_energies(); }), expected)) << bad;
    }
}

TEST(ShowerReader, energies_out_of_range_are_counted_and_warned_of)
{
    TemporaryFolder const folder;
    auto showers = make_showers(6);
    showers.primary_energy[0] = 1.9F;
    showers.primary_energy[1] = 501.0F;
    showers.primary_energy[2] = 700.0F;
    showers.primary_energy[3] = 500.0F;
    showers.primary_energy[4] = 2.0F;
    write_clic(folder / "a.h5", showers);
    ShowerReader reader(folder / "a.h5");
    reader.read(0, 6);
    EXPECT_EQ(reader.report().energies_below_range, 1U);
    EXPECT_EQ(reader.report().energies_above_range, 2U);
    ASSERT_EQ(reader.report().warnings().size(), 1U);
    EXPECT_TRUE(mentions(reader.report().warnings()[0], {"a.h5", "3 of 6", "2 to 500 GeV"}));
}

TEST(ShowerReader, a_header_that_claims_many_showers_costs_no_memory)
{
    TemporaryFolder const folder;
    constexpr hsize_t many = hsize_t{1} << 40U;
    {
        RawFile file(folder / "a.h5");
        file.hollow("ECAL", {many, 25, 25, 25}, 0.0F);
        file.hollow("target", {many, 2}, 100.0F);
    }
    ShowerReader reader(folder / "a.h5");
    EXPECT_EQ(reader.count(), many);
    EXPECT_TRUE(mentions(error_of([&] { reader.read(many - 2, 100); }),
                         {"a.h5", "shower", std::to_string(many - 2), "never written"}));
    EXPECT_TRUE(mentions(error_of([&] { reader.read_primary_energies(); }),
                         {"target", "showers 0 to 0", "never written"}));
}

TEST(ShowerReader, texts_of_variable_length_are_read_of_known_names_or_where_all_is_carried)
{
    TemporaryFolder const folder;
    {
        StoredFile file(folder / "a.h5");
        file.write("ECAL", {1, 25, 25, 25}, numbered_cells(1), [](hid_t) {});
        file.write_target(1);
        file.variable_text("seed", "7");
        file.variable_text("poem", "lines");
        write_string_attribute(file.get(), "fixed", "text");
    }
    using Attributes = std::map<std::string, std::string>;
    EXPECT_EQ(ShowerReader(folder / "a.h5").attributes(),
              (Attributes{{"fixed", "text"}, {"seed", "7"}}));
    EXPECT_EQ(ShowerReader(folder / "a.h5", {.columns = Columns::all}).attributes(),
              (Attributes{{"fixed", "text"}, {"poem", "lines"}, {"seed", "7"}}));
}

TEST(ShowerReader, units_that_look_wrong_are_said_so)
{
    auto const suspicion = [](float cell_factor, float energy_factor) {
        TemporaryFolder const folder;
        auto showers = make_showers(50);
        for (auto& energy : showers.cells) energy *= cell_factor;
        for (auto& energy : showers.primary_energy) energy *= energy_factor;
        write_clic(folder / "a.h5", showers);
        ShowerReader reader(folder / "a.h5");
        reader.read(0, 50);
        return reader.report().unit_suspicion();
    };
    EXPECT_EQ(suspicion(1.0F, 1.0F), "");
    EXPECT_TRUE(mentions(suspicion(1000.0F, 1.0F), {"cell energies", "MeV taken for GeV"}));
    EXPECT_TRUE(mentions(suspicion(1.0F, 1000.0F), {"primary energies", "MeV taken for GeV"}));
    EXPECT_TRUE(mentions(suspicion(1000.0F, 1000.0F), {"file", "MeV taken for GeV"}));
}

TEST(ShowerReader, the_embedded_geant4_showers_are_read_without_a_warning)
{
    ShowerReader reader(std::filesystem::path(LOWCAL_SOURCE_DIR) / "data/validation.h5");
    EXPECT_EQ(reader.count(), 1000U);
    EXPECT_EQ(reader.read(0, 100).monte_carlo_seconds.size(), 100U);
    EXPECT_TRUE(reader.report().warnings().empty());
    EXPECT_EQ(reader.attributes().at("generator"), "Geant4 11.4.0");
    EXPECT_NEAR(reader.report().sampling_fraction(), 0.0203, 0.001);
}

}  // namespace
}  // namespace lowcal::data
