// Programs that are killed at random moments and started again end with what an undisturbed run
// makes. LOWCAL_KILLS says how many kills of each.

#include "helpers/kill_loop.hpp"
#include "helpers/networks.hpp"
#include "helpers/samples.hpp"

#include <fstream>
#include <map>

namespace lowcal::end_to_end {
namespace {

namespace fs = std::filesystem;

/// Bytes of all files of a folder but hidden ones, by name.
std::map<std::string, std::string> files_of(fs::path const& folder)
{
    std::map<std::string, std::string> files;
    for (auto const& entry : fs::directory_iterator(folder)) {
        auto const name = entry.path().filename().string();
        if (!name.starts_with(".")) files[name] = content(entry.path());
    }
    return files;
}

void clear(fs::path const& folder)
{
    fs::remove_all(folder);
    fs::create_directories(folder);
}

class Killed : public ::testing::Test {
protected:
    TemporaryFolder folder;
    fs::path work = folder / "work";
    void SetUp() override { fs::create_directories(work); }
};

TEST_F(Killed, production_in_shards_ends_with_the_same_files)
{
    Arguments const command{"generate",        LOWCAL_SOURCE_DIR "/models/lean.int8.onnx",
                            "--energy",        "2:500",
                            "--count",         "1000",
                            "--shard-showers", "100",
                            "--threads",       "1",
                            "--out",           work / "p.h5"};
    auto const duration = duration_of(command);
    auto const expected = files_of(work);
    ASSERT_EQ(expected.size(), 10U);
    clear(work);
    kill_again_and_again({.command = command,
                          .expect_done = [&] { EXPECT_EQ(files_of(work), expected); },
                          .clear = [&] { clear(work); }},
                         duration);
}

TEST_F(Killed, merge_leaves_the_old_file_or_the_whole_new_one)
{
    Arguments command{"merge", "--out", work / "merged.h5"};
    for (auto const* first : {"0", "300"}) {
        command.push_back(folder / (std::string("shard") + first + ".h5"));
        succeed({"generate", LOWCAL_SOURCE_DIR "/models/lean.int8.onnx", "--energy", "50",
                 "--count", "300", "--first", first, "--out", command.back()});
    }
    auto const duration = duration_of(command);
    auto const expected = files_of(work);
    std::string const old = "\x89HDF\r\n\x1a\nan older file";
    auto const put_old = [&] {
        clear(work);
        std::ofstream(work / "merged.h5") << old;
    };
    put_old();
    kill_again_and_again({.again =
                              [&] {
                                  auto const found = content(work / "merged.h5");
                                  EXPECT_TRUE(found == old || found == expected.at("merged.h5"));
                                  return command;
                              },
                          .expect_done = [&] { EXPECT_EQ(files_of(work), expected); },
                          .clear = put_old},
                         duration);
}

TEST_F(Killed, tuning_ends_with_the_same_network)
{
    auto const network = (folder / "small.onnx").string();
    write_small_network(network);
    Arguments const command{"quantize",
                            network,
                            "--calibration",
                            validation_showers(),
                            "--count",
                            "8",
                            "--tune",
                            "--trials",
                            "4",
                            "--judge-count",
                            "100",
                            "--final-count",
                            "100",
                            "--out",
                            work / "int8.onnx"};
    auto const duration = duration_of(command);
    auto const expected = content(work / "int8.onnx");
    clear(work);
    kill_again_and_again({.command = command,
                          .expect_done = [&] { EXPECT_EQ(content(work / "int8.onnx"), expected); },
                          .clear = [&] { clear(work); }},
                         duration);
}

}  // namespace
}  // namespace lowcal::end_to_end
