#include "core/detector/known_detectors.hpp"
#include "data/reading/shower_reader.hpp"
#include "helpers/program.hpp"
#include "helpers/samples.hpp"

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

/// Three photons with an angle each, and what other programs may write beside them.
void write_photons(std::filesystem::path const& path)
{
    auto const showers = data::make_showers(3);
    data::RawFile file(path);
    file.floats("ECAL", {3, 25, 25, 25}, showers.cells);
    file.floats("target", {3, 2},
                {22, showers.primary_energy[0], 22, showers.primary_energy[1], -11,
                 showers.primary_energy[2]});
    file.floats("theta", {3}, {0.1F, 0.2F, 0.3F});
    file.floats("phi", {3, 1}, {1, 2, 3});
    file.floats("active_energy", {3, 2}, {1, 2, 3, 4, 5, 6});
}

TEST(Convert, keeps_particles_angles_and_other_data_sets_through_both_layouts)
{
    TemporaryFolder const folder;
    auto const given = (folder / "photons.h5").string();
    write_photons(given);
    succeed({"convert", given, folder / "mev.h5", "--to", "calochallenge"});
    auto const said = succeed({"convert", folder / "mev.h5", folder / "gev.h5", "--to", "clic"});
    EXPECT_FALSE(mentions(said.errors, {"Warning"})) << said.errors;
    for (auto const* name : {"theta", "phi", "active_energy"}) {
        EXPECT_FALSE(data::read_numbers(given, name).empty());
        EXPECT_EQ(data::read_numbers(folder / "gev.h5", name), data::read_numbers(given, name));
    }
    auto const target = data::read_numbers(folder / "gev.h5", "target");
    EXPECT_EQ((std::vector<float>{target[0], target[2], target[4]}),
              (std::vector<float>{22, 22, -11}));
}

TEST(Convert, of_a_file_that_names_no_particle_says_so_and_takes_the_name_given)
{
    TemporaryFolder const folder;
    auto const showers = data::make_showers(2);
    {
        data::RawFile file(folder / "mev.h5");
        file.floats("showers", {2, clic_detector().cells()}, showers.cells);
        file.floats("incident_energies", {2, 1}, {50000, 60000});
    }
    auto const convert = [&](Arguments const& more) {
        Arguments arguments{"convert", folder / "mev.h5", folder / "gev.h5", "--to", "clic"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        auto const said = succeed(arguments).errors;
        return std::pair{data::read_numbers(folder / "gev.h5", "target").at(0), said};
    };
    auto const [unknown, warned] = convert({});
    EXPECT_EQ(unknown, 0.0F);
    EXPECT_TRUE(mentions(warned, {"Warning", "mev.h5", "--pdg"}));
    EXPECT_EQ(convert({"--pdg", "22"}).first, 22.0F);
    write_photons(folder / "photons.h5");
    auto const outcome =
        lowcal({"convert", folder / "photons.h5", folder / "a.h5", "--to", "clic", "--pdg", "11"});
    EXPECT_EQ(outcome.exit_code, 2);  // they say themselves what they are
    EXPECT_TRUE(mentions(outcome.errors, {"--pdg"}));
}

TEST(Convert, refuses_by_name_what_it_cannot_carry_unless_told_to_drop_it)
{
    TemporaryFolder const folder;
    auto const showers = data::make_showers(2);
    auto const given = (folder / "given.h5").string();
    std::vector<float> const target{11, 50, 1, 11, 60, 1};
    {
        data::RawFile file(given);
        file.floats("ECAL", {2, 25, 25, 25}, showers.cells);
        file.floats("target", {2, 3}, target);
        file.integers("event", {2});
        file.strings("comment", {2});
        file.floats("spectrum", {5}, {1, 2, 3, 4, 5});
        file.doubles("time", {2}, {1, 2});
        data::add_number(file.get(), "run", 17);
    }
    Arguments arguments{"convert", given, folder / "out.h5", "--to", "clic"};
    std::vector<std::string> left{"target", "comment", "event", "spectrum", "time", "run"};
    for (auto const& name : left) {
        auto const outcome = lowcal(arguments);
        EXPECT_EQ(outcome.exit_code, 1) << name;
        EXPECT_TRUE(mentions(outcome.errors, {"given.h5", name, "--drop " + name}));
        arguments.insert(arguments.end(), {"--drop", name});
    }
    EXPECT_FALSE(std::filesystem::exists(folder / "out.h5"));
    succeed(arguments);
    succeed({"info", given});  // reading needs none of them
}

TEST(Convert, and_merge_send_no_control_of_a_files_name_to_the_terminal)
{
    TemporaryFolder const folder;
    auto const shard = folder / "shard.h5";
    succeed({"generate", LOWCAL_SOURCE_DIR "/models/lean.int8.onnx", "--energy", "50", "--count",
             "2", "--out", shard});
    auto const converted = folder / "a\x1b[2J.h5";
    for (auto const& said : {succeed({"convert", shard, converted, "--to", "calochallenge"}),
                             succeed({"convert", converted, folder / "b.h5", "--to", "clic"}),
                             succeed({"merge", shard, "--out", folder / "c\x1b[2J.h5"})})
        EXPECT_EQ((said.output + said.errors).find('\x1b'), std::string::npos) << said.output;
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
