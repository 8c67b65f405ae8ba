#include "data/summary.hpp"

#include "core/detector/known_detectors.hpp"
#include "data/shower_files.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace lowcal::data {
namespace {

/// Showers with `hits` cells of equal energy and a known sampling fraction.
ShowerBlock plain_showers(std::vector<float> const& energies, std::vector<float> const& fractions,
                          std::size_t hits)
{
    ShowerBlock block;
    block.primary_energy = energies;
    block.cells.resize(energies.size() * clic_detector().cells());
    for (std::size_t i = 0; i < energies.size(); ++i)
        for (std::size_t hit = 0; hit < hits; ++hit)
            block.cells[i * clic_detector().cells() + hit] =
                energies[i] * fractions[i] / static_cast<float>(hits);
    return block;
}

TEST(Summary, the_sampling_fraction_of_each_bin_is_the_mean_over_showers)
{
    TemporaryFolder const folder;
    write_clic(folder / "a.h5",
               plain_showers({5, 20, 60, 450, 500}, {.02F, .03F, .04F, .01F, .03F}, 8));
    ShowerReader reader(folder / "a.h5");
    auto const summary = summarise(reader, clic_detector());
    ASSERT_EQ(summary.bins.size(), 6U);
    EXPECT_EQ(summary.bins[0].count, 2U);
    EXPECT_NEAR(summary.bins[0].mean_sampling_fraction, 0.025, 1e-8);
    EXPECT_NEAR(summary.bins[0].rms_sampling_fraction, 0.005, 1e-8);
    EXPECT_EQ(summary.bins[1].count, 1U);
    EXPECT_NEAR(summary.bins[1].mean_sampling_fraction, 0.04, 1e-8);
    EXPECT_NEAR(summary.bins[1].rms_sampling_fraction, 0.0, 1e-12);
    EXPECT_EQ(summary.bins[2].count, 0U);
    EXPECT_EQ(summary.bins[5].count, 2U);
    EXPECT_EQ(summary.low_energy.count, 1U);
    EXPECT_NEAR(summary.low_energy.mean_sampling_fraction, 0.02, 1e-8);
    EXPECT_EQ(summary.all.count, 5U);
    EXPECT_NEAR(summary.all.mean_sampling_fraction, 0.026, 1e-8);
    EXPECT_EQ(summary.all.mean_hits, 8.0);
}

TEST(Summary, range_mean_and_largest_cell_are_those_of_the_file)
{
    TemporaryFolder const folder;
    write_clic(folder / "a.h5", plain_showers({10, 40}, {.02F, .02F}, 4));
    ShowerReader reader(folder / "a.h5");
    auto const summary = summarise(reader, clic_detector());
    EXPECT_EQ(summary.showers_in_file, 2U);
    EXPECT_EQ(summary.lowest_energy, 10.0);
    EXPECT_EQ(summary.highest_energy, 40.0);
    EXPECT_EQ(summary.mean_energy, 25.0);
    EXPECT_NEAR(summary.largest_cell, 0.2, 1e-7);
    EXPECT_EQ(summary.mean_monte_carlo_seconds, 0.0);
}

TEST(Summary, dropped_showers_count_in_the_file_but_in_no_mean)
{
    TemporaryFolder const folder;
    auto showers = plain_showers({10, 40, 20}, {.02F, .02F, .02F}, 4);
    showers.cells[clic_detector().cells()] = std::nanf("");
    write_clic(folder / "a.h5", showers);
    ShowerReader reader(folder / "a.h5", {.bad_showers = BadShowers::skip});
    auto const summary = summarise(reader, clic_detector());
    EXPECT_EQ(summary.showers_in_file, 3U);
    EXPECT_EQ(summary.all.count, 2U);
    EXPECT_EQ(summary.report.skipped_showers, 1U);
    EXPECT_EQ(summary.highest_energy, 20.0);
}

TEST(Summary, a_file_of_bad_showers_alone_has_no_means)
{
    TemporaryFolder const folder;
    auto showers = plain_showers({10}, {.02F}, 4);
    showers.cells[0] = -1.0F;
    write_clic(folder / "a.h5", showers);
    ShowerReader reader(folder / "a.h5", {.bad_showers = BadShowers::skip});
    auto const summary = summarise(reader, clic_detector());
    EXPECT_EQ(summary.all.count, 0U);
    EXPECT_EQ(summary.lowest_energy, 0.0);
    EXPECT_EQ(summary.report.unit_suspicion(), "");
}

TEST(Summary, the_embedded_geant4_showers_have_their_published_figures)
{
    ShowerReader reader(std::filesystem::path(LOWCAL_SOURCE_DIR) / "data/validation.h5");
    std::size_t seen = 0;
    auto const summary = summarise(reader, clic_detector(), [&](std::size_t done) { seen = done; });
    EXPECT_EQ(seen, 1000U);
    EXPECT_NEAR(summary.bins.front().mean_sampling_fraction, 0.0235, 0.00005);
    EXPECT_NEAR(summary.bins.back().mean_sampling_fraction, 0.0199, 0.00005);
    EXPECT_NEAR(summary.bins.front().mean_hits, 458, 0.5);
    EXPECT_NEAR(summary.bins.back().mean_hits, 2265, 0.5);
    EXPECT_NEAR(summary.mean_monte_carlo_seconds, 1.45, 0.01);
}

}  // namespace
}  // namespace lowcal::data
