#include "data/writing/shower_writer.hpp"

#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "data/reading/shower_reader.hpp"
#include "data/shower_files.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <utility>

namespace lowcal::data {
namespace {

std::string content_of(std::filesystem::path const& path)
{
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

ShowerBlock part(ShowerBlock const& whole, std::size_t first, std::size_t count)
{
    ShowerBlock block;
    auto const slice = [&](std::vector<float> const& from, std::size_t width) {
        auto const begin = from.begin() + static_cast<long>(first * width);
        return std::vector<float>(begin, begin + static_cast<long>(count * width));
    };
    block.cells = slice(whole.cells, clic_detector().cells());
    block.primary_energy = slice(whole.primary_energy, 1);
    if (!whole.monte_carlo_seconds.empty())
        block.monte_carlo_seconds = slice(whole.monte_carlo_seconds, 1);
    return block;
}

TEST(ShowerWriter, showers_come_back_unchanged_at_every_compression)
{
    auto showers = make_showers(37, Timing::present);
    for (std::size_t i = 0; i < 2 * showers.count(); ++i)
        showers.entry_point.push_back(0.07F * static_cast<float>(i) - 2.5F);
    for (int const level : {0, 1, 2, 9}) {
        TemporaryFolder const folder;
        ShowerWriter writer(folder / "a.h5", clic_detector(), {.compression = level});
        writer.append(showers);
        writer.close();
        auto const read = read_all_showers(folder / "a.h5");
        EXPECT_EQ(read.cells, showers.cells) << "level " << level;
        EXPECT_EQ(read.primary_energy, showers.primary_energy) << "level " << level;
        EXPECT_EQ(read.monte_carlo_seconds, showers.monte_carlo_seconds) << "level " << level;
        EXPECT_EQ(read.entry_point, showers.entry_point) << "level " << level;
    }
}

TEST(ShowerWriter, blocks_of_any_size_make_the_same_bytes)
{
    TemporaryFolder const folder;
    auto const showers = make_showers(70, Timing::present);
    std::string first;
    for (std::size_t const step : {70U, 1U, 16U, 33U}) {
        ShowerWriter writer(folder / "a.h5", clic_detector(), {.provenance = {{"seed", "4"}}});
        for (std::size_t at = 0; at < 70; at += step)
            writer.append(part(showers, at, std::min<std::size_t>(step, 70 - at)));
        EXPECT_EQ(writer.count(), 70U);
        writer.close();
        auto const content = content_of(folder / "a.h5");
        if (first.empty()) first = content;
        EXPECT_TRUE(content == first) << "step " << step;
    }
    EXPECT_GT(first.size(), 70U * 600U);
}

/// What writing two blocks after each other says against it.
std::string refusal(ShowerBlock const& first, ShowerBlock const& second)
{
    TemporaryFolder const folder;
    ShowerWriter writer(folder / "a.h5", clic_detector(), {});
    try {
        writer.append(first);
        writer.append(second);
    } catch (InputError const& error) {
        return error.what();
    }
    return {};
}

TEST(ShowerWriter, blocks_that_do_not_fit_are_refused)
{
    auto const good = make_showers(3, Timing::present);
    EXPECT_EQ(refusal(good, good), "");
    auto const expect = [&](std::string const& words, auto const& spoil) {
        auto block = good;
        spoil(block);
        auto const said = refusal(good, block);
        EXPECT_NE(said.find(words), std::string::npos) << said;
        EXPECT_NE(said.find("a.h5"), std::string::npos) << said;
    };
    expect("3 showers have 46876 cells; the detector has 15625 a shower",
           [](ShowerBlock& block) { block.cells.push_back(0); });
    expect("0 showers have 46875 cells", [](ShowerBlock& block) { block.primary_energy.clear(); });
    expect("cpu_seconds is known of the first showers, not of these",
           [](ShowerBlock& block) { block.monte_carlo_seconds.clear(); });
    expect("theta is known of these showers, not of the first", [](ShowerBlock& block) {
        block.theta = {0.1F, 0.2F, 0.3F};
    });
    expect("cpu_seconds has 4 numbers for 3 showers",
           [](ShowerBlock& block) { block.monte_carlo_seconds.push_back(1); });
    expect("vertex_mm has 3 numbers for 3 showers", [](ShowerBlock& block) {
        block.entry_point = {1, 2, 3};
    });
    expect("seen has 3 numbers for 3 showers", [](ShowerBlock& block) {
        block.more["seen"] = {.width = 2, .values = {1, 2, 3}};
    });
    auto wide = good, wider = good;
    wide.latent = {1, 2, 3};
    wider.latent = {1, 2, 3, 4, 5, 6};
    EXPECT_NE(refusal(wide, wider).find("latent has 1 numbers a shower, and 2 of others"),
              std::string::npos);
}

TEST(ShowerWriter, the_provenance_can_be_read_back)
{
    TemporaryFolder const folder;
    ShowerWriter writer(
        folder / "a.h5", clic_detector(),
        {.provenance = {
             {"seed", "18446744073709551615"}, {"isa", "avx512_core_bf16"}, {"empty", ""}}});
    writer.append(make_showers(1));
    writer.annotate("count", "1");
    writer.annotate("seed", "5");
    writer.close();
    auto const attributes = ShowerReader(folder / "a.h5").attributes();
    EXPECT_EQ(attributes.at("seed"), "5");
    EXPECT_EQ(attributes.at("isa"), "avx512_core_bf16");
    EXPECT_EQ(attributes.at("count"), "1");
}

TEST(ShowerWriter, latent_vectors_are_a_data_set_of_their_own)
{
    TemporaryFolder const folder;
    auto showers = make_showers(3);
    showers.latent = {0, 1, 2, 3, 4, 5};
    ShowerWriter writer(folder / "a.h5", clic_detector(), {});
    writer.append(showers);
    writer.close();
    EXPECT_EQ(read_numbers(folder / "a.h5", "latent"), showers.latent);
    EXPECT_EQ(ShowerReader(folder / "a.h5").count(), 3U);  // readers pass over it
}

TEST(ShowerWriter, nothing_is_left_by_a_writer_that_is_not_closed)
{
    TemporaryFolder const folder;
    {
        ShowerWriter writer(folder / "a.h5", clic_detector(), {});
        writer.append(make_showers(20));
        EXPECT_EQ(folder.entries(), 1U);
        EXPECT_FALSE(std::filesystem::exists(folder / "a.h5"));
    }
    EXPECT_EQ(folder.entries(), 0U);
}

TEST(ShowerWriter, an_older_file_stays_until_the_new_one_is_complete)
{
    TemporaryFolder const folder;
    write_clic(folder / "a.h5", make_showers(3));
    {
        ShowerWriter writer(folder / "a.h5", clic_detector(), {});
        writer.append(make_showers(5));
        EXPECT_EQ(ShowerReader(folder / "a.h5").count(), 3U);
        writer.close();
    }
    EXPECT_EQ(ShowerReader(folder / "a.h5").count(), 5U);
    EXPECT_EQ(folder.entries(), 1U);
}

TEST(ShowerWriter, a_file_without_showers_is_not_written)
{
    TemporaryFolder const folder;
    {
        ShowerWriter writer(folder / "a.h5", clic_detector(), {});
        writer.append({});
        EXPECT_TRUE(mentions(error_of([&] { writer.close(); }), {"a.h5", "no shower"}));
    }
    EXPECT_EQ(folder.entries(), 0U);
}

TEST(ShowerWriter, a_place_that_cannot_be_written_is_named)
{
    TemporaryFolder const folder;
    EXPECT_TRUE(mentions(error_of([&] { ShowerWriter(folder / "none/a.h5", clic_detector(), {}); }),
                         {"none/a.h5", "no folder"}));
    EXPECT_TRUE(
        mentions(error_of([&] { ShowerWriter(folder / "", clic_detector(), {}); }), {"folder"}));
    EXPECT_TRUE(mentions(
        error_of([&] { ShowerWriter(folder / "a.h5", clic_detector(), {.compression = 10}); }),
        {"a.h5", "gzip level 10"}));
    EXPECT_EQ(folder.entries(), 0U);
}

TEST(ShowerWriter, a_device_is_not_replaced)
{
    TemporaryFolder const folder;
    std::filesystem::create_symlink("/dev/null", folder / "device");  // only the link is at risk
    EXPECT_TRUE(mentions(error_of([&] { ShowerWriter(folder / "device", clic_detector(), {}); }),
                         {"device", "not a regular file"}));
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "device"));
}

TEST(ShowerWriter, a_writer_can_be_moved)
{
    TemporaryFolder const folder;
    ShowerWriter writer(folder / "a.h5", clic_detector(), {});
    writer.append(make_showers(2));
    auto moved = std::move(writer);
    moved.append(make_showers(2));
    moved.close();
    EXPECT_EQ(ShowerReader(folder / "a.h5").count(), 4U);
}

/// Files cannot grow beyond `bytes` from here on, as on a full disk.
void fill_disk(rlim_t bytes)
{
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit const limit{bytes, bytes};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) std::exit(2);
}

/// Runs in a child process: ends with 0 where the write failed as it should and left nothing.
template <class Write>
[[noreturn]] void expect_no_room(TemporaryFolder const& folder, Write write)
{
    try {
        write();
    } catch (InputError const& error) {
        std::fprintf(stderr, "%s\n", error.what());
        std::exit(folder.entries() == 0 ? 0 : 3);
    }
    std::exit(4);
}

TEST(ShowerWriterDeathTest, a_disk_that_fills_up_while_appending_is_an_error_and_leaves_nothing)
{
    for (int const level : {0, 1, 2}) {
        TemporaryFolder const folder;
        auto const showers = make_showers(200);
        EXPECT_EXIT(expect_no_room(folder,
                                   [&] {
                                       fill_disk(100'000);
                                       ShowerWriter writer(folder / "a.h5", clic_detector(),
                                                           {.compression = level});
                                       for (int i = 0; i < 4; ++i) writer.append(showers);
                                       writer.close();
                                   }),
                    ::testing::ExitedWithCode(0), "^cannot write [^ ]*a.h5 .File too large.\n$");
    }
}

TEST(ShowerWriterDeathTest, a_disk_that_fills_up_while_closing_is_an_error_and_leaves_nothing)
{
    TemporaryFolder const folder;
    auto const showers = make_showers(20);
    EXPECT_EXIT(expect_no_room(folder,
                               [&] {
                                   ShowerWriter writer(folder / "a.h5", clic_detector(), {});
                                   writer.append(showers);
                                   fill_disk(100);
                                   writer.close();
                               }),
                ::testing::ExitedWithCode(0), "^cannot write [^ ]*a.h5 .File too large.\n$");
}

TEST(ShowerWriterDeathTest, with_room_the_same_write_succeeds)
{
    TemporaryFolder const folder;
    auto const showers = make_showers(20);
    EXPECT_EXIT(expect_no_room(folder,
                               [&] {
                                   fill_disk(100'000'000);
                                   ShowerWriter writer(folder / "a.h5", clic_detector(), {});
                                   writer.append(showers);
                                   writer.close();
                               }),
                ::testing::ExitedWithCode(4), "");
}

}  // namespace
}  // namespace lowcal::data
