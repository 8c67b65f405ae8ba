#include "data/shower_reader.hpp"
#include "program.hpp"
#include "samples.hpp"

namespace lowcal::end_to_end {
namespace {

/// To MeV and back: one rounding to float32 in each, half a unit in the last place or 2^-24.
constexpr double two_roundings = 2 * 0x1p-24;

TEST(Convert, to_calochallenge_and_back_returns_the_same_showers)
{
    TemporaryFolder const folder;
    succeed({"convert", validation_showers(), folder / "mev.h5", "--to", "calochallenge", "--count",
             "50"});
    succeed({"convert", folder / "mev.h5", folder / "gev.h5", "--to", "clic"});
    auto const layout = [](std::filesystem::path const& file) {
        return data::ShowerReader(file).layout();
    };
    EXPECT_EQ(layout(folder / "mev.h5"), data::Layout::calochallenge);
    EXPECT_EQ(layout(folder / "gev.h5"), data::Layout::clic);

    auto expected = data::ShowerReader(validation_showers()).read(0, 50);
    auto const found = data::read_all_showers(folder / "gev.h5");
    EXPECT_LE(worst_relative(found.cells, expected.cells), two_roundings);
    EXPECT_LE(worst_relative(found.primary_energy, expected.primary_energy), two_roundings);
    EXPECT_EQ(found.monte_carlo_seconds, expected.monte_carlo_seconds);

    for (auto& cell : expected.cells) cell *= 1 + 0x1p-22F;  // the check bites
    EXPECT_GT(worst_relative(found.cells, expected.cells), two_roundings);
}

TEST(Convert, in_its_own_layout_changes_no_bit_of_a_shower)
{
    TemporaryFolder const folder;
    data::write_clic(folder / "a.h5", data::make_showers(5));
    succeed({"convert", folder / "a.h5", folder / "b.h5", "--to", "clic"});
    EXPECT_TRUE(same_showers(folder / "b.h5", folder / "a.h5"));
    data::write_clic(folder / "c.h5", data::make_showers(5, data::Timing::absent, 1));
    EXPECT_FALSE(same_showers(folder / "b.h5", folder / "c.h5"));  // the check bites
}

TEST(Convert, cuts_out_the_range_that_was_asked_for)
{
    TemporaryFolder const folder;
    data::write_clic(folder / "all.h5", data::make_showers(9));
    data::write_clic(folder / "part.h5", data::make_showers(4, data::Timing::absent, 3));
    succeed({"convert", folder / "all.h5", folder / "cut.h5", "--to", "clic", "--first", "3",
             "--count", "4"});
    EXPECT_TRUE(same_showers(folder / "cut.h5", folder / "part.h5"));
}

TEST(Convert, compression_changes_the_file_and_not_the_showers)
{
    TemporaryFolder const folder;
    data::write_clic(folder / "a.h5", data::make_showers(20));
    for (auto const* level : {"0", "1", "9"})
        succeed(
            {"convert", folder / "a.h5", folder / level, "--to", "clic", "--compression", level});
    EXPECT_TRUE(same_showers(folder / "0", folder / "a.h5"));
    EXPECT_TRUE(same_showers(folder / "1", folder / "a.h5"));
    EXPECT_TRUE(same_showers(folder / "9", folder / "a.h5"));
    EXPECT_LT(std::filesystem::file_size(folder / "1"),
              std::filesystem::file_size(folder / "0") / 4);  // 96 % of the cells are zero
}

}  // namespace
}  // namespace lowcal::end_to_end
