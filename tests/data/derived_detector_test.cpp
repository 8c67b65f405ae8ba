#include "data/derived_detector.hpp"

#include "core/detector/known_detectors.hpp"
#include "data/shower_files.hpp"
#include "data/writing/shower_writer.hpp"

#include <gtest/gtest.h>

namespace lowcal::data {
namespace {

Detector incomplete()
{
    return {.name = "toy",
            .axes = {Axis{.name = "x", .cells = 5}, Axis{.name = "y", .cells = 5},
                     Axis{.name = "z", .cells = 4}},
            .depth = 2};
}

/// A hundred showers from `low` to `high` GeV; cell i of each holds i MeV.
void write(std::filesystem::path const& path, float low, float high)
{
    ShowerBlock block;
    for (std::size_t i = 0; i < 100; ++i) {
        block.primary_energy.push_back(low + (high - low) * static_cast<float>(i) / 99.0F);
        for (std::size_t cell = 0; cell < 100; ++cell)
            block.cells.push_back(1e-3F * static_cast<float>(cell));
    }
    ShowerWriter writer(path, incomplete(), {});
    writer.append(block);
    writer.close();
}

Detector completed(std::filesystem::path const& path)
{
    ShowerReader reader(path);
    return complete_detector(reader).detector;
}

TEST(DerivedDetector, ranges_bins_and_thresholds_come_from_the_showers)
{
    TemporaryFolder const folder;
    write(folder / "a.h5", 1.0F, 64.0F);
    auto const detector = completed(folder / "a.h5");
    EXPECT_TRUE(detector.is_complete());
    EXPECT_EQ(detector.primary_energies, (EnergyBin{1, 64}));
    EXPECT_EQ(detector.energy_edges, (std::vector<double>{1, 2, 4, 8, 16, 32, 64}));
    EXPECT_EQ(detector.low_energies, (EnergyBin{1, 2.3}));  // 64^0.2 is 2.297
    // Of 9900 hits, a hundred of each of 1 to 99 MeV: those of places 989, 4949 and 8909.
    EXPECT_EQ(detector.hit_thresholds, (std::vector<double>{0, 0.010, 0.050, 0.090}));
    EXPECT_TRUE(same_cells(detector, incomplete()));
}

TEST(DerivedDetector, showers_of_one_energy_make_one_bin)
{
    TemporaryFolder const folder;
    write(folder / "a.h5", 50.0F, 50.0F);
    auto const detector = completed(folder / "a.h5");
    auto const bins = detector.energy_bins();
    ASSERT_FALSE(bins.empty());
    EXPECT_TRUE(bins.front().contains(50.0));
    EXPECT_TRUE(detector.low_energies.empty());
}

TEST(DerivedDetector, what_is_known_stays)
{
    TemporaryFolder const folder;
    ShowerWriter writer(folder / "a.h5", clic_detector(), {});
    writer.append(make_showers(3, Timing::absent));
    writer.close();
    EXPECT_EQ(completed(folder / "a.h5"), clic_detector());
}

/// A file of CLIC's shape that does not say its detector.
void write_shape(std::filesystem::path const& path, std::vector<float> const& energies)
{
    auto block = make_showers(energies.size(), Timing::absent);
    block.primary_energy = energies;
    write_clic(path, block);
}

TEST(DerivedDetector, a_shape_alone_says_energies_only_where_the_showers_agree)
{
    TemporaryFolder const folder;
    write_shape(folder / "a.h5", {2, 500, 100});
    EXPECT_EQ(completed(folder / "a.h5"), clic_detector());
    for (auto const& energies :
         {std::vector<float>{1, 500, 100}, std::vector<float>{2, 1000, 100}}) {
        write_shape(folder / "b.h5", energies);
        ShowerReader reader(folder / "b.h5");
        auto const [detector, remark] = complete_detector(reader);
        EXPECT_TRUE(same_cells(detector, clic_detector()));
        EXPECT_EQ(detector.hit_thresholds, clic_detector().hit_thresholds);
        EXPECT_EQ(detector.primary_energies.low, energies[0]);
        EXPECT_EQ(detector.primary_energies.high, energies[1]);
        EXPECT_EQ(detector.energy_edges.back(), energies[1]);
        EXPECT_TRUE(mentions(remark, {"b.h5", "derived from the showers", "energies of"}));
    }
}

TEST(DerivedDetector, what_a_file_says_of_its_energies_stays)
{
    TemporaryFolder const folder;
    auto block = make_showers(2, Timing::absent);
    block.primary_energy = {1, 1000};
    ShowerWriter writer(folder / "a.h5", clic_detector(), {});
    writer.append(block);
    writer.close();
    EXPECT_EQ(completed(folder / "a.h5"), clic_detector());
}

}  // namespace
}  // namespace lowcal::data
