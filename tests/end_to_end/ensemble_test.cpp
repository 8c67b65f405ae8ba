// Productions of several networks, each shower by one of them.

#include "data/reading/shower_reader.hpp"
#include "helpers/networks.hpp"
#include "helpers/program.hpp"
#include "helpers/refused.hpp"
#include "helpers/samples.hpp"
#include "sanitized.hpp"

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>

namespace lowcal::end_to_end {
namespace {

namespace fs = std::filesystem;

class Ensemble : public ::testing::Test {
protected:
    TemporaryFolder folder;
    std::string one = folder / "one.onnx";
    std::string other = folder / "other.onnx";

    void SetUp() override
    {
        write_small_network(one);
        write_small_network(other, [](graph::Graph& graph) {
            for (float& weight : graph.constants.at("merge.w").floats) weight *= 1.5F;
        });
    }

    /// Forty showers of these networks.
    Arguments production(Arguments const& networks, std::string const& out,
                         Arguments const& more = {}) const
    {
        Arguments arguments{"generate"};
        arguments.insert(arguments.end(), networks.begin(), networks.end());
        arguments.insert(arguments.end(),
                         {"--energy", "2:10", "--seed", "3", "--out", folder / out});
        if (std::ranges::count(more, "--count") == 0)
            arguments.insert(arguments.end(), {"--count", "40"});
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }
    Arguments both(std::string const& out, Arguments const& more = {}) const
    {
        return production({one, other}, out, more);
    }
};

TEST_F(Ensemble, makes_the_same_bytes_in_any_batches_threads_and_shards)
{
    Arguments const weights{"--weights", "2,1"};
    auto const with = [&](Arguments more) {
        more.insert(more.end(), weights.begin(), weights.end());
        return more;
    };
    succeed(both("whole.h5", with({"--threads", "1", "--batch", "1"})));
    auto const bytes = content(folder / "whole.h5");
    for (auto const& more : {Arguments{"--threads", "2", "--batch", "3"},
                             Arguments{"--threads", "1"}, Arguments{"--threads", "3"}}) {
        fs::remove(folder / "again.h5");
        succeed(both("again.h5", with(more)));
        EXPECT_EQ(content(folder / "again.h5"), bytes) << ::testing::PrintToString(more);
    }
    auto const shards = with({"--shard-showers", "9"});
    succeed(both("p.h5", shards));
    auto const lost = folder / "p.000000009-000000017.h5";
    auto const lost_bytes = content(lost);
    fs::remove(lost);
    EXPECT_TRUE(mentions(succeed(both("p.h5", shards)).errors, {"4 shards were there already"}));
    EXPECT_EQ(content(lost), lost_bytes);
    Arguments merge{"merge", "--out", folder / "merged.h5"};
    for (auto const& entry : fs::directory_iterator(folder / ""))
        if (entry.path().filename().string().starts_with("p."))
            merge.push_back(entry.path().string());
    succeed(merge);
    EXPECT_EQ(content(folder / "merged.h5"), bytes);
}

TEST_F(Ensemble, takes_every_shower_from_one_of_its_networks)
{
    succeed(both("both.h5"));
    succeed(production({one}, "one.h5"));
    succeed(production({other}, "other.h5"));
    auto const cells = [&](char const* name) {
        return data::read_all_showers(folder / name).cells;
    };
    auto const made = cells("both.h5"), first = cells("one.h5"), second = cells("other.h5");
    auto const size = made.size() / 40;
    int of_one = 0, of_other = 0;
    for (std::size_t at = 0; at < made.size(); at += size) {
        auto const same = [&](std::vector<float> const& alone) {
            return std::ranges::equal(std::span(made).subspan(at, size),
                                      std::span(alone).subspan(at, size));
        };
        of_one += same(first);
        of_other += same(second);
    }
    EXPECT_EQ(of_one + of_other, 40);
    EXPECT_GT(of_one, 5);  // fewer of 40 at a half each: once in 10^6 seeds
    EXPECT_GT(of_other, 5);
}

TEST_F(Ensemble, of_one_network_makes_the_file_that_the_network_makes)
{
    succeed(production({one}, "one.h5"));
    succeed(production({one}, "weighted.h5", {"--weights", "7"}));
    EXPECT_EQ(content(folder / "weighted.h5"), content(folder / "one.h5"));
    auto const identity =
        parse_json(data::ShowerReader(folder / "one.h5").attributes().at("production"));
    EXPECT_FALSE(identity.contains("weights"));
    EXPECT_EQ(identity.at("network_sha256").get<std::string>().size(), 64U);
}

TEST_F(Ensemble, is_another_production_with_other_weights_order_or_networks)
{
    auto const third = folder / "third.onnx";
    write_small_network(third, [](graph::Graph& graph) {
        for (float& weight : graph.constants.at("merge.w").floats) weight *= 2;
    });
    Arguments const shards{"--shard-showers", "20", "--weights", "2,1"};
    succeed(both("p.h5", shards));
    auto const first = folder / "p.000000000-000000019.h5";
    auto const last = folder / "p.000000020-000000039.h5";
    fs::remove(last);
    Arguments const other_weights{"--shard-showers", "20", "--weights", "1,1"};
    expect_refused({{both("p.h5", other_weights), {first, "weights is 0.6", ", not 0.5+0.5"}},
                    {production({other, one}, "p.h5", shards), {first, "network_sha256 is "}},
                    {production({one, third}, "p.h5", shards), {first, "network_sha256 is "}},
                    {production({one}, "p.h5", {"--shard-showers", "20"}),
                     {first, "network_sha256 is ", "weights is 0.6", "not recorded"}}});
    EXPECT_FALSE(fs::exists(last));
    succeed(both("p.h5", {"--shard-showers", "20", "--weights", "4,2"}));
    succeed(both("rest.h5", {"--first", "20", "--count", "20"}));
    expect_refused({{{"merge", first, folder / "rest.h5", "--out", folder / "m.h5"}, {"weights"}}});
    succeed({"merge", first, last, "--out", folder / "m.h5"});
}

TEST_F(Ensemble, refuses_what_is_none)
{
    expect_refused({{both("a.h5", {"--weights", "1"}), {"1 weights", "2 networks"}},
                    {both("a.h5", {"--weights", "1,1,1"}), {"3 weights", "2 networks"}},
                    {both("a.h5", {"--weights", "0,0"}), {"all weights", "zero"}},
                    {production({one, one}, "a.h5"), {"one.onnx", "the same network"}},
                    {production({one, "cylinder.int8"}, "a.h5"),
                     {"one.onnx", "cylinder.int8.onnx", "no ensemble", "axis 0 is x, not layer"}},
                    {production({"lean.int8", "conv2d.int8"}, "a.h5", {"--keep-latents"}),
                     {"lean.int8.onnx", "conv2d.int8.onnx", "latent vectors"}},
                    {production({one, folder / "none.onnx"}, "a.h5"), {"none.onnx"}},
                    {both("other.onnx"), {"other.onnx", "not HDF5"}}});
    for (char const* weights : {"1,-1", "1,nan", "1,x", "inf,1"})
        EXPECT_EQ(lowcal(both("a.h5", {"--weights", weights})).exit_code, 2) << weights;
    EXPECT_EQ(folder.entries(), 2U);
}

TEST_F(Ensemble, needs_no_more_memory_than_its_networks_and_their_showers)
{
    if (memory_sanitized) GTEST_SKIP() << "a sanitizer's memory has no limit";
    auto const loaded = lowcal(both("a.h5", {"--threads", "1"}), {.memory_bytes = 1UL << 30});
    EXPECT_EQ(loaded.exit_code, 0) << loaded.errors;
    auto const refused = lowcal(both("b.h5", {"--threads", "1"}), {.memory_bytes = 100UL << 20});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_FALSE(fs::exists(folder / "b.h5"));
}

/// The judge's figures without the judge.
nlohmann::json figures_of(TemporaryFolder const& folder, std::string const& candidate)
{
    succeed({"evaluate", "--reference", folder / "given.h5", "--json", folder / "r.json",
             "--no-judge", "--seed", "9", "--candidate", "a=" + candidate});
    return parse_json(content(folder / "r.json"))["candidates"]["a"];
}

TEST_F(Ensemble, is_judged_as_the_file_that_it_makes)
{
    data::write_clic(folder / "given.h5", data::make_showers(60));
    succeed({"generate", one, other, "--weights", "2,1", "--energies-from", folder / "given.h5",
             "--count", "60", "--seed", "9", "--out", folder / "made.h5"});
    auto const made = figures_of(folder, folder / "made.h5");
    EXPECT_EQ(made["count"], 60);
    auto const found = figures_of(folder, one + ":2," + other + ":1");
    EXPECT_EQ(found, made);
    EXPECT_EQ(figures_of(folder, one + ":2," + other), made);
    EXPECT_NE(figures_of(folder, one + "," + other), made);
    EXPECT_NE(figures_of(folder, one), made);
    expect_refused({{{"evaluate", "--reference", folder / "given.h5", "--no-judge", "--candidate",
                      "a=" + one + ":-1," + other},
                     {"a weight", "-1"}},
                    {{"shift", one, "--candidate", "a=" + one + "," + other}, {"ensemble"}}});
}

TEST_F(Ensemble, of_shipped_networks_of_two_architectures_makes_plausible_showers)
{
    succeed({"generate", "lean.int8", "fine.int8", "--energy", "50", "--count", "60", "--threads",
             "1", "--out", folder / "whole.h5"});
    succeed({"generate", "lean.int8", "fine.int8", "--energy", "50", "--first", "20", "--count",
             "40", "--threads", "2", "--out", folder / "b.h5"});
    succeed({"generate", "lean.int8", "fine.int8", "--energy", "50", "--count", "20", "--batch",
             "7", "--out", folder / "a.h5"});
    succeed({"merge", folder / "a.h5", folder / "b.h5", "--out", folder / "merged.h5"});
    EXPECT_EQ(content(folder / "merged.h5"), content(folder / "whole.h5"));
    auto const identity =
        parse_json(data::ShowerReader(folder / "whole.h5").attributes().at("production"));
    EXPECT_EQ(identity.at("weights"), "0.5+0.5");
    EXPECT_EQ(identity.at("instruction_set"), "any");
    auto const showers = data::read_all_showers(folder / "whole.h5");
    ASSERT_EQ(showers.count(), 60U);
    for (std::size_t i = 0; i < showers.count(); ++i) {
        double sum = 0;
        for (float const cell : showers.shower(i)) sum += static_cast<double>(cell);
        EXPECT_NEAR(sum / 50, 0.023, 0.008) << i;
    }
}

}  // namespace
}  // namespace lowcal::end_to_end
