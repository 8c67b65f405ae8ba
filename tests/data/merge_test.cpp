#include "data/merge.hpp"

#include "core/detector/known_detectors.hpp"
#include "data/shower_files.hpp"
#include "data/writing/production_identity.hpp"
#include "data/writing/shower_writer.hpp"

#include <gtest/gtest.h>

#include <functional>
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
        ShowerWriter writer(path, clic_detector(), {.layout = layout, .provenance = attributes});
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
    for (auto const layout : {Layout::clic, Layout::calochallenge, Layout::showerdata}) {
        auto const whole = shard(40, 50, {}, layout, Timing::present);
        auto const a = shard(40, 7, {}, layout, Timing::present);
        auto const b = shard(47, 3, {}, layout, Timing::present);
        auto const c = shard(50, 40, {}, layout, Timing::present);
        EXPECT_EQ(merge_shards({c, a, b}, output_).showers, 50U);
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

std::string identity(std::string const& energy, std::string const& seed = "7")
{
    return identity_text({{"energy", energy}, {"seed", seed}});
}

TEST_F(Merge, what_the_identities_of_two_productions_differ_in_is_named_with_both_values)
{
    auto const with = [](std::string const& text) { return Attributes{{"production", text}}; };
    auto const one = shard(0, 2, with(identity("10 GeV")));
    EXPECT_TRUE(mentions(error_of_merging({one, shard(2, 2, with(identity("400 GeV")))}),
                         {"energy is 400 GeV, not 10 GeV"}));
    EXPECT_TRUE(mentions(error_of_merging({one, shard(2, 2, with(identity("400 GeV", "8")))}),
                         {"energy is 400 GeV, not 10 GeV; seed is 8, not 7"}));
    auto const more = identity_text({{"energy", "10 GeV"}, {"seed", "7"}, {"theta", "0.1"}});
    EXPECT_TRUE(mentions(error_of_merging({one, shard(2, 2, with(more))}),
                         {"theta is 0.1, not not recorded"}));
    EXPECT_TRUE(mentions(error_of_merging({one, shard(2, 2)}), {"identity", "older LowCal"}));
    for (auto const* broken : {"{", "[]", "{\"energy\": 10}"})
        EXPECT_TRUE(mentions(error_of_merging({shard(2, 2, with(broken))}), {"production"}));
    auto const other = shard(2, 2, with(identity("10 GeV")));
    EXPECT_TRUE(merge_shards({one, other}, output_).warnings.empty());
    EXPECT_EQ(ShowerReader(output_).attributes().at("production"), identity("10 GeV"));
}

TEST_F(Merge, shards_without_identity_are_joined_with_a_warning)
{
    auto const report = merge_shards({shard(0, 2), shard(2, 2)}, output_);
    ASSERT_EQ(report.warnings.size(), 1U);
    EXPECT_TRUE(mentions(report.warnings.front(), {"did not record their energies"}));
}

/// Writes one shower of a production with what `complete` adds to it.
void write_shard(std::filesystem::path const& path, std::size_t index,
                 std::function<void(ShowerBlock&)> const& complete)
{
    ShowerWriter writer(path, clic_detector(),
                        {.provenance = {{"first_index", std::to_string(index)},
                                        {"count", "1"},
                                        {"model_sha256", "abc"},
                                        {"seed", "7"},
                                        {"production", identity("10 GeV")}}});
    auto block = make_showers(1, Timing::absent, index);
    complete(block);
    writer.append(block);
    writer.close();
}

TEST_F(Merge, every_data_set_of_the_shards_is_carried)
{
    auto const one = folder_ / "one.h5";
    auto const two = folder_ / "two.h5";
    auto const complete = [](float number) {
        return [number](ShowerBlock& block) {
            block.latent = {number, number + 1, number + 2};
            block.pdg_code = {22.0F};
            block.theta = {0.1F * number};
            block.more["active_energy"] = {.width = 1, .values = {number}};
            block.more["angles"] = {.width = 2, .values = {number, -number}};
        };
    };
    write_shard(one, 0, complete(1));
    write_shard(two, 1, complete(5));
    merge_shards({two, one}, output_);
    EXPECT_EQ(read_numbers(output_, "latent"), (std::vector<float>{1, 2, 3, 5, 6, 7}));
    EXPECT_EQ(read_numbers(output_, "theta"), (std::vector<float>{0.1F, 0.5F}));
    EXPECT_EQ(read_numbers(output_, "active_energy"), (std::vector<float>{1, 5}));
    EXPECT_EQ(read_numbers(output_, "angles"), (std::vector<float>{1, -1, 5, -5}));
    auto const target = read_numbers(output_, "target");
    EXPECT_EQ(target.at(0), 22.0F);
    EXPECT_EQ(target.at(2), 22.0F);
}

TEST_F(Merge, a_data_set_of_only_some_shards_is_refused_by_name)
{
    auto const one = folder_ / "one.h5";
    auto const two = folder_ / "two.h5";
    write_shard(one, 0, [](ShowerBlock&) {});
    write_shard(two, 1, [](ShowerBlock& block) { block.more["depth"] = {1, {3.0F}}; });
    auto const message = error_of([&] { merge_shards({one, two}, output_); });
    EXPECT_TRUE(mentions(message, {"two.h5", "depth"}));
}

TEST_F(Merge, an_attribute_that_is_not_text_is_refused_by_name_unless_dropped)
{
    auto const one = folder_ / "one.h5";
    write_shard(one, 0, [](ShowerBlock&) {});
    {
        Hdf5Handle const file(
            checked(H5Fopen(one.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), "test: open"), H5Fclose);
        add_number(file.get(), "run", 17);
    }
    auto const message = error_of([&] { merge_shards({one}, output_); });
    EXPECT_TRUE(mentions(message, {"one.h5", "run", "not text", "--drop run"}));
    merge_shards({one}, output_, {.drop = {"run"}});
    EXPECT_TRUE(std::filesystem::exists(output_));
}

TEST_F(Merge, cells_of_any_size_stay_as_they_are)
{
    auto const one = folder_ / "one.h5";
    write_shard(one, 0, [](ShowerBlock& block) { block.cells[17] = 1e-9F; });
    merge_shards({one}, output_);
    EXPECT_EQ(read_numbers(output_, "ECAL").at(17), 1e-9F);
}

TEST_F(Merge, never_writes_over_one_of_its_shards)
{
    auto const one = shard(0, 2);
    std::filesystem::create_symlink(one, folder_ / "link.h5");
    for (auto const& output : {one, folder_ / "link.h5"})
        EXPECT_TRUE(mentions(error_of([&] {
                                 merge_shards({one, shard(2, 2)}, output);
                             }),
                             {"same file", "shard0.h5"}));
    EXPECT_EQ(ShowerReader(one).count(), 2U);
}

TEST_F(Merge, showers_that_were_dropped_are_accounted_for)
{
    auto const write = [&](std::string const& name, std::size_t first, std::uint64_t range,
                           std::vector<std::uint64_t> const& dropped) {
        ShowerWriter writer(folder_ / name, clic_detector(),
                            {.provenance = {{"first_index", std::to_string(first)},
                                            {"count", std::to_string(range)},
                                            {"model_sha256", "abc"},
                                            {"seed", "7"}}});
        writer.append(make_showers(range - dropped.size(), Timing::absent, first));
        writer.drop(dropped);
        writer.close();
        return folder_ / name;
    };
    auto const one = write("one.h5", 0, 4, {1, 3});
    auto const two = write("two.h5", 4, 3, {6});
    EXPECT_EQ(merge_shards({two, one}, output_).showers, 4U);
    ShowerReader const merged(output_);
    EXPECT_EQ(merged.dropped_showers(), (std::vector<std::uint64_t>{1, 3, 6}));
    EXPECT_EQ(merged.attributes().at("count"), "7");
    auto const message = error_of([&] {
        merge_shards({write("three.h5", 7, 3, {6}), one}, folder_ / "x.h5");
    });
    EXPECT_TRUE(mentions(message, {"three.h5", "dropped_showers"}));
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
