/// Numbers that lie in other files than the one that was named.

#include "core/files/file_descriptor.hpp"
#include "data/reading/shower_reader.hpp"
#include "data/shower_files.hpp"
#include "data/stored_file.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <string>
#include <sys/stat.h>

namespace lowcal::data {
namespace {

using Path = std::filesystem::path;

constexpr ShowerReader::Config allowed{.external = ExternalStorage::inside_folder};

class ExternalFile : public ::testing::Test {
protected:
    TemporaryFolder folder;
    Path const main = folder / "a.h5";

    void SetUp() override { std::filesystem::create_directories(folder / "parts"); }

    std::string error(ShowerReader::Config config = {}) const
    {
        return error_of([&] { read_all_showers(main, config); });
    }
    /// A source of the virtual data set: showers [first, first + 2).
    void write_part(std::string const& name, std::size_t first) const
    {
        StoredFile(folder / name)
            .write("ECAL", {2, 25, 25, 25}, numbered_cells(2, first), [](hid_t) {});
    }
    void write_virtual(hsize_t showers, std::vector<std::string> const& sources) const
    {
        StoredFile file(main);
        file.virtual_set("ECAL", {showers, 25, 25, 25}, 2, sources);
        file.write_target(showers);
    }
    /// Two showers whose cells are raw data of another file.
    void write_raw(std::string const& name) const
    {
        StoredFile file(main);
        file.make("ECAL", {2, 25, 25, 25}, [&](hid_t list) {
            checked(H5Pset_external(list, name.c_str(), 0, 2 * 62500), "test: external");
        });
        file.write_target(2);
    }
    void write_link(std::string const& name) const
    {
        StoredFile file(main);
        file.external_link("ECAL", name, "/ECAL");
        file.write_target(2);
    }
};

TEST_F(ExternalFile, behind_a_link_is_read_only_when_asked_for)
{
    write_part("parts/p.h5", 0);
    write_link("parts/p.h5");
    EXPECT_TRUE(mentions(error(), {"a.h5", "ECAL", "parts/p.h5", "--allow-external"}));
    EXPECT_EQ(read_all_showers(main, allowed).cells, numbered_cells(2));
}

TEST_F(ExternalFile, that_is_missing_is_named_whether_asked_for_or_not)
{
    write_link("parts/p.h5");
    for (auto const& config : {ShowerReader::Config{}, allowed})
        EXPECT_TRUE(mentions(error(config), {"ECAL", "parts/p.h5", "not there"}));
    write_part("parts/p.h5", 0);
    write_virtual(4, {"parts/p.h5", "gone.h5"});
    for (auto const& config : {ShowerReader::Config{}, allowed})
        EXPECT_TRUE(mentions(error(config), {"ECAL", "gone.h5", "not there"}));
    write_raw("gone.raw");
    for (auto const& config : {ShowerReader::Config{}, allowed})
        EXPECT_TRUE(mentions(error(config), {"ECAL", "gone.raw", "not there"}));
}

TEST_F(ExternalFile, outside_the_folder_is_never_read)
{
    TemporaryFolder const elsewhere;
    StoredFile(elsewhere / "p.h5").write("ECAL", {2, 25, 25, 25}, numbered_cells(2), [](hid_t) {});
    write_link(elsewhere / "p.h5");
    EXPECT_TRUE(mentions(error(allowed), {"p.h5", "outside the folder"}));
    std::filesystem::create_symlink(elsewhere / "p.h5", folder / "inside.h5");
    write_link("inside.h5");
    EXPECT_TRUE(mentions(error(allowed), {"inside.h5", "outside the folder"}));
    write_raw("/etc/passwd");
    EXPECT_TRUE(mentions(error(), {"/etc/passwd", "--allow-external"}));
    EXPECT_TRUE(mentions(error(allowed), {"/etc/passwd", "outside the folder"}));
}

TEST_F(ExternalFile, that_is_a_pipe_does_not_hang)
{
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    write_link("pipe");
    EXPECT_TRUE(mentions(error(allowed), {"pipe", "no regular file"}));
    write_raw("pipe");
    EXPECT_TRUE(mentions(error(allowed), {"pipe", "no regular file"}));
    write_virtual(2, {"pipe"});
    EXPECT_TRUE(mentions(error(allowed), {"pipe", "no regular file"}));
    EXPECT_TRUE(mentions(error_of([&] { read_all_showers(folder / "pipe"); }),
                         {"pipe", "a device or a pipe"}));
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    FileDescriptor const reading(ends[0]);
    FileDescriptor const writing(ends[1]);  // as a shell hands over what a program writes
    EXPECT_TRUE(
        mentions(error_of([&] { read_all_showers("/dev/fd/" + std::to_string(reading.get())); }),
                 {"/dev/fd/", "a device or a pipe"}));
}

TEST_F(ExternalFile, of_raw_numbers_is_read_when_asked_for_and_long_enough)
{
    write_raw("cells.raw");
    auto const cells = numbered_cells(2);
    auto const* const bytes = reinterpret_cast<char const*>(cells.data());
    std::ofstream(folder / "cells.raw", std::ios::binary).write(bytes, 2 * 62500);
    EXPECT_TRUE(mentions(error(), {"cells.raw", "--allow-external"}));
    EXPECT_EQ(read_all_showers(main, allowed).cells, cells);
    std::ofstream(folder / "cells.raw", std::ios::binary).write(bytes, 2 * 62500 - 1);
    EXPECT_TRUE(mentions(error(allowed), {"cells.raw", "124999 bytes", "too few"}));
}

TEST_F(ExternalFile, of_a_virtual_data_set_is_read_when_asked_for)
{
    write_part("parts/p.h5", 0);
    write_part("parts/q.h5", 2);
    write_virtual(4, {"parts/p.h5", "parts/q.h5"});
    EXPECT_TRUE(mentions(error(), {"parts/p.h5", "--allow-external"}));
    EXPECT_EQ(read_all_showers(main, allowed).cells, numbered_cells(4));
}

TEST_F(ExternalFile, of_a_virtual_data_set_must_hold_every_shower)
{
    write_part("p.h5", 0);
    write_virtual(4, {"p.h5"});
    EXPECT_TRUE(mentions(error(allowed), {"ECAL", "showers 2 to 3", "never written"}));
    {
        StoredFile(folder / "q.h5").write("ECAL", {1, 25, 25, 25}, numbered_cells(1), [](hid_t) {});
    }
    write_virtual(4, {"p.h5", "q.h5"});
    EXPECT_TRUE(mentions(error(allowed), {"ECAL", "q.h5", "[1, 25, 25, 25]", "too small"}));
    {
        StoredFile(folder / "q.h5").make("ECAL", {2, 25, 25, 25}, [](hid_t) {});
    }
    EXPECT_TRUE(mentions(error(allowed), {"q.h5", "showers 0 to 1", "never written"}));
}

TEST_F(ExternalFile, a_virtual_data_set_of_itself_is_an_error)
{
    write_virtual(2, {"."});
    for (auto const& config : {ShowerReader::Config{}, allowed})
        EXPECT_TRUE(mentions(error(config), {"ECAL", "virtual"}));
}

TEST_F(ExternalFile, links_that_turn_in_a_circle_are_an_error)
{
    write_link("a.h5");
    EXPECT_TRUE(mentions(error(allowed), {"ECAL", "circle"}));
}

TEST_F(ExternalFile, a_soft_link_within_the_file_is_followed)
{
    {
        StoredFile file(main);
        file.write("cells", {2, 25, 25, 25}, numbered_cells(2), [](hid_t) {});
        file.soft_link("ECAL", "/cells");
        file.write_target(2);
    }
    EXPECT_EQ(read_all_showers(main).cells, numbered_cells(2));
}

TEST_F(ExternalFile, a_soft_link_is_no_way_out)
{
    write_part("p.h5", 0);
    {
        StoredFile file(main);
        file.external_link("out", "p.h5", "/");
        file.soft_link("ECAL", "/out/ECAL");
        file.write_target(2);
    }
    for (auto const& config : {ShowerReader::Config{}, allowed})
        EXPECT_TRUE(mentions(error(config), {"a.h5", "ECAL"}));
}

}  // namespace
}  // namespace lowcal::data
