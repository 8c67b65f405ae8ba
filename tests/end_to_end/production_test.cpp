// Productions in shards: what belongs together, what is joined, and what a broken network makes.

#include "data/reading/shower_reader.hpp"
#include "helpers/networks.hpp"
#include "helpers/program.hpp"
#include "helpers/refused.hpp"
#include "helpers/samples.hpp"
#include "x86_64.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <map>

namespace lowcal::end_to_end {
namespace {

namespace fs = std::filesystem;

class Production : public ::testing::Test {
protected:
    TemporaryFolder folder;
    std::string network = folder / "small.onnx";

    void SetUp() override { write_small_network(network); }

    /// Showers of the small network; later options win over earlier ones.
    Arguments production(std::string const& out, Arguments const& more = {}) const
    {
        std::map<std::string, std::string> options{{"--energy", "2:10"},
                                                   {"--count", "6"},
                                                   {"--seed", "3"},
                                                   {"--threads", "1"},
                                                   {"--out", folder / out}};
        Arguments flags;
        for (std::size_t i = 0; i < more.size(); ++i) {
            if (i + 1 < more.size() && !more[i + 1].starts_with("--"))
                options[more[i]] = more[i + 1], ++i;
            else
                flags.push_back(more[i]);
        }
        if (options.contains("--energies-from")) options.erase("--energy");
        Arguments arguments{"generate", network};
        for (auto const& [name, value] : options) arguments.insert(arguments.end(), {name, value});
        arguments.insert(arguments.end(), flags.begin(), flags.end());
        return arguments;
    }
    std::string shard(std::string const& name) const { return folder / name; }
};

TEST_F(Production, is_resumed_only_by_the_command_that_began_it)
{
    data::write_clic(folder / "given.h5", data::make_showers(6));
    data::write_clic(folder / "other.h5", data::make_showers(6, data::Timing::absent, 6));
    write_small_network(folder / "another.onnx", [](graph::Graph& graph) {
        graph.constants.at("merge.w").floats.front() *= 2;
    });
    Arguments const shards{"--shard-showers", "3"};
    succeed(production("p.h5", shards));
    auto const first = shard("p.000000000-000000002.h5");
    auto const last = shard("p.000000003-000000005.h5");
    auto const bytes = content(first);
    fs::remove(last);
    auto const with = [&](Arguments more) {
        more.insert(more.begin(), shards.begin(), shards.end());
        return production("p.h5", more);
    };
    auto other_network = with({});
    other_network[1] = folder / "another.onnx";
    expect_refused(
        {{with({"--energy", "400:500"}),
          {first, "energy is uniform 2:10 GeV, not uniform 400:500"}},
         {with({"--energy", "2"}), {first, "energy is uniform 2:10 GeV, not 2 GeV"}},
         {with({"--energies-from", folder / "given.h5"}), {first, "energy", "not list "}},
         {with({"--seed", "4"}), {first, "seed is 3, not 4"}},
         {with({"--layout", "calochallenge"}), {first, "layout is clic, not calochallenge"}},
         {with({"--keep-latents"}), {first, "latents is not kept, not kept"}},
         {with({"--skip-bad-showers"}), {first, "bad_showers is refused, not dropped"}},
         {other_network, {first, "network_sha256"}}});
    EXPECT_FALSE(fs::exists(last));
    EXPECT_EQ(content(first), bytes);
    succeed(with({"--threads", "2"}));
    EXPECT_TRUE(fs::exists(last));
}

TEST_F(Production, of_energies_from_a_file_knows_them_again_by_their_numbers)
{
    data::write_clic(folder / "given.h5", data::make_showers(6));
    data::write_clic(folder / "other.h5", data::make_showers(6, data::Timing::absent, 6));
    auto const from = [&](char const* file) {
        return production("p.h5", {"--shard-showers", "3", "--energies-from", folder / file});
    };
    succeed(from("given.h5"));
    fs::remove(shard("p.000000003-000000005.h5"));
    expect_refused({{from("other.h5"), {"energy is list ", ", not list "}}});
    fs::rename(folder / "given.h5", folder / "renamed.h5");
    succeed(from("renamed.h5"));
}

TEST_F(Production, does_not_take_a_shard_without_identity_or_of_another_range_for_its_own)
{
    Arguments const shards{"--shard-showers", "3"};
    succeed(production("p.h5", {"--count", "3", "--shard-showers", "3"}));
    auto const first = shard("p.000000000-000000002.h5");
    auto const second = shard("p.000000003-000000005.h5");
    fs::copy_file(first, second);
    expect_refused({{production("p.h5", shards), {second, "does not hold showers 3 to 5"}}});
    data::write_clic(second, data::make_showers(3));
    expect_refused({{production("p.h5", shards), {second, "older LowCal"}}});
}

TEST_F(Production, in_shards_that_are_merged_is_the_file_of_one_job_byte_for_byte)
{
    for (Arguments const& more : {Arguments{}, Arguments{"--layout", "calochallenge"},
                                  Arguments{"--keep-latents"}, Arguments{"--first", "300"}}) {
        fs::remove(folder / "whole.h5");
        auto split = more;
        split.insert(split.end(), {"--shard-showers", "2"});
        succeed(production("whole.h5", more));
        succeed(production("p.h5", split));
        Arguments merge{"merge", "--out", folder / "merged.h5"};
        for (auto const& entry : fs::directory_iterator(folder / ""))
            if (entry.path().filename().string().starts_with("p."))
                merge.push_back(entry.path().string());
        ASSERT_EQ(merge.size(), 6U);
        succeed(merge);
        EXPECT_EQ(content(folder / "merged.h5"), content(folder / "whole.h5"))
            << ::testing::PrintToString(more);
        for (std::size_t i = 3; i < merge.size(); ++i) fs::remove(merge[i]);
    }
}

TEST_F(Production, has_no_cell_between_zero_and_the_smallest_energy)
{
    succeed(production("a.h5"));
    data::ShowerReader reader(folder / "a.h5");
    auto const block = reader.read(0, reader.count());
    EXPECT_EQ(reader.report().zeroed_cells, 0U);
    auto const smallest =
        *std::min_element(block.cells.begin(), block.cells.end(), [](float one, float other) {
            auto const high = std::numeric_limits<float>::max();
            return (one > 0 ? one : high) < (other > 0 ? other : high);
        });
    EXPECT_GE(smallest, 1e-6F);
    EXPECT_LT(smallest, 2e-6F);  // the network has cells about there
}

TEST_F(Production, of_two_energies_seeds_or_layouts_is_not_merged)
{
    succeed(production("a.h5", {"--count", "3"}));
    auto const refused = [&](Arguments more, std::vector<std::string> const& named) {
        more.insert(more.end(), {"--first", "3", "--count", "3"});
        succeed(production("b.h5", more));
        expect_refused({{{"merge", shard("a.h5"), shard("b.h5"), "--out", shard("m.h5")}, named}});
        EXPECT_FALSE(fs::exists(folder / "m.h5"));
    };
    refused({"--energy", "400"}, {"b.h5", "a.h5", "energy is 400 GeV, not uniform 2:10 GeV"});
    refused({"--seed", "4"}, {"seed is 4, not 3"});
    refused({"--keep-latents"}, {"latents is kept, not not kept"});
    refused({"--layout", "calochallenge"}, {"layouts differ"});
}

TEST_F(Production, never_writes_over_a_file_that_it_reads)
{
    data::write_clic(folder / "given.h5", data::make_showers(6));
    fs::create_symlink("given.h5", folder / "link.h5");
    fs::create_hard_link(folder / "given.h5", folder / "hard.h5");
    auto const given = shard("given.h5");
    auto const bytes = content(given);
    succeed(production("a.h5", {"--count", "3"}));
    auto const shard_bytes = content(folder / "a.h5");
    for (std::string const name : {"given.h5", "link.h5", "hard.h5", "./given.h5"}) {
        auto const out = shard(name);
        expect_refused(
            {{production(name, {"--energies-from", given}), {"same file"}},
             {{"convert", given, out, "--to", "clic"}, {"same file", name}},
             {{"evaluate", "--reference", given, "--candidate", "a=" + given, "--json", out},
              {"same file"}}});
        EXPECT_EQ(content(given), bytes);
    }
    expect_refused({{{"merge", shard("a.h5"), "--out", shard("a.h5")}, {"same file", "a.h5"}},
                    {{"quantize", network, "--precision", "f16", "--out", network}, {"same file"}},
                    {{"bench", network, "--json", network}, {"same file"}}});
    EXPECT_EQ(content(folder / "a.h5"), shard_bytes);
}

/// Networks whose showers no file may hold.
class BrokenNetwork : public Production {
protected:
    void spoil(float weight)
    {
        write_small_network(network, [weight](graph::Graph& graph) {
            graph.constants.at("merge.w").floats.at(7) = weight;
            for (auto& node : graph.nodes)
                if (node.name == "positive") node.op = "Identity";
        });
    }
};

TEST_F(BrokenNetwork, that_gives_bad_cells_fails_and_leaves_no_file)
{
    struct Case {
        float weight;
        char const* cell;
    };
    for (auto const& [weight, cell] :
         {Case{std::numeric_limits<float>::quiet_NaN(), "a cell of nan GeV at ["},
          Case{std::numeric_limits<float>::infinity(), "a cell of "}, Case{-1.0F, "a cell of -"}}) {
        spoil(weight);
        expect_refused({{production("a.h5"), {"small.onnx", "shower 0", cell}}});
        EXPECT_EQ(folder.entries(), 1U);
    }
}

TEST_F(BrokenNetwork, drops_its_bad_showers_when_asked_and_keeps_their_indices)
{
    // The sum of a latent vector's numbers decides the sign of every cell.
    write_small_network(network, [](graph::Graph& graph) {
        for (auto const* name : {"branch0.w", "branch1.w", "branch0.up.w", "branch1.up.w", "w"})
            std::ranges::fill(graph.constants.at(name).floats, 0.1F);
        for (auto const* name : {"b", "branch0.up.b", "branch1.up.b", "branch0.shift",
                                 "branch1.shift", "branch0.mean", "branch1.mean"})
            std::ranges::fill(graph.constants.at(name).floats, 0.0F);
        for (auto const* name : {"branch0.scale", "branch1.scale"})
            std::ranges::fill(graph.constants.at(name).floats, 1.0F);
        std::ranges::fill(graph.constants.at("merge.w").floats, 1e-3F);
        for (auto& node : graph.nodes)
            if (node.name == "positive") node.op = "Identity";
    });
    Arguments const skip{"--skip-bad-showers", "--count", "20"};
    auto const said = succeed(production("whole.h5", skip));
    EXPECT_TRUE(mentions(said.errors, {" of 20 showers were bad"}));
    data::ShowerReader const whole(folder / "whole.h5");
    auto const dropped = whole.dropped_showers();
    ASSERT_GT(dropped.size(), 2U);
    ASSERT_LT(dropped.size(), 18U);
    EXPECT_EQ(whole.count() + dropped.size(), 20U);
    EXPECT_EQ(whole.attributes().at("count"), "20");

    // The account stays exact over shards, resuming and merging.
    auto split = skip;
    split.insert(split.end(), {"--shard-showers", "10"});
    succeed(production("p.h5", split));
    fs::remove(shard("p.000000000-000000009.h5"));
    EXPECT_TRUE(mentions(succeed(production("p.h5", split)).errors, {"1 shards were there"}));
    succeed({"merge", shard("p.000000000-000000009.h5"), shard("p.000000010-000000019.h5"), "--out",
             shard("merged.h5")});
    EXPECT_EQ(content(folder / "merged.h5"), content(folder / "whole.h5"));
    succeed({"convert", shard("whole.h5"), shard("copy.h5"), "--to", "clic"});
    EXPECT_EQ(data::ShowerReader(folder / "copy.h5").dropped_showers(), dropped);
}

TEST_F(BrokenNetwork, whose_showers_are_all_bad_makes_no_file_even_so)
{
    spoil(std::numeric_limits<float>::quiet_NaN());
    expect_refused({{production("a.h5", {"--skip-bad-showers"}), {"showers 0 to 5", "all bad"}}});
    EXPECT_EQ(folder.entries(), 1U);
}

TEST_F(BrokenNetwork, of_nothing_but_empty_showers_is_remarked_on)
{
    EXPECT_FALSE(mentions(succeed(production("a.h5")).errors, {"empty"}));
    write_small_network(network, [](graph::Graph& graph) {
        std::ranges::fill(graph.constants.at("merge.w").floats, 0.0F);
    });
    EXPECT_TRUE(
        mentions(succeed(production("a.h5")).errors, {"Warning", "all 6 showers are empty"}));
}

/// The least, the middle and the best that this CPU may have.
constexpr std::array instruction_caps{"SSE41", "AVX2", "DEFAULT"};

/// The showers of a network, and the production that its file says they are of.
std::pair<std::vector<float>, std::string> made_under(char const* cap, std::string const& network)
{
    TemporaryFolder const folder;
    ::setenv("ONEDNN_MAX_CPU_ISA", cap, 1);
    succeed({"generate", network, "--energy", "50", "--count", "2", "--out", folder / "a.h5"});
    ::unsetenv("ONEDNN_MAX_CPU_ISA");
    return {data::read_all_showers(folder / "a.h5").cells,
            data::ShowerReader(folder / "a.h5").attributes().at("production")};
}

TEST(ShippedNetworks, of_one_identity_make_the_same_bits_whatever_the_instructions)
{
    if (!test::is_x86_64) GTEST_SKIP() << test::only_x86_64;
    std::string const models = LOWCAL_SOURCE_DIR "/models/";
    for (std::string const name : {"lean.int8", "conv2d.int8", "lean"}) {
        std::map<std::string, std::vector<float>> made;
        for (auto const* cap : instruction_caps) {
            auto const [cells, identity] = made_under(cap, models + name + ".onnx");
            auto const [known, fresh] = made.try_emplace(identity, cells);
            EXPECT_EQ(cells, known->second) << name << " " << cap << " " << fresh;
        }
        // Sums of integers need no class of their own; those of floats do where the CPU has more.
        EXPECT_TRUE(name != "lean.int8" || made.size() == 1U);
    }
}

/// Every network that is shipped, in shards and in one job.
TEST(ShippedNetworks, in_shards_that_are_merged_make_the_file_of_one_job_byte_for_byte)
{
    for (auto const& entry : fs::directory_iterator(LOWCAL_SOURCE_DIR "/models")) {
        if (entry.path().extension() != ".onnx") continue;
        TemporaryFolder const folder;
        Arguments production{"generate", entry.path(), "--energy", "5:100", "--seed", "8"};
        if (entry.path().filename().string().starts_with("angles"))
            production.insert(production.end(), {"--pdg", "11/22", "--theta", "1.3:1.8"});
        auto const with = [&](std::string const& out, Arguments more) {
            more.insert(more.begin(), production.begin(), production.end());
            more.insert(more.end(), {"--out", folder / out});
            return more;
        };
        succeed(with("whole.h5", {"--count", "5"}));
        succeed(with("a.h5", {"--count", "2"}));
        succeed(with("b.h5", {"--count", "3", "--first", "2"}));
        succeed({"merge", folder / "b.h5", folder / "a.h5", "--out", folder / "merged.h5"});
        EXPECT_EQ(content(folder / "merged.h5"), content(folder / "whole.h5")) << entry.path();
        EXPECT_NE(content(folder / "a.h5"), content(folder / "b.h5"));  // the check bites
    }
}

}  // namespace
}  // namespace lowcal::end_to_end
