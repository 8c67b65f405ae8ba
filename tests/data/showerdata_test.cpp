#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "core/unlike_layers.hpp"
#include "data/reading/shower_reader.hpp"
#include "data/shower_files.hpp"
#include "data/stored_file.hpp"
#include "data/writing/shower_writer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <numbers>

namespace lowcal::data {
namespace {

using Path = std::filesystem::path;
using Rows = std::vector<std::vector<float>>;

/// 3 x 3 cells of 10 mm in two layers.
Detector box()
{
    return {.name = "box",
            .axes = {Axis{.name = "x", .cells = 3, .size = 10},
                     Axis{.name = "y", .cells = 3, .size = 10},
                     Axis{.name = "z", .cells = 2, .size = 5}},
            .depth = 2};
}

/// In cell [0][2][1], twice, in [1][1][0], and a point that fills up.
Rows two_showers()
{
    return {{-10, 10, 1, 0.25F, -8, 12, 1, 0.5F, 0, 0, 0, 0.125F, 0, 0, 0, 0}, {0, 0, 0, 1.0F}};
}

struct Parts {
    Rows showers = two_showers();
    std::vector<int> shape{2, 4, 4};
    StoredFile::Creation creation = [](hid_t) {};
    hid_t type = H5T_IEEE_F32LE;
    std::vector<int> pdg{11, 22};
    std::vector<int> ids{0, 1};
    bool with_shape = true;
};

void write(Path const& path, Parts const& parts = {})
{
    StoredFile file(path);
    auto const count = static_cast<hsize_t>(parts.showers.size());
    file.sequences("showers", parts.showers, parts.creation, parts.type);
    file.write("energies", {count, 1}, {50, 100}, [](hid_t) {});
    float const half = std::sqrt(0.5F);
    file.write("directions", {count, 3}, {0, 0, 1, 0, half, half}, [](hid_t) {});
    file.whole("pdg", {count}, parts.pdg);
    file.whole("shower_ids", {count}, parts.ids);
    file.whole("num_points", {count}, {3, 1});
    if (parts.with_shape) file.whole("shape", {3}, parts.shape);
}

void chunked(hid_t list)
{
    hsize_t const rows = 1;
    H5Pset_chunk(list, 1, &rows);
}
void packed(hid_t list)
{
    chunked(list);
    H5Pset_deflate(list, 1);
}

std::string error_with(Parts const& parts)
{
    TemporaryFolder const folder;
    write(folder / "a.h5", parts);
    return error_of(
        [&] { read_all_showers(folder / "a.h5", {.columns = Columns::all, .detector = box()}); });
}

TEST(Showerdata, points_are_added_up_in_the_detectors_cells)
{
    TemporaryFolder const folder;
    for (auto const& creation : {StoredFile::Creation([](hid_t) {}), StoredFile::Creation(chunked),
                                 StoredFile::Creation(packed)})
        for (hid_t const type : {H5T_IEEE_F32LE, H5T_IEEE_F64BE}) {
            write(folder / "a.h5", {.creation = creation, .type = type});
            ShowerReader reader(folder / "a.h5", {.detector = box()});
            EXPECT_EQ(reader.layout(), Layout::showerdata);
            auto const block = reader.read(0, 2);
            std::vector<float> expected(36);
            expected[(0 * 3 + 2) * 2 + 1] = 0.75F;
            expected[(1 * 3 + 1) * 2 + 0] = 0.125F;
            expected[18 + (1 * 3 + 1) * 2 + 0] = 1.0F;
            EXPECT_EQ(block.cells, expected);
            EXPECT_EQ(block.primary_energy, (std::vector<float>{50, 100}));
            EXPECT_EQ(block.pdg_code, (std::vector<float>{11, 22}));
            EXPECT_EQ(block.theta[0], 0.0F);
            EXPECT_NEAR(block.theta[1], std::numbers::pi / 4, 1e-6);
            EXPECT_NEAR(block.phi[1], std::numbers::pi / 2, 1e-6);
            EXPECT_EQ(reader.report().left_out.points, 0U);
        }
}

TEST(Showerdata, points_may_have_a_time)
{
    TemporaryFolder const folder;
    write(folder / "a.h5",
          {.showers = {{-10, 10, 1, 0.25F, 7}, {0, 0, 0, 1.0F, 8}}, .shape = {2, 1, 5}});
    auto const block = read_all_showers(folder / "a.h5", {.detector = box()});
    EXPECT_EQ(block.cells[5], 0.25F);
    EXPECT_EQ(block.cells[18 + 8], 1.0F);
}

TEST(Showerdata, points_outside_of_the_cells_are_left_out_counted_and_said)
{
    TemporaryFolder const folder;
    auto showers = two_showers();
    showers[1].insert(showers[1].end(), {15.1F, 0, 0, 2.0F, 0, 0, 2, 1.0F});
    write(folder / "a.h5", {.showers = showers});
    ShowerReader reader(folder / "a.h5", {.detector = box()});
    auto const block = reader.read(0, 2);
    EXPECT_EQ(reader.report().left_out.points, 2U);
    EXPECT_EQ(reader.report().left_out.energy, 3.0);
    EXPECT_TRUE(
        mentions(reader.report().warnings().at(0), {"a.h5", "2 points outside", "3 of 4.875 GeV"}));
}

TEST(Showerdata, energies_that_are_none_make_a_bad_shower)
{
    TemporaryFolder const folder;
    for (float const bad : {-1.0F, NAN, INFINITY})
        for (float const x : {10.0F, 100.0F}) {  // inside and outside
            auto showers = two_showers();
            // What is added later must not hide it.
            showers[0].insert(showers[0].end(), {x, 0, 0, bad, x, 0, 0, 5.0F});
            write(folder / "a.h5", {.showers = showers});
            auto const read = [&] { read_all_showers(folder / "a.h5", {.detector = box()}); };
            EXPECT_TRUE(mentions(error_of(read), {"a.h5", "shower 0", "NaN cell"}));
            ShowerReader skipping(folder / "a.h5",
                                  {.bad_showers = BadShowers::skip, .detector = box()});
            EXPECT_EQ(skipping.read(0, 2).count(), 1U);
        }
}

TEST(Showerdata, a_detector_must_be_said)
{
    TemporaryFolder const folder;
    write(folder / "a.h5");
    EXPECT_TRUE(mentions(error_of([&] { ShowerReader(folder / "a.h5"); }),
                         {"a.h5", "showers", "what the detector's cells are", "--detector"}));
}

TEST(Showerdata, what_does_not_fit_is_refused_by_name)
{
    EXPECT_TRUE(mentions(error_with({.shape = {2, 4, 3}}), {"shape", "has 3 numbers, not 4 or 5"}));
    EXPECT_TRUE(
        mentions(error_with({.shape = {2, 4, 5}}), {"shower 0", "16 numbers, and a point 5"}));
    EXPECT_TRUE(mentions(error_with({.with_shape = false}), {"shape", "no such data set"}));
    EXPECT_TRUE(mentions(error_with({.pdg = {11, 1000020040}}), {"pdg", "row 1 is beyond 2^24"}));
    TemporaryFolder const folder;
    {
        RawFile file(folder / "a.h5");
        file.floats("showers", {1, 18}, std::vector<float>(18));
        file.floats("energies", {1, 1}, {50});
    }
    EXPECT_TRUE(mentions(error_of([&] { ShowerReader(folder / "a.h5", {.detector = box()}); }),
                         {"showers", "does not hold sequences"}));
}

TEST(Showerdata, everything_survives_writing_and_reading)
{
    TemporaryFolder const folder;
    write(folder / "a.h5", {.ids = {7, 3}});
    for (auto const& [from, to] : {std::pair{"a.h5", "b.h5"}, std::pair{"b.h5", "c.h5"}}) {
        ShowerReader reader(folder / from, {.columns = Columns::all, .detector = box()});
        EXPECT_NO_THROW(reader.require_all_carried({}));
        auto const block = reader.read(0, 2);
        EXPECT_EQ(block.more.at("shower_ids").values, (std::vector<float>{7, 3}));
        ShowerWriter writer(folder / to, box(), {.layout = Layout::showerdata});
        writer.append(block);
        writer.close();
    }
    auto const first =
        read_all_showers(folder / "a.h5", {.columns = Columns::all, .detector = box()});
    auto const last = read_all_showers(folder / "c.h5", {.columns = Columns::all});
    EXPECT_EQ(last.cells, first.cells);
    EXPECT_EQ(last.primary_energy, first.primary_energy);
    EXPECT_EQ(last.pdg_code, first.pdg_code);
    EXPECT_EQ(last.theta, first.theta);
    EXPECT_EQ(last.phi, first.phi);
    EXPECT_EQ(last.more.at("directions").values, first.more.at("directions").values);
    EXPECT_EQ(last.more.at("shower_ids").values, first.more.at("shower_ids").values);
}

ShowerBlock one_shower()
{
    ShowerBlock block;
    block.cells.resize(18);
    block.primary_energy = {50};
    return block;
}

std::vector<float> written_direction(ShowerBlock const& block)
{
    TemporaryFolder const folder;
    ShowerWriter writer(folder / "a.h5", box(), {.layout = Layout::showerdata});
    writer.append(block);
    writer.close();
    return read_numbers(folder / "a.h5", "directions");
}

void expect_near(std::vector<float> const& found, std::vector<double> const& expected)
{
    ASSERT_EQ(found.size(), expected.size());
    constexpr double rounding = 0x1p-23;  // of angles and of directions
    for (std::size_t i = 0; i < found.size(); ++i)
        EXPECT_NEAR(static_cast<double>(found[i]), expected[i], rounding) << i;
}

TEST(Showerdata, directions_are_made_of_theta_and_phi)
{
    auto block = one_shower();
    expect_near(written_direction(block), {0, 0, 1});
    block.theta = {1.2F};  // alone: in the plane of x and the normal, which has pi/2
    expect_near(written_direction(block), {std::cos(1.2), 0, std::sin(1.2)});
    block.phi = {0.5F};
    expect_near(written_direction(block),
                {std::sin(1.2) * std::cos(0.5), std::sin(1.2) * std::sin(0.5), std::cos(1.2)});
    block.more["directions"] = {.width = 3, .values = {1, 0, 0}};
    expect_near(written_direction(block), {1, 0, 0});
}

TEST(Showerdata, angles_of_a_file_stay_as_they_are)
{
    TemporaryFolder const folder;
    auto block = one_shower();
    block.theta = {1.2345678F};
    ShowerWriter writer(folder / "a.h5", box(), {.layout = Layout::showerdata});
    writer.append(block);
    writer.close();
    auto const read = read_all_showers(folder / "a.h5");
    EXPECT_EQ(read.theta, block.theta);
    EXPECT_TRUE(read.phi.empty());       // the file does not say it
    EXPECT_EQ(read.cells, block.cells);  // no point at all
}

TEST(Showerdata, what_the_package_writes_where_it_knows_nothing_says_nothing)
{
    TemporaryFolder const folder;
    ShowerWriter writer(folder / "a.h5", box(), {.layout = Layout::showerdata});
    writer.append(one_shower());
    writer.append(one_shower());
    writer.close();
    EXPECT_EQ(read_numbers(folder / "a.h5", "shower_ids"), (std::vector<float>{0, 1}));
    EXPECT_EQ(read_numbers(folder / "a.h5", "directions"), (std::vector<float>{0, 0, 1, 0, 0, 1}));
    ShowerReader reader(folder / "a.h5", {.columns = Columns::all});
    auto const block = reader.read(0, 2);
    EXPECT_EQ(block.more.count("shower_ids"), 0U);  // merged shards are numbered anew
    EXPECT_TRUE(block.theta.empty() && block.phi.empty());
    EXPECT_NO_THROW(reader.require_all_carried({}));
}

/// The file of two showers with `change` done to its bytes; where `heap` begins is found by its
/// signature.
std::string error_of_damaged(
    std::function<void(std::string& bytes, std::size_t heap)> const& change)
{
    TemporaryFolder const folder;
    write(folder / "a.h5");
    std::ifstream in(folder / "a.h5", std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    in.close();
    auto const heap = bytes.find("GCOL");
    EXPECT_NE(heap, std::string::npos);
    change(bytes, heap);
    std::ofstream(folder / "a.h5", std::ios::binary) << bytes;
    return error_of([&] { read_all_showers(folder / "a.h5", {.detector = box()}); });
}

template <class Number>
void put(std::string& bytes, std::size_t at, Number number)
{
    std::memcpy(bytes.data() + at, &number, sizeof number);
}

/// Where the reference to the first shower's 16 numbers stands: their count, then the address.
std::size_t reference_in(std::string const& bytes, std::size_t heap)
{
    std::string reference(12, '\0');
    put(reference, 0, std::uint32_t{16});
    put(reference, 4, std::uint64_t{heap});
    auto const at = bytes.find(reference);
    EXPECT_NE(at, std::string::npos);
    return at;
}

TEST(DamagedHeap, is_an_error_that_says_where)
{
    auto const said = [](auto const& change) { return error_of_damaged(change); };
    EXPECT_TRUE(mentions(said([](std::string& b, std::size_t heap) { b[heap] = 'X'; }),
                         {"a.h5", "showers", "no heap is"}));
    EXPECT_TRUE(
        mentions(said([](std::string& b, std::size_t heap) { b[heap + 4] = 2; }), {"no heap is"}));
    EXPECT_TRUE(mentions(
        said([](std::string& b, std::size_t heap) { put(b, heap + 8, ~std::uint64_t{0}); }),
        {"heap takes 18446744073709551615 bytes"}));
    EXPECT_TRUE(mentions(
        said([](std::string& b, std::size_t heap) { put(b, heap + 8, std::uint64_t{1} << 20U); }),
        {"beyond the file's end"}));
    EXPECT_TRUE(mentions(
        said([](std::string& b, std::size_t heap) { put(b, heap + 8, std::uint64_t{15}); }),
        {"heap takes 15 bytes"}));
    EXPECT_TRUE(mentions(said([](std::string& b, std::size_t heap) {
                             put(b, heap + 16 + 8, ~std::uint64_t{0} - 3);
                         }),
                         {"goes beyond the heap"}));
    EXPECT_TRUE(mentions(
        said([](std::string& b, std::size_t heap) { put(b, heap + 16 + 8, std::uint64_t{60}); }),
        {"row 0", "60 bytes in place of 16 numbers"}));
    EXPECT_TRUE(mentions(
        said([](std::string& b, std::size_t heap) { put(b, heap + 16, std::uint16_t{9}); }),
        {"object 1 of a heap that has none"}));
}

TEST(DamagedHeap, references_beyond_the_file_or_of_absurd_length_are_errors)
{
    auto const with = [](std::size_t place, auto number) {
        return error_of_damaged([=](std::string& bytes, std::size_t heap) {
            put(bytes, reference_in(bytes, heap) + place, number);
        });
    };
    EXPECT_TRUE(mentions(with(4, ~std::uint64_t{0}), {"beyond the file's end"}));
    EXPECT_TRUE(mentions(with(4, ~std::uint64_t{0} - 7), {"beyond the file's end"}));
    EXPECT_TRUE(mentions(with(4, std::uint64_t{0}), {"no heap is"}));
    EXPECT_TRUE(mentions(with(12, std::uint32_t{0}), {"object 0 of a heap"}));
    EXPECT_TRUE(mentions(with(12, std::uint32_t{70000}), {"object 70000 of a heap"}));
    EXPECT_TRUE(mentions(with(0, ~std::uint32_t{0}), {"row 0", "4294967295 numbers"}));
    EXPECT_TRUE(mentions(with(0, std::uint32_t{15}), {"row 0", "64 bytes in place of 15"}));
}

TEST(DamagedHeap, filters_that_only_hdf5_knows_are_refused_for_references)
{
    auto const error = error_with({.creation = [](hid_t list) {
        chunked(list);
        H5Pset_filter(list, H5Z_FILTER_SZIP, H5Z_FLAG_OPTIONAL, 2,
                      std::array<unsigned, 2>{H5_SZIP_NN_OPTION_MASK, 8}.data());
    }});
    EXPECT_TRUE(mentions(error, {"showers", "other filters than deflate"}));
}

}  // namespace
}  // namespace lowcal::data
