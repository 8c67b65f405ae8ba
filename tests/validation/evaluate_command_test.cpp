#include "cli/evaluate_command.hpp"

#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "core/listener.hpp"
#include "data/reading/shower_reader.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "validation/known_showers.hpp"
#include "validation/verdict/test_battery.hpp"
#include "workflows/candidate.hpp"

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <vector>

namespace lowcal::cli {
namespace {

namespace fs = std::filesystem;
using validation::real_showers_file;
using validation::TemporaryFolder;

/// Runs `lowcal evaluate ARGUMENTS`, without the judge, which takes longer than all the rest, in
/// this process; what it prints.
std::string evaluate(std::vector<std::string> arguments)
{
    CLI::App app("test", "lowcal");
    add_evaluate_command(app);
    arguments.insert(arguments.begin(), {"evaluate", "--no-judge"});
    std::reverse(arguments.begin(), arguments.end());
    testing::internal::CaptureStdout();
    try {
        app.parse(arguments);
    } catch (...) {
        testing::internal::GetCapturedStdout();
        throw;
    }
    std::fflush(stdout);
    return testing::internal::GetCapturedStdout();
}

std::string reference()
{
    return real_showers_file().string();
}

constexpr float share_of_a_cell = 0x1p-20F;

/// Writes a network each of whose cells gets `share` of the primary energy, whatever the latent.
void write_even_network(fs::path const& path, float share)
{
    graph::Tensor const nothing{.shape = {4, 15625}, .floats = std::vector<float>(4 * 15625, 0.0F)};
    graph::Tensor const shares{.shape = {1, 15625}, .floats = std::vector<float>(15625, share)};
    graph::Tensor const window{
        .type = graph::ElementType::int64, .shape = {4}, .integers = {-1, 25, 25, 25}};
    graph::Graph network{
        .name = "even",
        .opset = 17,
        .inputs = {{.name = "latent", .shape = {graph::batch_dimension, 4}},
                   {.name = "energy", .shape = {graph::batch_dimension, 1}}},
        .outputs = {{.name = "shower", .shape = {graph::batch_dimension, 25, 25, 25}}},
        .nodes = {{"none", "MatMul", {"latent", "nothing"}, {"noise"}},
                  {"even", "MatMul", {"energy", "shares"}, {"cells"}},
                  {"sum", "Add", {"noise", "cells"}, {"flat"}},
                  {"window", "Reshape", {"flat", "shape"}, {"shower"}}},
        .constants = {{"nothing", nothing}, {"shares", shares}, {"shape", window}},
        .metadata = {}};
    graph::write_onnx(network, path);
}

std::string refusal(std::vector<std::string> const& arguments)
{
    try {
        evaluate(arguments);
        return {};
    } catch (InputError const& error) {
        return error.what();
    }
}

std::string content_of(fs::path const& path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(EvaluateCommand, writes_tables_json_and_pictures)
{
    TemporaryFolder const folder;
    auto const out = folder.path() / "report";
    auto const json_file = folder.path() / "figures.json";
    auto const printed =
        evaluate({"--reference", reference(), "--candidate", "a b=" + reference(), "--out",
                  out.string(), "--json", json_file.string(), "--reference-name", "Geant4"});
    EXPECT_EQ(printed, content_of(out / "evaluation.txt"));
    EXPECT_NE(printed.find("Warning: a b: these are the reference's own showers"),
              std::string::npos);
    auto const json = nlohmann::json::parse(content_of(json_file));
    EXPECT_EQ(json, nlohmann::json::parse(content_of(out / "results.json")));
    EXPECT_EQ(json.at("candidates").at("a b").at("shape_mse").at("value"), 0.0);
    // The mean Monte Carlo time that comes with the file: 1.45 s, rounded.
    EXPECT_NEAR(json.at("reference").at("monte_carlo_seconds").get<double>(), 1.45, 0.005);
    EXPECT_NE(content_of(out / "report.html").find("a b"), std::string::npos);
    if (!validation::gnuplot_is_there()) GTEST_SKIP() << "the program gnuplot is not installed";
    // Two pictures for all and three for each candidate, an observable each, the spectrum; the
    // lines of two samples in the legend.
    auto const page = content_of(out / "report.html");
    std::size_t pictures = 0;
    for (auto at = page.find("<svg"); at != std::string::npos; at = page.find("<svg", at + 1))
        ++pictures;
    EXPECT_EQ(pictures, 2 + 2 + 16 + 3 + 2);
    for (char const* name : {"profiles", "sampling_fraction", "shower_a_b"})
        for (char const* ending : {".png", ".svg"})
            EXPECT_TRUE(fs::exists(out / (std::string(name) + ending))) << name << ending;
}

TEST(EvaluateCommand, fails_on_a_difference_only_where_it_is_asked_to)
{
    TemporaryFolder const folder;
    auto const network = (folder.path() / "even.onnx").string();
    write_even_network(network, share_of_a_cell);
    std::vector<std::string> arguments{"--reference", reference(),
                                       "--candidate", "even=" + network,
                                       "--json",      (folder.path() / "figures.json").string()};
    evaluate(arguments);
    arguments.insert(arguments.end(), {"--fail-on", "different"});
    EXPECT_THROW(evaluate(arguments), VerdictFailure);
    EXPECT_NO_THROW(evaluate({"--reference", reference(), "--candidate", "same=" + reference(),
                              "--fail-on", "different"}));
    auto const json = nlohmann::json::parse(content_of(folder.path() / "figures.json"));
    auto const& verdict = json.at("candidates").at("even").at("verdict");
    EXPECT_EQ(verdict.at("overall"), "different");
    EXPECT_EQ(verdict.at("subjects").size(),
              validation::subjects_of(physics::ObservableSet(clic_detector())).size());
}

TEST(EvaluateCommand, compares_every_second_reference_shower_with_the_others)
{
    TemporaryFolder const folder;
    auto const json_file = folder.path() / "figures.json";
    evaluate({"--reference", reference(), "--candidate", "same=" + reference(), "--halves",
              "--reference-name", "Geant4", "--json", json_file.string()});
    auto const json = nlohmann::json::parse(content_of(json_file));
    auto const& halves = json.at("candidates").at("Geant4 halves");
    EXPECT_EQ(halves.at("count"), 500);
    auto const& row = halves.at("sampling_fraction").at(5);
    // Showers of one file, but different ones.
    EXPECT_NE(row.at("mean"), row.at("reference_mean"));
    auto const all = data::read_all_showers(reference());
    std::size_t even = 0;
    double sum = 0;  // of the even showers' sampling fractions
    for (std::size_t i = 0; i < all.count(); i += 2) {
        auto const energy = static_cast<double>(all.primary_energy[i]);
        if (energy < 400 || energy > 500) continue;
        ++even;
        double cells = 0;
        for (float const cell : all.shower(i)) cells += static_cast<double>(cell);
        sum += cells / energy;
    }
    EXPECT_EQ(row.at("count"), even);
    EXPECT_NEAR(row.at("reference_mean").get<double>(), sum / static_cast<double>(even), 1e-9);
}

TEST(EvaluateCommand, takes_a_candidate_more_than_once)
{
    auto const printed = evaluate({"--reference", reference(), "--candidate", "one=" + reference(),
                                   "--candidate", "two=" + reference()});
    EXPECT_NE(printed.find("): one against reference"), std::string::npos) << printed;
    EXPECT_NE(printed.find("): two against reference"), std::string::npos);
}

TEST(EvaluateCommand, is_used_wrongly_without_a_name_or_a_reference)
{
    EXPECT_THROW(evaluate({"--reference", reference(), "--candidate", reference()}),
                 CLI::ParseError);
    EXPECT_THROW(evaluate({"--candidate", "a=" + reference()}), CLI::ParseError);
    EXPECT_THROW(evaluate({"--reference", reference()}), CLI::ParseError);
}

TEST(EvaluateCommand, names_what_is_wrong_with_files_and_names)
{
    auto const missing = refusal({"--reference", reference(), "--candidate", "a=/no/file.h5"});
    EXPECT_NE(missing.find("/no/file.h5"), std::string::npos) << missing;
    auto const twice = refusal({"--reference", reference(), "--candidate", "a=" + reference(),
                                "--candidate", "a=" + reference()});
    EXPECT_NE(twice.find("name"), std::string::npos) << twice;
    auto const halves = refusal(
        {"--reference", reference(), "--halves", "--candidate", "reference halves=" + reference()});
    EXPECT_NE(halves.find("--halves has a candidate of that name"), std::string::npos) << halves;
    auto const model = refusal({"--reference", reference(), "--candidate", "a=/no/model.onnx"});
    EXPECT_NE(model.find("/no/model.onnx"), std::string::npos) << model;
}

TEST(EvaluateCommand, generates_with_a_network_at_the_energies_of_the_reference)
{
    TemporaryFolder const folder;
    auto const network = folder.path() / "even.onnx";
    auto const json_file = folder.path() / "figures.json";
    write_even_network(network, share_of_a_cell);
    evaluate({"--reference", reference(), "--candidate", "even=" + network.string(), "--json",
              json_file.string(), "--threads", "1"});
    auto const even = nlohmann::json::parse(content_of(json_file)).at("candidates").at("even");
    EXPECT_EQ(even.at("energies"), "same energies");
    EXPECT_EQ(even.at("hits").at("mean"), 15625.0);
    for (auto const& row : even.at("sampling_fraction")) {
        // A cell is one rounded product: 2^-24 of it.
        double const expected = 15625.0 * static_cast<double>(share_of_a_cell);
        EXPECT_NEAR(row.at("mean").get<double>() / expected, 1.0, 0x1p-24);
        EXPECT_EQ(row.at("count"), row.at("candidate_count"));
    }
}

TEST(EvaluateCommand, tries_all_networks_before_it_compares_the_first)
{
    TemporaryFolder const folder;
    auto const good = folder.path() / "good.onnx";
    auto const bad = folder.path() / "bad.onnx";
    write_even_network(good, share_of_a_cell);
    write_even_network(bad, -share_of_a_cell);
    auto const said_with = [&](fs::path const& second) {
        testing::internal::CaptureStderr();
        set_listener({.progress = stderr});
        auto const text =
            refusal({"--reference", reference(), "--candidate", "first=" + good.string(),
                     "--candidate", "second=" + second.string(), "--threads", "1"});
        set_listener({});
        EXPECT_EQ(text.empty(), second == good) << text;
        return testing::internal::GetCapturedStderr();
    };
    EXPECT_NE(said_with(good).find("verdict on first"), std::string::npos);
    EXPECT_EQ(said_with(bad).find("verdict on first"), std::string::npos);
}

TEST(EvaluateCommand, names_the_network_and_the_shower_with_a_negative_cell)
{
    TemporaryFolder const folder;
    auto const network = folder.path() / "negative.onnx";
    write_even_network(network, -share_of_a_cell);
    auto const text = refusal({"--reference", reference(), "--candidate",
                               "negative=" + network.string(), "--threads", "1"});
    EXPECT_NE(text.find("negative.onnx: shower 0 has a cell of -"), std::string::npos) << text;
}

TEST(CandidateArgument, is_split_at_the_first_equals_sign)
{
    auto const parsed = workflows::parse_candidates({"int8=a=b.onnx", "file=x.h5"});
    EXPECT_EQ(parsed[0].name, "int8");
    EXPECT_EQ(parsed[0].files, std::vector<std::filesystem::path>{"a=b.onnx"});
    EXPECT_TRUE(parsed[0].is_model());
    EXPECT_FALSE(parsed[1].is_model());
    EXPECT_EQ(workflows::file_name_of("a/b c.1"), "a_b_c.1");
    for (char const* bad : {"", "=x", "x=", "x"})
        EXPECT_NE(workflows::problem_with_candidate(bad), "");
}

TEST(CandidateArgument, is_an_ensemble_where_networks_stand_with_commas_between)
{
    using Files = std::vector<std::filesystem::path>;
    using Weights = std::vector<double>;
    auto const of = [](std::string const& text) {
        return workflows::parse_candidates({"a=" + text}).front();
    };
    EXPECT_EQ(of("x/A.onnx:2,B.onnx").files, (Files{"x/A.onnx", "B.onnx"}));
    EXPECT_EQ(of("x/A.onnx:2,B.onnx").weights, (Weights{2, 1}));
    EXPECT_EQ(of("A.onnx,B.onnx,C.onnx:.5").weights, (Weights{1, 1, 0.5}));
    EXPECT_TRUE(of("A.onnx,B.onnx:3").is_model());
    for (char const* one : {"a,b.h5", "dir,x/A.onnx", "A.onnx,b.h5", "A.onnx:2", "A.onnx:x,B.onnx"})
        EXPECT_EQ(of(one).files, Files{one});
}

}  // namespace
}  // namespace lowcal::cli
