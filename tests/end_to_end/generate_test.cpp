#include "data/reading/shower_reader.hpp"
#include "helpers/program.hpp"
#include "helpers/refused.hpp"
#include "helpers/samples.hpp"

#include <chrono>
#include <fstream>
#include <thread>

namespace lowcal::end_to_end {
namespace {

namespace fs = std::filesystem;

/// A production of uniform energies into this file.
Arguments production(fs::path const& out, Arguments const& more, int seed = 5)
{
    Arguments arguments{"generate", fast_network(),       "--energy", "2:500",
                        "--seed",   std::to_string(seed), "--out",    out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

class Generate : public ::testing::Test {
protected:
    TemporaryFolder folder;
    fs::path whole = folder / "whole.h5";

    void make(fs::path const& out, Arguments const& more) { succeed(production(out, more)); }
};

TEST_F(Generate, in_shards_that_are_merged_makes_the_same_showers)
{
    make(whole, {"--count", "7"});
    make(folder / "a.h5", {"--count", "3"});
    make(folder / "b.h5", {"--first", "3", "--count", "4"});
    auto const said =
        succeed({"merge", folder / "b.h5", folder / "a.h5", "--out", folder / "merged.h5"});
    EXPECT_TRUE(mentions(said.output, {"7 showers of 2 shards"}));
    EXPECT_TRUE(same_showers(folder / "merged.h5", whole));
    auto const attributes = data::ShowerReader(folder / "merged.h5").attributes();
    EXPECT_EQ(attributes.at("first_index"), "0");
    EXPECT_EQ(attributes.at("count"), "7");
    EXPECT_EQ(attributes.at("seed"), "5");
}

TEST_F(Generate, with_another_seed_makes_other_showers)
{
    make(whole, {"--count", "2"});
    succeed(production(folder / "other.h5", {"--count", "2"}, 6));
    EXPECT_FALSE(same_showers(folder / "other.h5", whole));
}

TEST_F(Generate, in_batches_of_any_size_makes_the_same_showers)
{
    make(whole, {"--count", "6", "--batch", "1"});
    make(folder / "b.h5", {"--count", "6", "--batch", "4"});
    EXPECT_TRUE(same_showers(folder / "b.h5", whole));
}

TEST_F(Generate, on_any_number_of_threads_makes_the_same_showers)
{
    make(whole, {"--count", "6", "--threads", "1"});
    make(folder / "b.h5", {"--count", "6", "--threads", "2"});
    EXPECT_TRUE(same_showers(folder / "b.h5", whole));
}

TEST_F(Generate, twice_makes_a_file_of_the_same_bytes)
{
    make(whole, {"--count", "3"});
    make(folder / "again.h5", {"--count", "3"});
    EXPECT_EQ(content(folder / "again.h5"), content(whole));
}

TEST_F(Generate, takes_each_showers_energy_from_the_shower_of_a_file)
{
    auto const given = data::make_showers(6);
    data::write_clic(folder / "given.h5", given);
    succeed({"generate", fast_network(), "--energies-from", folder / "given.h5", "--first", "2",
             "--count", "4", "--out", whole});
    auto const found = data::read_all_showers(whole).primary_energy;
    EXPECT_EQ(found, std::vector(given.primary_energy.begin() + 2, given.primary_energy.end()));
}

TEST_F(Generate, writes_the_calochallenge_layout_when_asked)
{
    make(whole, {"--count", "1", "--layout", "calochallenge"});
    EXPECT_EQ(data::ShowerReader(whole).layout(), data::Layout::calochallenge);
}

TEST_F(Generate, of_shards_keeps_those_that_are_there_and_makes_the_missing_one)
{
    Arguments const shards{"--count", "6", "--shard-showers", "2"};
    make(folder / "p.h5", shards);
    ASSERT_EQ(folder.entries(), 3U);
    auto const middle = folder / "p.000000002-000000003.h5";
    auto const last = folder / "p.000000004-000000005.h5";
    auto const kept_time = fs::last_write_time(last);
    auto const bytes = content(middle);
    fs::remove(middle);
    auto const said = succeed(production(folder / "p.h5", shards));
    EXPECT_TRUE(mentions(said.errors, {"2 shards were there already"}));
    EXPECT_EQ(content(middle), bytes);
    EXPECT_EQ(fs::last_write_time(last), kept_time);
}

TEST_F(Generate, of_shards_refuses_one_that_another_production_left)
{
    make(folder / "p.h5", {"--count", "2", "--shard-showers", "2"});
    auto const shard = folder / "p.000000000-000000001.h5";
    auto const bytes = content(shard);
    Arguments const more{"--count", "4", "--shard-showers", "2"};
    expect_refused({{production(folder / "p.h5", more, 6), {shard, "seed is 5, not 6"}}});
    EXPECT_EQ(content(shard), bytes);
    EXPECT_EQ(folder.entries(), 1U);
}

TEST_F(Generate, that_fails_leaves_an_older_file_as_it_was)
{
    make(whole, {"--count", "2"});
    auto const before = content(whole);
    auto const outcome = lowcal(production(whole, {"--count", "4", "--compression", "0"}),
                                {.file_bytes = 100000});  // two showers, not four
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_TRUE(mentions(outcome.errors, {"lowcal: cannot write", "whole.h5", "File too large"}));
    EXPECT_EQ(content(whole), before);
    EXPECT_EQ(folder.entries(), 1U);
}

TEST_F(Generate, that_is_killed_leaves_an_older_file_as_it_was)
{
    make(whole, {"--count", "2"});
    auto const before = content(whole);
    {
        Program program(production(whole, {"--count", "1000000"}));
        while (program.running() && folder.entries() < 2)  // until the hidden file is begun
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        EXPECT_EQ(program.kill().exit_code, -1);
    }
    EXPECT_EQ(content(whole), before);
    make(whole, {"--count", "3"});
    EXPECT_EQ(data::ShowerReader(whole).count(), 3U);
}

TEST_F(Generate, refuses_to_merge_shards_with_a_gap_or_of_two_seeds)
{
    make(folder / "a.h5", {"--count", "2"});
    make(folder / "far.h5", {"--first", "3", "--count", "1"});
    succeed(production(folder / "foreign.h5", {"--first", "2", "--count", "1"}, 6));
    for (auto const* other : {"far.h5", "foreign.h5"}) {
        auto const outcome = lowcal({"merge", folder / "a.h5", folder / other, "--out", whole});
        EXPECT_EQ(outcome.exit_code, 1) << other;
        EXPECT_TRUE(mentions(outcome.errors, {other}));
    }
    EXPECT_EQ(folder.entries(), 3U);
}

}  // namespace
}  // namespace lowcal::end_to_end
