#include "core/detector/known_detectors.hpp"
#include "core/files/file_descriptor.hpp"
#include "data/reading/shower_reader.hpp"
#include "data/shower_files.hpp"
#include "data/writing/shower_writer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <sys/file.h>
#include <utility>
#include <vector>

namespace lowcal::data {
namespace {

using Path = std::filesystem::path;

std::string error_of_reading(Path const& path)
{
    return error_of([&] { read_all_showers(path); });
}

std::string content_of(Path const& path)
{
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void write_content(Path const& path, std::string const& content)
{
    std::ofstream(path, std::ios::binary) << content;
}

std::vector<float> zero_cells(std::size_t showers)
{
    return std::vector<float>(showers * 15625);
}

TEST(BadInput, a_missing_file_is_named)
{
    TemporaryFolder const folder;
    EXPECT_TRUE(mentions(error_of_reading(folder / "none.h5"), {"none.h5", "no such file"}));
}

TEST(BadInput, a_folder_is_not_taken_for_a_file)
{
    TemporaryFolder const folder;
    EXPECT_TRUE(mentions(error_of_reading(folder / ""), {"folder"}));
}

TEST(BadInput, a_file_that_is_not_hdf5_is_said_so)
{
    TemporaryFolder const folder;
    for (auto const* content : {"", "energy,cells\n1,2\n"}) {
        write_content(folder / "text.h5", content);
        EXPECT_TRUE(mentions(error_of_reading(folder / "text.h5"), {"text.h5", "not an HDF5"}));
    }
}

TEST(BadInput, a_file_cut_anywhere_is_an_error)
{
    TemporaryFolder const folder;
    ShowerWriter writer(folder / "whole.h5", clic_detector(), {});
    writer.append(make_showers(20));
    writer.close();
    auto const whole = content_of(folder / "whole.h5");
    for (std::size_t part = 0; part < 40; ++part) {
        write_content(folder / "cut.h5", whole.substr(0, whole.size() * part / 40));
        EXPECT_TRUE(mentions(error_of_reading(folder / "cut.h5"), {"cut.h5"}));
    }
    write_content(folder / "cut.h5", whole);
    EXPECT_EQ(read_all_showers(folder / "cut.h5").count(), 20U);
}

TEST(BadInput, a_damaged_chunk_is_an_error_that_names_the_data_set)
{
    TemporaryFolder const folder;
    ShowerWriter writer(folder / "a.h5", clic_detector(), {});
    writer.append(make_showers(32));
    writer.close();
    auto content = content_of(folder / "a.h5");
    content.replace(content.size() / 2, 64, 64, '\xff');
    write_content(folder / "a.h5", content);
    EXPECT_TRUE(mentions(error_of_reading(folder / "a.h5"), {"a.h5", "ECAL"}));
}

TEST(BadInput, an_hdf5_file_without_showers_is_said_so)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "a.h5");
        file.floats("tracks", {2}, {1, 2});
    }
    EXPECT_TRUE(mentions(error_of_reading(folder / "a.h5"), {"a.h5", "ECAL", "showers"}));
}

TEST(BadInput, a_missing_partner_data_set_is_named)
{
    TemporaryFolder const folder;
    {
        RawFile(folder / "clic.h5").floats("ECAL", {1, 25, 25, 25}, zero_cells(1));
    }
    {
        RawFile(folder / "angle.h5").hollow("ECAL", {1, 51, 51, 25}, 0);
    }
    {
        RawFile(folder / "energies.h5").floats("incident_energies", {1, 1}, {5});
    }
    {
        RawFile(folder / "showers.h5").floats("showers", {1, 15625}, zero_cells(1));
    }
    EXPECT_TRUE(mentions(error_of_reading(folder / "clic.h5"), {"clic.h5", "target", "neither"}));
    EXPECT_TRUE(mentions(error_of_reading(folder / "angle.h5"), {"angle.h5", "energy", "neither"}));
    EXPECT_TRUE(
        mentions(error_of_reading(folder / "energies.h5"), {"showers", "no such data set"}));
    EXPECT_TRUE(
        mentions(error_of_reading(folder / "showers.h5"), {"incident_energies", "no such"}));
}

TEST(BadInput, a_wrong_rank_or_shape_of_the_cells_is_shown)
{
    TemporaryFolder const folder;
    for (auto const& shape : std::vector<RawFile::Shape>{
             {15625}, {2, 15625}, {2, 25, 25}, {2, 24, 25, 25}, {2, 25, 25, 25, 2}}) {
        {
            RawFile file(folder / "a.h5");
            file.hollow("ECAL", shape, 0);
            file.hollow("target", {2, 2}, 100);
        }
        EXPECT_TRUE(mentions(
            error_of_reading(folder / "a.h5"),
            {"a.h5", "ECAL", "shape", shape.size() == 4 ? "--detector" : "showers of three axes"}));
    }
}

TEST(BadInput, a_wrong_rank_or_shape_of_the_energies_is_shown)
{
    TemporaryFolder const folder;
    for (auto const& shape : std::vector<RawFile::Shape>{{2}, {2, 1}, {2, 2, 2}}) {
        {
            RawFile file(folder / "a.h5");
            file.hollow("ECAL", {2, 25, 25, 25}, 0);
            file.hollow("target", shape, 100);
        }
        EXPECT_TRUE(mentions(error_of_reading(folder / "a.h5"), {"target", "shape", "[N, 2]"}));
    }
}

TEST(BadInput, a_single_number_in_place_of_the_showers_is_an_error)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "a.h5");
        file.floats("ECAL", {}, {1});
    }
    EXPECT_TRUE(mentions(error_of_reading(folder / "a.h5"), {"ECAL", "shape is []"}));
}

TEST(BadInput, strings_are_not_taken_for_energies)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "strings.h5");
        file.floats("ECAL", {1, 25, 25, 25}, zero_cells(1));
        file.strings("target", {1, 2});
    }
    EXPECT_TRUE(mentions(error_of_reading(folder / "strings.h5"), {"target", "strings"}));
}

TEST(BadInput, a_group_in_place_of_a_data_set_is_an_error)
{
    TemporaryFolder const folder;
    {
        auto const file =
            checked(H5Fcreate((folder / "a.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT),
                    H5Fclose, "test");
        auto const group =
            checked(H5Gcreate2(file.get(), "ECAL", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose,
                    "test");
    }
    EXPECT_TRUE(mentions(error_of_reading(folder / "a.h5"), {"a.h5", "ECAL"}));
}

TEST(BadInput, a_file_of_no_showers_is_an_error)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "a.h5");
        file.floats("ECAL", {0, 25, 25, 25}, {});
        file.floats("target", {0, 2}, {});
    }
    EXPECT_TRUE(mentions(error_of_reading(folder / "a.h5"), {"a.h5", "ECAL", "no showers"}));
}

TEST(BadInput, data_sets_for_different_numbers_of_showers_are_an_error_with_both_numbers)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "target.h5");
        file.floats("ECAL", {2, 25, 25, 25}, zero_cells(2));
        file.floats("target", {3, 2}, {11, 5, 11, 5, 11, 5});
    }
    {
        RawFile file(folder / "seconds.h5");
        file.floats("ECAL", {2, 25, 25, 25}, zero_cells(2));
        file.floats("target", {2, 2}, {11, 5, 11, 5});
        file.floats("cpu_seconds", {1}, {1});
    }
    EXPECT_TRUE(
        mentions(error_of_reading(folder / "target.h5"), {"target", "3 showers", "holds 2"}));
    EXPECT_TRUE(mentions(error_of_reading(folder / "seconds.h5"), {"cpu_seconds", "1 showers"}));
}

TEST(BadInput, a_filter_that_is_not_available_is_named)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "a.h5");
        file.exotic("ECAL", {1, 25, 25, 25}, zero_cells(1));
        file.floats("target", {1, 2}, {11, 100});
    }
    EXPECT_TRUE(mentions(error_of_reading(folder / "a.h5"),
                         {"a.h5", "ECAL", "filter 511", "HDF5_PLUGIN_PATH"}));
}

TEST(BadInput, of_lzf_the_line_of_python_is_said_that_writes_the_file_anew)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "a.h5");
        file.exotic("ECAL", {1, 25, 25, 25}, zero_cells(1), 32000);
        file.floats("target", {1, 2}, {11, 100});
    }
    auto const error = error_of_reading(folder / "a.h5");
    EXPECT_TRUE(mentions(error, {"a.h5", "ECAL", "filter 32000", "lzf", "import h5py", "'gzip'"}));
    EXPECT_EQ(error.find("HDF5_PLUGIN_PATH"), std::string::npos);  // h5py brings none
}

/// Puts bytes at a place of a file.
void patch(Path const& path, std::size_t place, std::string const& bytes)
{
    auto content = content_of(path);
    content.replace(place, bytes.size(), bytes);
    write_content(path, content);
}

/// A file of one shower in the newest format of HDF5 1.10.
void write_new_format(Path const& path)
{
    auto const access = checked(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "test: list");
    checked(H5Pset_libver_bounds(access.get(), H5F_LIBVER_LATEST, H5F_LIBVER_LATEST), "test: new");
    auto const file = checked(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()),
                              H5Fclose, "test: file");
    for (auto const& [name, shape] : {std::pair{"ECAL", std::vector<hsize_t>{1, 25, 25, 25}},
                                      std::pair{"target", std::vector<hsize_t>{1, 2}}}) {
        std::vector<float> const values(15625, 50.0F);
        auto const space = checked(
            H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose, "");
        auto const set = checked(H5Dcreate2(file.get(), name, H5T_IEEE_F32LE, space.get(),
                                            H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                                 H5Dclose, "test: set");
        checked(H5Dwrite(set.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
                "test: write");
    }
}

TEST(BadInput, a_superblock_of_a_later_hdf5_is_said_to_be_newer_and_how_it_becomes_older)
{
    TemporaryFolder const folder;
    write_new_format(folder / "a.h5");
    EXPECT_EQ(read_all_showers(folder / "a.h5").count(), 1U);
    patch(folder / "a.h5", 8, "\x07");
    EXPECT_TRUE(mentions(error_of_reading(folder / "a.h5"),
                         {"a.h5", "superblock version", "newer format than HDF5", "import h5py"}));
}

TEST(BadInput, a_file_that_was_cut_is_not_said_to_be_of_another_version)
{
    TemporaryFolder const folder;
    write_new_format(folder / "a.h5");
    auto const whole = content_of(folder / "a.h5");
    write_content(folder / "a.h5", whole.substr(0, whole.size() / 2));
    auto const error = error_of_reading(folder / "a.h5");
    EXPECT_TRUE(mentions(error, {"a.h5", "truncated file", "not written or copied to its end"}));
    EXPECT_EQ(error.find("newer"), std::string::npos);
}

TEST(BadInput, a_file_with_the_mark_of_a_writer_is_said_to_be_open)
{
    TemporaryFolder const folder;
    for (char const mark : {'\x01', '\x05'}) {
        write_new_format(folder / "a.h5");
        patch(folder / "a.h5", 11, std::string(1, mark));
        auto const error = error_of_reading(folder / "a.h5");
        EXPECT_TRUE(mentions(error, {"a.h5", "marked as open for writing", "wait", "copy"}));
        EXPECT_EQ(error.find("LOCKING"), std::string::npos);
    }
}

TEST(BadInput, a_file_that_another_program_writes_is_read_with_a_warning)
{
    TemporaryFolder const folder;
    write_clic(folder / "a.h5", make_showers(2));
    {
        FileDescriptor const writer(::open((folder / "a.h5").c_str(), O_RDWR));
        ASSERT_EQ(::flock(writer.get(), LOCK_EX), 0);  // as HDF5 does
        ShowerReader reader(folder / "a.h5");
        EXPECT_EQ(reader.read(0, 2).count(), 2U);
        ASSERT_EQ(reader.report().warnings().size(), 1U);
        EXPECT_TRUE(mentions(reader.report().warnings()[0], {"a.h5", "open for writing"}));
    }
    EXPECT_TRUE(ShowerReader(folder / "a.h5").report().warnings().empty());
}

TEST(BadInput, where_a_file_that_is_being_written_cannot_be_read_the_error_says_so)
{
    TemporaryFolder const folder;
    {
        RawFile(folder / "a.h5").floats("ECAL", {1, 25, 25, 25}, zero_cells(1));
    }
    EXPECT_EQ(error_of_reading(folder / "a.h5").find("open for writing"), std::string::npos);
    FileDescriptor const writer(::open((folder / "a.h5").c_str(), O_RDWR));
    ASSERT_EQ(::flock(writer.get(), LOCK_EX), 0);
    EXPECT_TRUE(mentions(error_of_reading(folder / "a.h5"),
                         {"a.h5", "target", "open for writing", "wait"}));
}

TEST(BadInput, a_chunk_too_large_to_unpack_is_refused)
{
    TemporaryFolder const folder;
    {
        RawFile file(folder / "a.h5");
        file.hollow("target", {1, 1U << 29U}, 100);
        file.hollow("ECAL", {1, 25, 25, 25}, 0);
    }
    EXPECT_TRUE(mentions(error_of_reading(folder / "a.h5"), {"target", "chunks", "256 MiB"}));
}

}  // namespace
}  // namespace lowcal::data
