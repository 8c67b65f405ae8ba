#include "data/shower_files.hpp"
#include "data/shower_reader.hpp"
#include "data/shower_writer.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace lowcal::data {
namespace {

TEST(VariableAngleLayout, the_central_window_is_read_and_scaled)
{
    constexpr std::size_t width = 51;
    constexpr std::size_t size = width * width * 25;
    TemporaryFolder const folder;
    std::vector<float> image(2 * size);
    for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<float>(i % size) * 0.01F;
    {
        RawFile file(folder / "a.h5");
        file.floats("ECAL", {2, width, width, 25}, image);
        file.floats("energy", {2, 1}, {100, 200});
        file.floats("theta", {2}, {1.5F, 1.6F});
    }
    ShowerReader reader(folder / "a.h5");
    EXPECT_EQ(reader.layout(), Layout::variable_angle);
    auto const read = reader.read(0, 2);
    EXPECT_EQ(read.primary_energy, (std::vector<float>{100, 200}));
    for (std::size_t shower = 0; shower < 2; ++shower)
        for (std::size_t x = 0; x < 25; ++x)
            for (std::size_t y = 0; y < 25; ++y)
                for (std::size_t z = 0; z < 25; ++z)
                    ASSERT_EQ(read.shower(shower)[(x * 25 + y) * 25 + z],
                              image[shower * size + ((x + 13) * width + y + 13) * 25 + z] / 50.0F);
}

TEST(VariableAngleLayout, it_is_not_written)
{
    TemporaryFolder const folder;
    EXPECT_TRUE(mentions(
        error_of([&] { ShowerWriter(folder / "a.h5", {.layout = Layout::variable_angle}); }),
        {"a.h5", "variable-angle"}));
    EXPECT_EQ(folder.entries(), 0U);
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
    for (std::size_t i = 0; i < Window::cells; ++i)
        ASSERT_EQ(read.cells[i], i == (1 * 25 + 2) * 25 + 3 ? 0.5F : 0.0F) << i;
}

TEST(CaloChallengeLayout, files_of_another_calorimeter_are_refused_with_their_size)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "a.h5");
        file.hollow("showers", {10, 6480}, 0);
        file.hollow("incident_energies", {10, 1}, 1000);
    }
    EXPECT_TRUE(mentions(error_of([&] { ShowerReader(folder / "a.h5"); }), {"6480", "15625"}));
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
    ShowerWriter writer(folder / "a.h5", {.layout = Layout::calochallenge});
    writer.append(showers);
    writer.close();
    auto const read = read_all_showers(folder / "a.h5");
    ASSERT_EQ(read.count(), 40U);
    EXPECT_EQ(read.monte_carlo_seconds, showers.monte_carlo_seconds);
    for (std::size_t i = 0; i < showers.cells.size(); ++i)
        ASSERT_NEAR(read.cells[i], showers.cells[i], showers.cells[i] * 2.4e-7F);  // two ulp
    // What was rounded once does not change again.
    ShowerWriter again(folder / "b.h5", {.layout = Layout::calochallenge});
    again.append(read);
    again.close();
    auto const second = read_all_showers(folder / "b.h5");
    EXPECT_EQ(second.cells, read.cells);
    EXPECT_EQ(second.primary_energy, read.primary_energy);
}

}  // namespace
}  // namespace lowcal::data
