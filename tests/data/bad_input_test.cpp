#include "core/detector/known_detectors.hpp"
#include "data/reading/shower_reader.hpp"
#include "data/shower_files.hpp"
#include "data/writing/shower_writer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>
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
