#include "data/merge.hpp"

#include "data/shower_files.hpp"
#include "data/shower_writer.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace lowcal::data {
namespace {

using Attributes = std::map<std::string, std::string>;

class Merge : public ::testing::Test {
protected:
    /// Writes showers [first, first + count) of one production; `changes` replace attributes, an
    /// empty value removes one.
    std::filesystem::path shard(std::size_t first, std::size_t count,
                                Attributes const& changes = {}, Layout layout = Layout::clic,
                                Timing timing = Timing::absent)
    {
        Attributes attributes{{"first_index", std::to_string(first)},
                              {"count", std::to_string(count)},
                              {"model_sha256", "abc"},
                              {"seed", "7"},
                              {"precision", "f32"},
                              {"isa", "avx2"}};
        for (auto const& [name, value] : changes) attributes[name] = value;
        std::erase_if(attributes, [](auto const& entry) { return entry.second.empty(); });
        auto const path = folder_ / ("shard" + std::to_string(written_++) + ".h5");
        ShowerWriter writer(path, {.layout = layout, .provenance = attributes});
        auto showers = make_showers(count, timing, first);
        if (with_entry_points_)
            for (std::size_t i = 2 * first; i < 2 * (first + count); ++i)
                showers.entry_point.push_back(0.1F * static_cast<float>(i));
        writer.append(showers);
        writer.close();
        return path;
    }
    std::string error_of_merging(std::vector<std::filesystem::path> const& shards)
    {
        auto const message = error_of([&] { merge_shards(shards, output_); });
        EXPECT_FALSE(std::filesystem::exists(output_));
        EXPECT_EQ(folder_.entries(), static_cast<std::size_t>(written_));
        return message;
    }

    TemporaryFolder folder_;
    std::filesystem::path output_ = folder_ / "merged.h5";
    int written_ = 0;
    bool with_entry_points_ = false;
};

TEST_F(Merge, shards_in_any_order_make_the_file_that_one_run_would_have_made)
{
    for (auto const layout : {Layout::clic, Layout::calochallenge}) {
        auto const whole = shard(40, 50, {}, layout, Timing::present);
        auto const a = shard(40, 7, {}, layout, Timing::present);
        auto const b = shard(47, 3, {}, layout, Timing::present);
        auto const c = shard(50, 40, {}, layout, Timing::present);
        EXPECT_EQ(merge_shards({c, a, b}, output_), 50U);
        auto const wanted = read_all_showers(whole);
        auto const merged = read_all_showers(output_);
        EXPECT_EQ(merged.cells, wanted.cells);
        EXPECT_EQ(merged.primary_energy, wanted.primary_energy);
        EXPECT_EQ(merged.monte_carlo_seconds, wanted.monte_carlo_seconds);
        ShowerReader const reader(output_);
        EXPECT_EQ(reader.layout(), layout);
        EXPECT_EQ(reader.attributes(), ShowerReader(whole).attributes());
    }
}

TEST_F(Merge, differing_machines_are_listed)
{
    merge_shards({shard(0, 2), shard(2, 2, {{"isa", "avx512"}}), shard(4, 2)}, output_);
    EXPECT_EQ(ShowerReader(output_).attributes().at("isa"), "avx2, avx512");
}

TEST_F(Merge, a_gap_is_an_error_that_names_the_missing_showers)
{
    EXPECT_TRUE(mentions(error_of_merging({shard(0, 2), shard(5, 2)}),
                         {"shard0.h5", "shard1.h5", "showers 2 to 4", "missing"}));
}

TEST_F(Merge, an_overlap_is_an_error_that_names_the_common_showers)
{
    EXPECT_TRUE(mentions(error_of_merging({shard(0, 4), shard(2, 4)}),
                         {"shard0.h5", "shard1.h5", "both hold showers 2 to 3"}));
    auto const twice = shard(6, 2);
    EXPECT_TRUE(mentions(error_of_merging({twice, twice}), {"both hold showers 6 to 7"}));
}

TEST_F(Merge, shards_of_different_productions_are_refused)
{
    for (auto const* name : {"model_sha256", "seed", "precision"})
        EXPECT_TRUE(mentions(error_of_merging({shard(0, 2), shard(2, 2, {{name, "other"}})}),
                             {name, "other", ".h5"}));
    EXPECT_TRUE(mentions(error_of_merging({shard(0, 2), shard(2, 2, {{"precision", ""}})}),
                         {"precision", "not recorded"}));
}

TEST_F(Merge, shards_of_different_layouts_are_refused)
{
    EXPECT_TRUE(mentions(error_of_merging({shard(0, 2), shard(2, 2, {}, Layout::calochallenge)}),
                         {"layouts differ", "calochallenge"}));
}

TEST_F(Merge, a_shard_without_its_range_or_origin_is_refused)
{
    for (auto const* name : {"first_index", "count", "model_sha256", "seed"})
        EXPECT_TRUE(
            mentions(error_of_merging({shard(0, 2, {{name, ""}})}), {"no attribute", name}));
}

TEST_F(Merge, a_range_that_is_no_number_is_refused)
{
    for (auto const* value : {"-1", "two", "1.5", "99999999999999999999", "1 "})
        EXPECT_TRUE(mentions(error_of_merging({shard(0, 2, {{"first_index", value}})}),
                             {"first_index", value}));
}

TEST_F(Merge, a_shard_that_holds_another_number_than_it_says_is_refused)
{
    EXPECT_TRUE(mentions(error_of_merging({shard(0, 2, {{"count", "3"}})}), {"3", "holds 2"}));
}

TEST_F(Merge, times_in_only_some_of_the_shards_are_refused)
{
    EXPECT_TRUE(
        mentions(error_of_merging({shard(0, 2), shard(2, 2, {}, Layout::clic, Timing::present)}),
                 {"shard1.h5", "cpu_seconds"}));
}

TEST_F(Merge, entry_points_are_kept_and_refused_in_only_some_of_the_shards)
{
    auto const without = shard(0, 2);
    with_entry_points_ = true;
    auto const one = shard(2, 1);
    auto const other = shard(3, 1);
    EXPECT_TRUE(mentions(error_of_merging({without, one}), {"shard1.h5", "vertex_mm"}));
    merge_shards({other, one}, output_);
    EXPECT_EQ(read_all_showers(output_).entry_point,
              (std::vector<float>{0.1F * 4, 0.1F * 5, 0.1F * 6, 0.1F * 7}));
}

TEST_F(Merge, no_shard_at_all_is_an_error)
{
    EXPECT_TRUE(mentions(error_of_merging({}), {"no shard"}));
}

TEST_F(Merge, progress_ends_at_the_total)
{
    std::size_t last_done = 0, last_total = 0;
    merge_shards({shard(0, 3), shard(3, 4)}, output_,
                 {.progress = [&](std::size_t done, std::size_t total) {
                     EXPECT_GT(done, last_done);
                     last_done = done;
                     last_total = total;
                 }});
    EXPECT_EQ(last_done, 7U);
    EXPECT_EQ(last_total, 7U);
}

}  // namespace
}  // namespace lowcal::data
