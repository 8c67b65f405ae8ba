#include "data/writing/background_writer.hpp"

#include "core/detector/known_detectors.hpp"
#include "data/reading/shower_reader.hpp"
#include "data/shower_files.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <sys/resource.h>

namespace lowcal::data {
namespace {

std::string content_of(std::filesystem::path const& path)
{
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(BackgroundWriter, makes_the_bytes_that_a_writer_makes)
{
    TemporaryFolder const folder;
    ShowerWriter plain(folder / "plain.h5", clic_detector(), {});
    ShowerWriter writer(folder / "background.h5", clic_detector(), {});
    {
        BackgroundWriter background(writer, {.most_waiting = 1});
        for (std::size_t first = 0; first < 60; first += 5) {
            auto block = make_showers(5, Timing::absent, first);
            plain.append(block);
            background.append(std::move(block));
        }
        background.finish();
    }
    plain.close();
    writer.close();
    EXPECT_EQ(writer.count(), 60U);
    EXPECT_EQ(content_of(folder / "background.h5"), content_of(folder / "plain.h5"));
}

TEST(BackgroundWriter, gives_the_memory_of_written_blocks_back)
{
    TemporaryFolder const folder;
    ShowerWriter writer(folder / "a.h5", clic_detector(), {});
    BackgroundWriter background(writer);
    EXPECT_EQ(background.take_written().count(), 0U);
    auto block = make_showers(5);
    auto const* const memory = block.cells.data();
    background.append(std::move(block));
    background.finish();
    EXPECT_EQ(background.take_written().cells.data(), memory);
}

TEST(BackgroundWriter, that_is_not_finished_leaves_no_file)
{
    TemporaryFolder const folder;
    {
        ShowerWriter writer(folder / "a.h5", clic_detector(), {});
        BackgroundWriter background(writer);
        background.append(make_showers(5));
    }
    EXPECT_EQ(folder.entries(), 0U);
}

/// Ends with 0 where a disk of `bytes` was too small and nothing is left on it.
[[noreturn]] void write_many(TemporaryFolder const& folder, rlim_t bytes)
{
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit const limit{bytes, bytes};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) std::exit(2);
    try {
        ShowerWriter writer(folder / "a.h5", clic_detector(), {.compression = 0});
        BackgroundWriter background(writer);
        for (int i = 0; i < 40; ++i) background.append(make_showers(20));
        background.finish();
        writer.close();
    } catch (InputError const& error) {
        std::fprintf(stderr, "%s\n", error.what());
        std::exit(folder.entries() == 0 ? 0 : 3);
    }
    std::exit(4);
}

TEST(BackgroundWriterDeathTest, what_the_writer_throws_comes_back_to_the_caller)
{
    TemporaryFolder const folder;
    EXPECT_EXIT(write_many(folder, 3'000'000), ::testing::ExitedWithCode(0),
                "^cannot write [^ ]*a.h5 .File too large.\n$");
    EXPECT_EXIT(write_many(folder, 300'000'000), ::testing::ExitedWithCode(4), "");
}

}  // namespace
}  // namespace lowcal::data
