// Productions by plan: proof of completeness, virtual merges, folders of shards.

#include "data/hdf5/hdf5_file.hpp"
#include "data/reading/shower_reader.hpp"
#include "helpers/networks.hpp"
#include "helpers/program.hpp"
#include "helpers/refused.hpp"
#include "helpers/samples.hpp"

#include <fstream>

namespace lowcal::end_to_end {
namespace {

namespace fs = std::filesystem;

/// Three shards of two showers, and the plan that asks for them.
class Plan : public ::testing::Test {
protected:
    TemporaryFolder folder;
    std::string network = folder / "small.onnx";
    std::string plan = folder / "plan.csv";
    std::vector<std::string> const shards{"p.000000000-000000001.h5", "p.000000002-000000003.h5",
                                          "p.000000004-000000005.h5"};
    Arguments const check{"merge", "--check-complete", plan};

    void SetUp() override
    {
        write_small_network(network);
        fs::create_directory(folder / "shards");
        succeed(generate("p.h5", {"--count", "6", "--shard-showers", "2"}));
        write_plan("0,2,shards/" + shards[0] + ",3\n2,2,shards/" + shards[1] + ",3\n4,2,shards/" +
                   shards[2] + ",3\n");
    }

    Arguments generate(std::string const& out, Arguments const& more,
                       std::string const& seed = "3") const
    {
        Arguments arguments{"generate",  network, "--energy", "2:10",
                            "--seed",    seed,    "--out",    folder / ("shards/" + out),
                            "--threads", "1"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }
    void write_plan(std::string const& rows, std::string const& names = "first,count,file,seed\n")
    {
        std::ofstream(plan) << names << rows;
    }
    std::string shard(std::size_t number) const { return folder / ("shards/" + shards[number]); }

    Arguments merge(std::string const& out, Arguments const& more = {}) const
    {
        auto arguments = check;
        arguments.insert(arguments.end(), {"--out", folder / out});
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }
    /// As if another LowCal had written it.
    void replace_version(std::string const& file) const
    {
        data::Hdf5Handle const handle(
            data::checked(H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), "test: open"),
            H5Fclose);
        auto text = data::ShowerReader(shard(0)).attributes().at("production");
        auto const at = text.find("LowCal ");
        text.replace(at, 10, "LowCal 9.9");
        data::checked(H5Adelete(handle.get(), "production"), "test: delete");
        data::write_string_attribute(handle.get(), "production", text);
    }
};

TEST_F(Plan, that_is_complete_is_proved_and_merged)
{
    EXPECT_TRUE(mentions(succeed(check).output, {"complete", "showers 0 to 5", "3 files"}));
    succeed(merge("merged.h5"));
    succeed({"generate", network, "--energy", "2:10", "--seed", "3", "--count", "6", "--out",
             folder / "whole.h5"});
    EXPECT_EQ(content(folder / "merged.h5"), content(folder / "whole.h5"));
    expect_refused({{{"merge", "--check-complete", folder / "none.csv"}, {"none.csv"}}});
    EXPECT_EQ(lowcal({"merge", "--check-complete", plan, shard(0)}).exit_code, 2);
    EXPECT_EQ(lowcal({"merge"}).exit_code, 2);
}

TEST_F(Plan, whose_ranges_overlap_or_leave_a_gap_is_refused_by_its_lines)
{
    auto const refused = [&](std::string const& rows, std::vector<std::string> const& named) {
        write_plan(rows);
        expect_refused({{check, named}});
    };
    refused("0,2,a.h5,\n1,2,b.h5,\n", {"plan.csv", "lines 2 and 3", "showers 1 to 1"});
    refused("0,2,a.h5,\n5,2,b.h5,\n", {"showers 2 to 4 are missing", "lines 2 and 3"});
    refused("0,2,a.h5,\n2,2,./a.h5,\n", {"lines 2 and 3", "one file"});
    refused("0,2,a.h5\n", {"line 2", "3 fields"});
    refused("0,x,a.h5,\n", {"line 2", "count 'x'"});
    refused("0,0,a.h5,\n", {"line 2", "count is 0"});
    refused("18446744073709551615,2,a.h5,\n", {"line 2", "beyond 2^64"});
    refused("0,2,\"a.h5,\n", {"line 2", "quote"});
    refused("", {"no shards"});
    write_plan("0,2,a.h5\n", "first,count,files\n");
    expect_refused({{check, {"line 1", "file"}}});
}

TEST_F(Plan, of_which_a_file_is_missing_truncated_or_of_other_showers_is_not_complete)
{
    auto const bytes = content(shard(1));
    auto const refused = [&](std::vector<std::string> named) {
        named.insert(named.end(), {"1 of 3 files", shards[1]});
        expect_refused({{check, named}, {merge("merged.h5"), named}});
        EXPECT_FALSE(fs::exists(folder / "merged.h5"));
    };
    fs::remove(shard(1));
    refused({"is not there", "showers 2 to 3"});
    std::ofstream(shard(1), std::ios::binary) << bytes.substr(0, bytes.size() - 1000);
    refused({"copied to its end"});
    fs::copy_file(shard(0), shard(1), fs::copy_options::overwrite_existing);
    refused({"holds showers 0 to 1", "line 3 of the plan says 2 to 3"});
    fs::remove(shard(1));
    succeed(generate("p.h5", {"--count", "2", "--first", "2", "--shard-showers", "2"}, "4"));
    refused({"seed is 4, not 3"});
    write_plan("0,2,shards/" + shards[0] + "\n2,2,shards/" + shards[1] + "\n4,2,shards/" +
                   shards[2] + "\n",
               "first,count,file\n");
    refused({"seed is 4, not 3"});  // the odd one out, though no seed is wanted
    std::ofstream(shard(1), std::ios::binary) << bytes;
    replace_version(shard(1));
    refused({"versions is LowCal 9.9"});
    fs::remove(shard(1));
    succeed(generate("p.h5", {"--count", "2", "--first", "2", "--shard-showers", "2"}));
    EXPECT_EQ(content(shard(1)), bytes);
    succeed(check);
}

TEST_F(Plan, can_want_any_value_of_an_identity)
{
    auto const names = "first,count,file,energy,precision\n";
    write_plan("0,2,shards/" + shards[0] + ",uniform 2:10 GeV,f32\n", names);
    succeed(check);
    write_plan("0,2,shards/" + shards[0] + ",uniform 2:11 GeV,f32\n", names);
    expect_refused({{check, {"energy is uniform 2:10 GeV, not uniform 2:11 GeV"}}});
    write_plan("0,2,shards/" + shards[0] + ",forty\n", "first,count,file,depth\n");
    expect_refused({{check, {"depth is not recorded, not forty"}}});
    write_plan("0,2,shards/" + shards[0] + ",\"LowCal 0.0, oneDNN 0.0\"\n",
               "first,count,file,versions\n");
    expect_refused({{check, {"versions is LowCal", "oneDNN 0.0"}}});
}

TEST_F(Plan, merged_virtually_reads_as_the_whole_file)
{
    succeed(merge("virtual.h5", {"--virtual"}));
    succeed(merge("whole.h5"));
    EXPECT_TRUE(same_showers(folder / "virtual.h5", folder / "whole.h5"));
    succeed({"convert", folder / "virtual.h5", folder / "copy.h5", "--to", "clic"});
    EXPECT_EQ(content(folder / "copy.h5"), content(folder / "whole.h5"));
    EXPECT_TRUE(mentions(succeed({"info", folder / "virtual.h5"}).output, {"showers", "6"}));
    // It copies nothing.
    EXPECT_LT(fs::file_size(folder / "virtual.h5"), fs::file_size(shard(0)));
}

TEST_F(Plan, merged_virtually_is_not_read_beyond_its_folder_or_without_its_shards)
{
    expect_refused(
        {{{"merge", shard(0), shard(1), "--virtual", "--out", folder / "shards/x/v.h5"}, {"x"}}});
    fs::create_directory(folder / "shards/x");
    expect_refused({{{"merge", shard(0), shard(1), "--virtual", "--out", folder / "shards/x/v.h5"},
                     {shards[0], "outside the output's folder"}}});
    succeed(merge("virtual.h5", {"--virtual"}));
    Arguments const info{"info", folder / "virtual.h5"};
    TemporaryFolder const elsewhere;
    fs::rename(shard(1), elsewhere / "s.h5");
    expect_refused({{info, {"ECAL", shards[1], "not there"}}});
    fs::create_symlink(elsewhere / "s.h5", shard(1));
    expect_refused({{info, {"ECAL", shards[1], "outside the folder"}}});
    fs::remove(shard(1));
    succeed(generate("p.h5", {"--count", "2", "--first", "2", "--shard-showers", "2"}, "4"));
    expect_refused({{info, {shards[1], "no shard of its production"}}});
    fs::rename(elsewhere / "s.h5", shard(1));
    succeed(info);
}

TEST_F(Plan, points_cannot_be_merged_virtually)
{
    succeed(generate("s.h5", {"--count", "2", "--layout", "showerdata"}));
    expect_refused({{{"merge", folder / "shards/s.h5", "--virtual", "--out", folder / "v.h5"},
                     {"s.h5", "showerdata"}}});
}

TEST_F(Plan, leaves_a_folder_of_which_info_says_what_is_there)
{
    Arguments const info{"info", "--json", folder / "shards"};
    auto const whole = parse_json(succeed(info).output);
    ASSERT_EQ(whole.at("productions").size(), 1U);
    auto const& one = whole.at("productions").at(0);
    EXPECT_EQ(one.at("shards"), 3);
    EXPECT_EQ(one.at("showers"), 6);
    EXPECT_EQ(one.at("ranges").size(), 1U);
    EXPECT_EQ(one.at("ranges").at(0).at("last"), 5);
    EXPECT_EQ(one.at("identity").at("seed"), "3");
    fs::remove(shard(1));
    succeed(generate("more.h5", {"--count", "3", "--first", "5"}));
    succeed(generate("other.h5", {"--count", "2"}, "4"));
    std::ofstream(folder / "shards/bad.h5") << "nothing";
    std::ofstream(folder / "shards/.a.h5.host-1.part") << "";
    auto const said = succeed({"info", folder / "shards"}).output;
    EXPECT_TRUE(mentions(said, {"2 productions", "showers 2 to 3 are missing",
                                "showers 5 to 5 are there more than once", "1 files are no shards",
                                "bad.h5", "1 files are being written"}));
    expect_refused({{{"info", folder / "none"}, {"none"}}});
}

}  // namespace
}  // namespace lowcal::end_to_end
