// Exit codes: 0 done, 1 the input is wrong, 2 the command line is; and no file half written.

#include "core/detector/known_detectors.hpp"
#include "helpers/program.hpp"
#include "helpers/refused.hpp"
#include "helpers/samples.hpp"

#include <fstream>
#include <limits>

namespace lowcal::end_to_end {
namespace {

namespace fs = std::filesystem;

TEST(ExitCode, is_zero_for_help_and_version)
{
    for (auto const& command : {"info", "generate", "evaluate", "bench", "convert", "merge"})
        EXPECT_TRUE(mentions(succeed({command, "--help"}).output, {"--"})) << command;
    EXPECT_TRUE(mentions(succeed({"--version"}).output, {"lowcal "}));
}

TEST(ExitCode, is_two_for_a_wrong_command_line)
{
    TemporaryFolder const folder;
    auto const out = (folder / "out.h5").string();
    std::vector<Arguments> const wrong{
        {},
        {"paint"},
        {"info"},
        {"info", validation_showers(), "--no-such-option"},
        {"generate", shipped_network(), "--energy", "100", "--out", out},  // how many?
        {"generate", shipped_network(), "--energy", "100", "--out", out, "--count", "0"},
        {"generate", shipped_network(), "--energy", "100", "--out", out, "--count", "many"},
        {"convert", validation_showers(), out, "--to", "root"},
        {"convert", validation_showers(), out, "--to", "clic", "--compression", "10"},
        {"evaluate", "--reference", validation_showers(), "--candidate", "nameless.h5"},
        {"bench", shipped_network(), "--precision", "f64"}};
    for (auto const& arguments : wrong) {
        auto const outcome = lowcal(arguments);
        EXPECT_EQ(outcome.exit_code, 2) << ::testing::PrintToString(arguments);
        EXPECT_FALSE(outcome.errors.empty()) << ::testing::PrintToString(arguments);
    }
    EXPECT_EQ(folder.entries(), 0U);
}

TEST(ExitCode, is_one_for_a_missing_file_that_is_named)
{
    TemporaryFolder const folder;
    auto const out = (folder / "out.h5").string();
    auto const given = validation_showers();
    expect_refused(
        {{{"info", "missing.h5"}, {"missing.h5"}},
         {{"info", "missing.onnx"}, {"missing.onnx"}},
         {{"convert", "missing.h5", out, "--to", "clic"}, {"missing.h5"}},
         {{"merge", "missing.h5", "--out", out}, {"missing.h5"}},
         {{"bench", "missing.onnx"}, {"missing.onnx"}},
         {{"generate", "missing.onnx", "--energy", "9", "--count", "1", "--out", out},
          {"missing.onnx"}},
         {{"generate", shipped_network(), "--energies-from", "missing.h5", "--count", "1", "--out",
           out},
          {"missing.h5"}},
         {{"evaluate", "--reference", "missing.h5", "--candidate", "a=" + given}, {"missing.h5"}},
         {{"evaluate", "--reference", given, "--candidate", "a=missing.h5"}, {"missing.h5"}},
         {{"evaluate", "--reference", given, "--candidate", "a=missing.onnx"}, {"missing.onnx"}}});
    EXPECT_EQ(folder.entries(), 0U);
}

TEST(ExitCode, is_one_for_a_folder_that_is_missing_or_in_a_files_place)
{
    TemporaryFolder const folder;
    fs::create_directories(folder / "in_the_way.h5");
    auto const into = [&](fs::path const& out) {
        return Arguments{"generate", shipped_network(), "--energy", "9", "--count",
                         "1",        "--out",           out};
    };
    auto const model = shipped_network();
    auto const nowhere = (folder / "nowhere" / "a.json").string();
    expect_refused({{{"quantize", model, "--out", nowhere}, {"nowhere"}},
                    {{"quantize", model, "--out", folder / "in_the_way.h5"}, {"in_the_way.h5"}},
                    {{"shift", model, "--candidate", "a=" + model, "--json", nowhere}, {"nowhere"}},
                    {{"bench", model, "--json", nowhere}, {"nowhere"}},
                    {{"bench", model, "--json", "/dev/null"}, {"/dev/null", "device"}},
                    {{"evaluate", "--reference", validation_showers(), "--candidate", "a=" + model,
                      "--json", nowhere},
                     {"nowhere"}},
                    {into(folder / "nowhere" / "a.h5"), {"nowhere"}},
                    {into(folder / "in_the_way.h5"), {"in_the_way.h5"}},
                    {{"info", folder / "in_the_way.h5"}, {"in_the_way.h5"}}});
    EXPECT_EQ(folder.entries(), 1U);
    EXPECT_TRUE(fs::is_empty(folder / "in_the_way.h5"));
}

TEST(ExitCode, is_one_for_more_showers_than_a_file_has_energies)
{
    TemporaryFolder const folder;
    data::write_clic(folder / "two.h5", data::make_showers(2));
    auto const with = [&](std::string const& first, std::string const& count) {
        return Arguments{"generate",        shipped_network(),
                         "--energies-from", folder / "two.h5",
                         "--first",         first,
                         "--count",         count,
                         "--out",           folder / "a.h5"};
    };
    expect_refused(
        {{with("0", "3"), {"two.h5", "2 showers"}},
         {with("2", "1"), {"two.h5", "--first 2"}},
         {with("18446744073709551614", "2"), {"two.h5", "--first 18446744073709551614"}}});
    EXPECT_EQ(folder.entries(), 1U);
}

class BadShowers : public ::testing::Test {
protected:
    TemporaryFolder folder;
    std::string file = folder / "bad.h5";

    /// Eight showers; the third has a cell of this energy.
    void write(float cell)
    {
        auto showers = data::make_showers(8);
        showers.cells[2 * clic_detector().cells() + 626] = cell;  // [1][0][1]
        data::write_clic(file, showers);
    }
};

TEST_F(BadShowers, are_named_with_the_cell_that_is_not_a_number)
{
    write(std::numeric_limits<float>::quiet_NaN());
    auto const out = (folder / "out.h5").string();
    expect_refused({{{"info", file}, {"bad.h5", "shower 2", "[1][0][1]"}},
                    {{"convert", file, out, "--to", "clic"}, {"bad.h5", "shower 2"}},
                    {{"evaluate", "--reference", file, "--candidate", "a=" + file}, {"shower 2"}}});
    EXPECT_EQ(folder.entries(), 1U);
}

TEST_F(BadShowers, are_dropped_and_counted_when_asked)
{
    write(-1.0F);
    auto const info = succeed({"info", "--json", "--skip-bad-showers", file});
    auto const json = parse_json(info.output);
    EXPECT_EQ(json["showers"], 8);
    EXPECT_EQ(json["showers_skipped"], 1);
    EXPECT_EQ(json["sampling_fraction_all"]["count"], 7);
    EXPECT_TRUE(mentions(info.errors, {"1 bad showers dropped, the first is shower 2"}));

    auto const out = (folder / "out.h5").string();
    auto const said = succeed({"convert", file, out, "--to", "clic", "--skip-bad-showers"});
    EXPECT_TRUE(mentions(said.output, {"7 showers"}));
    EXPECT_TRUE(mentions(said.errors, {"1 bad showers dropped"}));
    EXPECT_TRUE(mentions(succeed({"info", out}).output, {"showers          7"}));
}

TEST(DamagedFile, of_showers_that_is_cut_off_is_refused_wherever_it_ends)
{
    TemporaryFolder const folder;
    auto const cut = (folder / "cut.h5").string();
    auto const whole = fs::file_size(validation_showers());
    for (auto const bytes : {whole - 1, whole / 2, std::uintmax_t{600}, std::uintmax_t{0}}) {
        fs::copy_file(validation_showers(), cut, fs::copy_options::overwrite_existing);
        fs::resize_file(cut, bytes);
        expect_refused({{{"info", cut}, {"cut.h5"}},
                        {{"convert", cut, folder / "out.h5", "--to", "clic"}, {"cut.h5"}}});
    }
    EXPECT_EQ(folder.entries(), 1U);
}

TEST(DamagedFile, of_a_network_that_is_cut_off_is_refused)
{
    TemporaryFolder const folder;
    auto const cut = (folder / "cut.onnx").string();
    fs::copy_file(shipped_network(), cut);
    fs::resize_file(cut, fs::file_size(cut) / 2);
    expect_refused({{{"info", cut}, {"cut.onnx"}},
                    {{"bench", cut}, {"cut.onnx"}},
                    {{"generate", cut, "--energy", "9", "--count", "1", "--out", folder / "out.h5"},
                     {"cut.onnx"}}});
    EXPECT_EQ(folder.entries(), 1U);
}

TEST(DamagedFile, of_another_kind_is_refused)
{
    TemporaryFolder const folder;
    std::ofstream(folder / "notes.h5") << "no showers here\n";
    std::ofstream(folder / "notes.onnx") << "no network here\n";
    data::RawFile(folder / "other.h5").floats("temperature", {3}, {1, 2, 3});
    expect_refused({{{"info", folder / "notes.h5"}, {"notes.h5"}},
                    {{"info", folder / "notes.onnx"}, {"notes.onnx"}},
                    {{"info", folder / "other.h5"}, {"other.h5"}}});
}

}  // namespace
}  // namespace lowcal::end_to_end
