#include "core/detector/known_detectors.hpp"
#include "data/reading/shower_reader.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "helpers/program.hpp"
#include "helpers/refused.hpp"
#include "helpers/samples.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

namespace lowcal::end_to_end {
namespace {

namespace fs = std::filesystem;

/// Training on 16 real showers; 8 more judge it. Each start takes seconds: the constants of the
/// normalisation are gathered first (batch statistics would take as long at the end).
class Train : public ::testing::Test {
protected:
    TemporaryFolder folder;
    std::string showers = folder / "few.h5";
    fs::path run = folder / "run";

    void SetUp() override
    {
        succeed({"convert", validation_showers(), showers, "--to", "clic", "--count", "24"});
    }

    Arguments training(fs::path const& out, Arguments const& more, int held_out = 8) const
    {
        Arguments arguments{
            "train",   "--data", showers,     "--out", out, "--held-out", std::to_string(held_out),
            "--batch", "8",      "--threads", "1"};
        bool const study = std::none_of(more.begin(), more.end(), [](std::string const& given) {
            return given == "lean" || given == "paired";
        });
        if (study) arguments.insert(arguments.end(), {"--normalisation", "constant"});
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }
};

/// "conv2d on 16 showers, 8 held out; 3 steps done": the 3.
std::int64_t steps_done(std::string const& said)
{
    auto const end = said.find(" steps done");
    auto const start = said.rfind(' ', end - 1);
    return end == std::string::npos ? -1 : std::stoll(said.substr(start, end - start));
}

/// A training that is killed when it has written two checkpoints; returns what it said.
std::string kill_in_the_middle(Arguments const& arguments, fs::path const& folder)
{
    Program program(arguments);
    while (program.running() && !fs::exists(folder / "checkpoint.previous.pt"))
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    auto const killed = program.kill();
    EXPECT_EQ(killed.exit_code, -1) << killed.errors;  // it was still at work
    return killed.errors;
}

TEST_F(Train, goes_on_after_it_was_killed_and_exports_a_network_that_makes_showers)
{
    auto const said =
        kill_in_the_middle(training(run, {"--steps", "1000", "--checkpoint-minutes", "0"}), run);
    EXPECT_EQ(steps_done(said), 0);

    auto const fresh = lowcal(training(run, {"--steps", "1"}));  // must not replace the first
    EXPECT_EQ(fresh.exit_code, 1);
    EXPECT_TRUE(mentions(fresh.errors, {run, "--resume"}));

    // Without a step to do it says how far it is, judges what it has and ends.
    auto const done = steps_done(succeed(training(run, {"--steps", "1", "--resume"})).errors);
    EXPECT_GE(done, 1);

    auto const refused = [&](Arguments const& more, std::string const& was) {
        auto const other = lowcal(training(run, more));
        EXPECT_EQ(other.exit_code, 2) << was;
        EXPECT_TRUE(mentions(other.errors, {more.at(1), "began with " + was})) << other.errors;
    };
    refused({"--resume", "--recipe", "paired"}, "study");
    refused({"--resume", "--free-latents"}, "latent vectors of one norm");

    auto const network = (folder / "network.onnx").string();
    succeed({"train", "--out", run, "--export", network});
    auto const info = parse_json(succeed({"info", "--json", network}).output);
    EXPECT_EQ(info["name"], "conv2d");
    auto const& metadata = info["metadata"];
    EXPECT_TRUE(mentions(metadata["lowcal.training.result"], {"steps " + std::to_string(done)}));
    EXPECT_TRUE(mentions(metadata["lowcal.training.config"], {"batch 8"}));
    auto const made = (folder / "made.h5").string();
    succeed({"generate", network, "--energy", "50", "--count", "2", "--out", made});
    EXPECT_EQ(parse_json(succeed({"info", "--json", made}).output)["showers"], 2);
}

TEST_F(Train, that_starts_from_an_exported_network_starts_with_its_constants)
{
    succeed(training(run, {"--steps", "0", "--start-from", shipped_network()}));
    succeed({"train", "--out", run, "--export", folder / "again.onnx"});
    auto given = graph::read_onnx(shipped_network());
    auto const again = graph::read_onnx(folder / "again.onnx");
    ASSERT_EQ(again.constants.size(), given.constants.size());
    // The image's unit is multiplied into the last weights and divided out again.
    double const two_roundings = 2 * 0x1p-24;
    for (auto const& [name, constant] : given.constants)
        EXPECT_LE(worst_relative(again.constants.at(name).floats, constant.floats),
                  name == "merge.output.weight" ? two_roundings : 0.0)
            << name;
    auto& changed = given.constants.at("merge.output.weight").floats;
    changed.front() *= 1 + 0x1p-21F;  // the check bites
    EXPECT_GT(worst_relative(again.constants.at("merge.output.weight").floats, changed),
              two_roundings);
}

TEST_F(Train, of_lean_goes_through_both_phases_resumes_and_exports)
{
    Arguments const recipe{"--arch", "lean", "--head-steps", "2", "--head-batch", "8"};
    auto with = [&](Arguments more) {
        more.insert(more.begin(), recipe.begin(), recipe.end());
        return training(run, more);
    };
    succeed(with({"--steps", "3"}));
    EXPECT_EQ(steps_done(succeed(with({"--steps", "4", "--resume"})).errors), 3);
    auto const network = (folder / "lean.onnx").string();
    succeed({"train", "--out", run, "--export", network});
    auto const info = parse_json(succeed({"info", "--json", network}).output);
    EXPECT_EQ(info["name"], "lean");
    EXPECT_TRUE(mentions(info["metadata"]["lowcal.training.config"], {"lean_head_steps 2"}));
    auto const made = (folder / "made.h5").string();
    succeed({"generate", network, "--energy", "50", "--count", "2", "--out", made});
    EXPECT_EQ(parse_json(succeed({"info", "--json", made}).output)["showers"], 2);

    // Another training may begin with what this one has learnt, without a step of its own.
    auto const heir = folder / "heir";
    succeed(training(heir, {"--arch", "lean", "--steps", "0", "--start-from", run / "best.pt"}));
    succeed({"train", "--out", heir, "--export", folder / "heir.onnx"});
    auto const weights = [](fs::path const& file) {
        return graph::read_onnx(file).constants.at("fine.output.weight").floats;
    };
    EXPECT_EQ(weights(folder / "heir.onnx"), weights(network));
    succeed(training(folder / "stranger", {"--arch", "lean", "--steps", "0"}));
    succeed({"train", "--out", folder / "stranger", "--export", folder / "stranger.onnx"});
    EXPECT_NE(weights(folder / "stranger.onnx"), weights(network));

    expect_refused(
        {{training(folder / "other", {"--start-from", network}), {"lean", "conv2d"}},
         {training(folder / "other", {"--arch", "lean", "--start-from", network}),
          {"lean.onnx", "best.pt"}},
         {training(folder / "other", {"--arch", "lean", "--start-from", run / "none.pt"}),
          {"none.pt"}}});
    EXPECT_EQ(lowcal(training(run, {"--arch", "lean", "--penalty-interval", "0"})).exit_code, 2);
}

TEST_F(Train, leaves_the_members_of_an_ensemble_also_where_it_was_resumed_in_between)
{
    auto const with = [&](fs::path const& out, std::string const& members, Arguments more) {
        Arguments recipe{"--arch",        "lean", "--head-steps", "1",    "--no-physics",
                         "--decay-steps", "4",    "--members",    members};
        recipe.insert(recipe.end(), more.begin(), more.end());
        return training(out, recipe);
    };
    succeed(with(run, "2", {"--steps", "4"}));
    EXPECT_TRUE(fs::exists(run / "member1.pt"));
    EXPECT_FALSE(fs::exists(run / "member2.pt"));  // after one step of the head and four more
    succeed(training(run, {"--arch", "lean", "--no-physics", "--steps", "5", "--resume"}));
    auto const straight = folder / "straight";
    succeed(with(straight, "2", {"--steps", "5"}));
    auto const exported = [&](fs::path const& out, std::string const& member) {
        auto const file = (folder / "member.onnx").string();
        succeed({"train", "--out", out, "--export", file, "--member", member});
        std::vector<float> numbers;
        for (auto const& [name, tensor] : graph::read_onnx(file).constants)
            numbers.insert(numbers.end(), tensor.floats.begin(), tensor.floats.end());
        return numbers;
    };
    EXPECT_EQ(exported(run, "1"), exported(straight, "1"));
    EXPECT_EQ(exported(run, "2"), exported(straight, "2"));
    EXPECT_NE(exported(run, "1"), exported(run, "2"));
    expect_refused({{{"train", "--out", run, "--export", folder / "m.onnx", "--member", "3"},
                     {"member3.pt", "fewer"}},
                    {with(folder / "other", "5", {"--steps", "5"}), {"--decay-steps"}}});
}

TEST_F(Train, beside_real_partners_leaves_a_network_of_the_studys_architecture)
{
    auto const with = [&](Arguments more) {
        Arguments const recipe{
            "--recipe", "paired",       "--layer-flow",    shipped_lean_training(), "--factor-rank",
            "4",        "--start-from", shipped_network(), "--physics-minutes",     "0"};
        more.insert(more.begin(), recipe.begin(), recipe.end());
        return training(run, more);
    };
    succeed(with({"--steps", "1"}));
    EXPECT_EQ(steps_done(succeed(with({"--steps", "2", "--resume"})).errors), 1);
    auto const network = (folder / "paired.onnx").string();
    succeed({"train", "--out", run, "--export", network});
    auto const info = parse_json(succeed({"info", "--json", network}).output);
    auto const given = parse_json(succeed({"info", "--json", shipped_network()}).output);
    EXPECT_EQ(info["parameters"], given["parameters"]);
    EXPECT_TRUE(mentions(info["metadata"]["lowcal.conditioning"], {"latent / its rms"}));
    auto const made = (folder / "made.h5").string();
    succeed({"generate", network, "--energy", "50", "--count", "2", "--out", made});
    EXPECT_EQ(parse_json(succeed({"info", "--json", made}).output)["showers"], 2);
    expect_refused({{training(folder / "other", {"--recipe", "paired"}), {"--layer-flow"}},
                    {training(folder / "other", {"--recipe", "paired", "--layer-flow", network}),
                     {"paired.onnx"}}});
}

TEST_F(Train, refuses_options_that_it_would_not_read)
{
    auto const refused = [&](Arguments const& more, std::string const& option) {
        auto const said = lowcal(training(run, more));
        EXPECT_EQ(said.exit_code, 2) << option;
        EXPECT_TRUE(mentions(said.errors, {option, "does not read"})) << said.errors;
    };
    refused({"--head-steps", "2"}, "--head-steps");
    refused({"--factor-rank", "64"}, "--factor-rank");
    refused({"--recipe", "paired", "--weight-depth", "1"}, "--weight-depth");
    refused({"--recipe", "paired", "--discriminator-dropout", "0"}, "--discriminator-dropout");
    refused({"--arch", "lean", "--weight-mean-shower", "1"}, "--weight-mean-shower");
    refused({"--arch", "lean", "--warm-up-epochs", "1"}, "--warm-up-epochs");
    refused({"--arch", "lean", "--trunk-width", "64"}, "--trunk-width");
    EXPECT_FALSE(fs::exists(run));
}

TEST_F(Train, holds_out_showers_of_every_file)
{
    auto const second = (folder / "second.h5").string();
    succeed({"convert", validation_showers(), second, "--to", "clic", "--count", "20"});
    auto arguments = training(run, {"--steps", "0"});
    arguments.insert(arguments.begin() + 2, second);
    auto const said = succeed(arguments).errors;
    EXPECT_TRUE(mentions(said, {"on 36 showers, 8 held out"})) << said;  // 4 of 24 and 4 of 20
    arguments = training(folder / "more", {"--steps", "0"}, 40);         // 20 of each: all of one
    arguments.insert(arguments.begin() + 2, second);
    expect_refused({{arguments, {"40", "second.h5"}}});
}

TEST_F(Train, never_begins_in_a_folder_that_holds_a_training)
{
    // Also where only the older checkpoint is left, or only the newer under its first name: so a
    // kill between the renames of a checkpoint leaves them.
    for (auto const* name : {"checkpoint.pt", "checkpoint.previous.pt", "checkpoint.new.pt"}) {
        fs::create_directories(folder / name);
        std::ofstream(folder / name / name) << "steps of days";
        expect_refused({{training(folder / name, {"--steps", "0"}), {name, "--resume"}}});
        EXPECT_EQ(content(folder / name / name), "steps of days");
    }
}

TEST_F(Train, refuses_what_it_cannot_do_and_says_why)
{
    std::ofstream(folder / "damaged.onnx") << "no network";
    fs::create_directories(folder / "damaged");
    std::ofstream(folder / "damaged" / "checkpoint.pt") << "no checkpoint";
    for (auto const& [arguments, named] : std::vector<std::pair<Arguments, std::string>>{
             {{"train", "--out", run}, "--data"},
             {{"train", "--data", showers}, "--out"},
             {training(run, {"--arch", "conv4d"}), "conv4d"}}) {
        auto const outcome = lowcal(arguments);
        EXPECT_EQ(outcome.exit_code, 2);
        EXPECT_TRUE(mentions(outcome.errors, {named}));
    }
    expect_refused({{{"train", "--data", "missing.h5", "--out", run}, {"missing.h5"}},
                    {training(run, {}, 24), {"24", "few.h5"}},
                    {training(run, {"--resume"}), {"run"}},
                    {training(folder / "damaged", {"--resume"}), {"damaged"}},
                    {training(run, {"--start-from", folder / "damaged.onnx"}), {"damaged.onnx"}},
                    {training(run, {"--arch", "conv3d", "--start-from", shipped_network()}),
                     {"conv2d.onnx", "--arch"}},
                    {{"train", "--out", run, "--export", folder / "none.onnx"}, {"best.pt"}}});
    EXPECT_FALSE(fs::exists(folder / "none.onnx"));
    EXPECT_EQ(lowcal({"train", "--no-such-option"}).exit_code, 2);
}

TEST(TrainNumbers, are_read_by_the_rule_of_all_commands)
{
    for (Arguments const& command : {Arguments{"train"}, Arguments{"train", "classify"}}) {
        auto help = command;
        help.emplace_back("--help");
        for (auto const* type : {" UINT", " INT", " FLOAT"})
            EXPECT_FALSE(mentions(succeed(help).output, {type})) << type;
        auto wrong = command;
        wrong.insert(wrong.end(), {"--seed", "-1"});
        EXPECT_EQ(lowcal(wrong).exit_code, 2);
    }
    std::vector<std::pair<std::string, std::string>> const wrong{
        {"--steps", "-1"},         {"--seed", "18446744073709551616"},
        {"--batch", "0x10"},       {"--minutes", "nan"},
        {"--weight-image", "inf"}, {"--held-out", "1e3"},
        {"--head-rate", "fast"},   {"--threads", "1025"},
        {"--ramp-steps", "1.5"},   {"--average-decay", "1.1"}};
    for (auto const& [option, value] : wrong) {
        auto const outcome = lowcal({"train", "--out", "/nowhere/run", option, value});
        EXPECT_EQ(outcome.exit_code, 2) << option;
        EXPECT_TRUE(mentions(outcome.errors, {option}));
    }
    auto const typo = lowcal({"train", "--stpes", "3"});
    EXPECT_EQ(typo.exit_code, 2);
    EXPECT_TRUE(mentions(typo.errors, {"did you mean --steps?"}));
}

TEST(CellsClassifier, tells_showers_of_twice_the_energy_and_shows_its_control)
{
    TemporaryFolder const folder;
    auto showers = data::read_all_showers(validation_showers());
    showers.cells.resize(120 * clic_detector().cells());
    showers.primary_energy.resize(120);
    showers.monte_carlo_seconds.clear();
    showers.entry_point.clear();
    data::write_clic(folder / "real.h5", showers);
    for (auto& cell : showers.cells) cell *= 2.0F;
    data::write_clic(folder / "double.h5", showers);
    succeed({"evaluate", "--reference", folder / "real.h5", "--candidate",
             "double=" + (folder / "double.h5").string(), "--classifiers", "--json",
             folder / "results.json"});
    auto const results = parse_json(content(folder / "results.json"));
    auto const& found = results["candidates"]["double"]["cells_classifier"];
    EXPECT_GT(found["area"], 0.95);
    EXPECT_EQ(found["status"], "known");
    // Sixty showers do not tell cells that are off by 5 %.
    auto const& control = results["classifier_controls"]["smeared"];
    EXPECT_LT(control["area"], 0.95);
    EXPECT_EQ(control["status"], "too few showers to say");
}

}  // namespace
}  // namespace lowcal::end_to_end
