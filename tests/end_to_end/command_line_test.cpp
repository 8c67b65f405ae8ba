// What the command line takes and refuses, and what becomes of what is printed.

#include "data/reading/shower_reader.hpp"
#include "helpers/program.hpp"
#include "helpers/samples.hpp"

#include <fstream>

namespace lowcal::end_to_end {
namespace {

std::vector<std::string> const commands{"info",     "quantize", "shift",   "generate",
                                        "evaluate", "bench",    "convert", "merge",
                                        "describe", "make",     "demo"};

void expect_wrong_usage(Arguments const& arguments, std::vector<std::string> const& named)
{
    auto const outcome = lowcal(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << ::testing::PrintToString(arguments) << outcome.errors;
    EXPECT_TRUE(mentions(outcome.errors, named)) << ::testing::PrintToString(arguments);
}

/// A production of two showers with one option more.
Arguments production(std::filesystem::path const& out, std::string const& option,
                     std::string const& value)
{
    Arguments arguments{"generate", shipped_network(), "--out", out, option, value};
    if (option != "--energy") arguments.insert(arguments.end(), {"--energy", "50"});
    if (option != "--count") arguments.insert(arguments.end(), {"--count", "2"});
    return arguments;
}

TEST(Help, of_any_command_opens_with_an_example_of_it)
{
    for (auto const& command : commands)
        EXPECT_TRUE(
            succeed({command, "--help"}).output.starts_with("For example\n  lowcal " + command))
            << command;
    EXPECT_TRUE(succeed({"--help"}).output.starts_with("For example\n  lowcal generate"));
}

TEST(Arguments, that_are_empty_are_wrong_usage_and_the_one_before_is_named)
{
    TemporaryFolder const folder;
    expect_wrong_usage(
        {"generate", shipped_network(), "--energy", "50", "--count", "2", "--out", ""},
        {"--out", "empty"});
    expect_wrong_usage({"info", ""}, {"info", "empty"});
    expect_wrong_usage({"train", "--out", folder / "run", "--data", ""}, {"--data", "empty"});
    EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

class Number : public ::testing::Test {
protected:
    TemporaryFolder folder;
    std::string out = folder / "a.h5";
};

TEST_F(Number, of_any_command_is_read_by_the_one_rule)
{
    // CLI11 shows so what it would read by its own rules: 010 as eight, -1 as 2^64 - 1.
    for (auto const& command : commands)
        for (auto const* type : {" UINT", " INT", " FLOAT"})
            EXPECT_FALSE(mentions(succeed({command, "--help"}).output, {type})) << command << type;
    EXPECT_TRUE(mentions(succeed({"generate", "--help"}).output, {"--seed NUMBER"}));
}

TEST_F(Number, that_is_no_whole_decimal_number_is_wrong_usage_of_its_option)
{
    for (auto const* option : {"--seed", "--first", "--count", "--threads", "--batch",
                               "--shard-showers", "--compression"})
        for (auto const* value : {"-1", "1.5", "1e3", "0x10", "many", "", " 1", "1 ", "+1",
                                  "18446744073709551616", "100000000000000000000000"})
            expect_wrong_usage(production(out, option, value), {option});
    EXPECT_EQ(folder.entries(), 0U);
}

TEST_F(Number, beyond_its_options_range_is_wrong_usage)
{
    expect_wrong_usage(production(out, "--count", "0"), {"--count"});
    expect_wrong_usage(production(out, "--count", "18446744073709551615"), {"--count"});
    expect_wrong_usage(production(out, "--first", "18446744073709551615"), {"--first", "2^64"});
    expect_wrong_usage(production(out, "--threads", "1025"), {"--threads", "1024"});
    expect_wrong_usage(production(out, "--batch", "1025"), {"--batch", "1024"});
    expect_wrong_usage(production(out, "--compression", "10"), {"--compression"});
    EXPECT_EQ(folder.entries(), 0U);
}

TEST_F(Number, that_is_not_finite_is_wrong_usage_of_its_option)
{
    auto const model = shipped_network();
    for (auto const* value : {"nan", "inf", "-inf", "1e999", "0x1p3", "2,5", ""}) {
        for (auto const* option :
             {"--equalisation", "--percentile", "--energy-offset", "--minutes", "--errors"})
            expect_wrong_usage({"quantize", model, "--out", out, option, value}, {option});
        expect_wrong_usage({"shift", model, "--candidate", "a=" + model, "--errors", value},
                           {"--errors"});
        expect_wrong_usage({"evaluate", "--reference", validation_showers(), "--candidate",
                            "a=" + validation_showers(), "--picture-energy", value},
                           {"--picture-energy"});
    }
    expect_wrong_usage({"quantize", model, "--out", out, "--equalisation", "1.01"},
                       {"--equalisation", "from 0 to 1"});
}

TEST_F(Number, is_wrong_usage_where_nothing_would_read_it)
{
    auto const model = shipped_network();
    auto const quantize = [&](Arguments const& options, std::string const& option,
                              std::string const& reader) {
        Arguments arguments{"quantize", model, "--out", folder / "a.onnx"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        expect_wrong_usage(arguments, {option, reader + " does"});
    };
    quantize({"--precision", "f16", "--equalisation", "0.3"}, "--equalisation", "--precision int8");
    quantize({"--precision", "bf16", "--tune"}, "--tune", "--precision int8");
    quantize({"--precision", "f16", "--float32", "a"}, "--float32", "--precision int8");
    quantize({"--trials", "3"}, "--trials", "--tune");
    quantize({"--require"}, "--require", "--tune");
    quantize({"--percentile", "0.99"}, "--percentile", "--method percentile");
    quantize({"--absolute", "--energy-offset", "0.2"}, "--energy-offset", "--absolute");
    expect_wrong_usage(
        {"evaluate", "--reference", validation_showers(), "--candidate",
         "a=" + validation_showers(), "--classifier-control", "b=" + validation_showers()},
        {"--classifier-control", "--classifiers does"});
    EXPECT_EQ(folder.entries(), 0U);
}

TEST_F(Number, of_primary_energies_is_checked_with_the_command_line)
{
    for (auto const* value : {"hot", "0", "-5", "nan", "inf", "1e99", ":", "2:", ":2", "2:3:4",
                              "500:2", "50:50", "2,5", "nan:inf", " 50"})
        expect_wrong_usage(production(out, "--energy", value), {"--energy"});
    expect_wrong_usage({"generate", shipped_network(), "--count", "2", "--out", out},
                       {"--energy", "--energies-from"});
    EXPECT_EQ(folder.entries(), 0U);
}

TEST_F(Number, may_have_leading_zeros_and_is_decimal_nonetheless)
{
    succeed({"generate", LOWCAL_SOURCE_DIR "/models/lean.int8.onnx", "--energy", "050", "--count",
             "010", "--seed", "010", "--first", "08", "--out", out});
    data::ShowerReader const reader(out);
    EXPECT_EQ(reader.count(), 10U);
    EXPECT_EQ(reader.attributes().at("seed"), "10");
    EXPECT_EQ(reader.attributes().at("first_index"), "8");
    EXPECT_EQ(reader.read_primary_energies().front(), 50.0F);
}

TEST_F(Number, of_an_energy_outside_the_networks_range_is_remarked_on_once)
{
    auto const said = [&](std::string const& energy) {
        return succeed({"generate", LOWCAL_SOURCE_DIR "/models/lean.int8.onnx", "--energy", energy,
                        "--count", "3", "--out", out})
            .errors;
    };
    auto const far = said("2:5000");
    EXPECT_TRUE(mentions(far, {"Warning: energies of 2 to 5000 GeV"}));
    EXPECT_EQ(far.find("Warning"), far.rfind("Warning"));
    EXPECT_FALSE(mentions(said("2:500"), {"Warning"}));
}

TEST(Mistyped, command_gets_the_nearest_name)
{
    expect_wrong_usage({"genrate"}, {"no command genrate", "did you mean generate?"});
    expect_wrong_usage({"quantise", shipped_network()}, {"did you mean quantize?"});
    auto const far = lowcal({"paint"});
    EXPECT_EQ(far.exit_code, 2);
    EXPECT_TRUE(mentions(far.errors, {"no command paint"}));
    EXPECT_FALSE(mentions(far.errors, {"did you mean"}));
}

TEST(Mistyped, option_gets_the_nearest_name)
{
    expect_wrong_usage({"generate", shipped_network(), "--cuont", "2"},
                       {"no option --cuont", "did you mean --count?"});
    expect_wrong_usage({"info", validation_showers(), "--jsno"}, {"did you mean --json?"});
    expect_wrong_usage({"info", validation_showers(), "--no-such-option"}, {"--no-such-option"});
}

TEST(Printing, to_a_full_device_or_a_closed_output_is_a_failure)
{
    for (auto const& arguments : {Arguments{"info", shipped_network()}, Arguments{"--help"},
                                  Arguments{"--version"}, Arguments{"generate", "--help"}}) {
        auto const full = lowcal(arguments, {.output = Output::full_device});
        EXPECT_EQ(full.exit_code, 1) << ::testing::PrintToString(arguments);
        EXPECT_TRUE(mentions(full.errors, {"standard output", "No space left on device"}));
        auto const closed = lowcal(arguments, {.output = Output::closed});
        EXPECT_EQ(closed.exit_code, 1) << ::testing::PrintToString(arguments);
        EXPECT_TRUE(mentions(closed.errors, {"standard output", "Bad file descriptor"}));
    }
}

TEST(Printing, to_a_reader_that_went_away_ends_without_a_word)
{
    auto const outcome = lowcal({"info", shipped_network()}, {.output = Output::broken_pipe});
    EXPECT_NE(outcome.exit_code, 0);
    EXPECT_TRUE(outcome.errors.empty()) << outcome.errors;
}

TEST(Printing, never_goes_into_a_file_that_got_the_number_of_a_closed_output)
{
    TemporaryFolder const folder;
    auto const convert = [&](std::string const& name, Output output) {
        return lowcal(
                   {"convert", validation_showers(), folder / name, "--to", "clic", "--count", "3"},
                   {.output = output})
            .exit_code;
    };
    EXPECT_EQ(convert("a.h5", Output::collected), 0);
    EXPECT_EQ(convert("b.h5", Output::closed), 1);
    EXPECT_EQ(content(folder / "b.h5"), content(folder / "a.h5"));
}

}  // namespace
}  // namespace lowcal::end_to_end
