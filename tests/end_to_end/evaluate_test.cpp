#include "core/detector/known_detectors.hpp"
#include "data/reading/shower_reader.hpp"
#include "helpers/program.hpp"
#include "helpers/samples.hpp"

#include <algorithm>

namespace lowcal::end_to_end {
namespace {

using nlohmann::json;

/// Evaluates candidates "NAME=FILE" against a reference, without the judge, and returns the written
/// results.
json evaluate(TemporaryFolder const& folder, std::string const& reference,
              Arguments const& candidates)
{
    Arguments arguments{"evaluate", "--reference",           reference,
                        "--json",   folder / "results.json", "--no-judge"};
    for (auto const& candidate : candidates)
        arguments.insert(arguments.end(), {"--candidate", candidate});
    succeed(arguments);
    return parse_json(content(folder / "results.json"));
}

TEST(Evaluate, takes_showers_with_noise_below_zero_as_it_is_told)
{
    TemporaryFolder const folder;
    auto showers = data::make_showers(60);
    auto const size = clic_detector().cells();
    for (std::size_t i = 0; i < showers.count(); ++i)  // a twentieth of each shower's energy
        showers.cells[i * size + 17] = -1e-3F * showers.primary_energy[i];
    auto const noisy = (folder / "noisy.h5").string();
    data::write_clic(noisy, showers);
    for (auto const* command : {"convert", "evaluate", "info"}) {
        Arguments arguments{command, noisy};
        if (std::string(command) == "convert")
            arguments = {command, noisy, folder / "out.h5", "--to", "clic"};
        if (std::string(command) == "evaluate")
            arguments = {command, "--reference", noisy, "--candidate", "a=" + noisy, "--no-judge"};
        auto const refused = lowcal(arguments);
        EXPECT_EQ(refused.exit_code, 1) << command;
        EXPECT_TRUE(mentions(refused.errors, {"negative cell", "--negative-cells zero"}));
        arguments.insert(arguments.end(), {"--negative-cells", "zero"});
        EXPECT_TRUE(mentions(succeed(arguments).errors,
                             {"60 cells below zero in 60 of 60 showers set to zero"}));
    }
    // A reference in which they are zero beside one in which they count.
    auto const fraction = [&](char const* reference, char const* negative) {
        succeed({"evaluate", "--reference", reference, "--candidate", "a=" + noisy, "--no-judge",
                 "--negative-cells", negative, "--json", folder / "results.json"});
        auto const results = parse_json(content(folder / "results.json"));
        auto const& first_bin = results["candidates"]["a"]["sampling_fraction"].at(0);
        return first_bin["reference_mean"].get<double>();
    };
    auto const zeroed = fraction(noisy.c_str(), "zero");
    EXPECT_NEAR(fraction(noisy.c_str(), "keep"), zeroed - 1e-3, 1e-6);
    EXPECT_NEAR(fraction((folder / "out.h5").c_str(), "zero"), zeroed, 1e-9);
    auto const points = lowcal(
        {"convert", noisy, folder / "points.h5", "--to", "showerdata", "--negative-cells", "keep"});
    EXPECT_EQ(points.exit_code, 2);
    EXPECT_TRUE(mentions(points.errors, {"--negative-cells", "points"}));
}

TEST(Evaluate, writes_the_keys_that_scripts_read)
{
    TemporaryFolder const folder;
    data::write_clic(folder / "a.h5", data::make_showers(30, data::Timing::present));
    auto const file = (folder / "a.h5").string();
    auto const results = evaluate(folder, file, {"one=" + file, "two=" + file});
    EXPECT_TRUE(
        has_keys(results, {"candidates", "reference", "judge_controls", "classifier_controls",
                           "command", "seed", "bootstrap_replicas", "units"}));
    EXPECT_TRUE(has_keys(results["candidates"], {"one", "two"}));
    auto const& one = results["candidates"]["one"];
    EXPECT_TRUE(has_keys(
        one, {"count", "energies", "shape_mse", "sampling_fraction", "hits", "profiles", "verdict",
              "dropped", "frechet", "worth_of_a_million", "memorisation", "observables",
              "cell_spectrum", "layer_correlations", "layer_profiles", "warnings"}));
    EXPECT_TRUE(has_keys(one["verdict"],
                         {"overall", "threshold_sigmas", "level", "showers_needed", "subjects"}));
    EXPECT_TRUE(has_keys(one["shape_mse"], {"value", "error", "floor"}));
    EXPECT_EQ(one["sampling_fraction"].size(),
              clic_detector().energy_bins().size() + 1);  // and the low energies
    for (auto const& row : one["sampling_fraction"])
        for (auto const* key :
             {"low", "high", "count", "reference_mean", "mean", "error", "reference_rms", "rms"})
            EXPECT_TRUE(row.contains(key)) << key;
    EXPECT_EQ(results["reference"]["count"], 30);
}

TEST(Evaluate, of_some_showers_of_a_file_observes_those_that_are_spread_evenly_over_it)
{
    TemporaryFolder const folder;
    data::write_clic(folder / "all.h5", data::make_showers(29));
    auto thinned = data::make_showers(0);
    for (std::size_t i = 0; i < 29; i += 3) {
        auto const one = data::make_showers(1, data::Timing::absent, i);
        for (auto const member : {&data::ShowerBlock::cells, &data::ShowerBlock::primary_energy,
                                  &data::ShowerBlock::pdg_code})
            (thinned.*member)
                .insert((thinned.*member).end(), (one.*member).begin(), (one.*member).end());
    }
    ASSERT_EQ(thinned.count(), 10U);
    data::write_clic(folder / "thinned.h5", thinned);
    auto const observed = [&](std::string const& file, std::string const& showers) {
        succeed({"evaluate", "--reference", folder / "all.h5", "--json", folder / "r.json",
                 "--no-judge", "--candidate", "a=" + (folder / file).string(), "--showers",
                 showers});
        auto results = parse_json(content(folder / "r.json"));
        EXPECT_EQ(results["reference"]["count"], 29);
        return results["candidates"]["a"];
    };
    auto const some = observed("all.h5", "10");
    EXPECT_EQ(some["count"], 10);
    EXPECT_EQ(some, observed("thinned.h5", "0"));
    EXPECT_EQ(some, observed("thinned.h5", "10"));
    EXPECT_NE(some, observed("all.h5", "0"));
}

TEST(Evaluate, finds_no_difference_between_a_sample_and_itself)
{
    TemporaryFolder const folder;
    auto const results = evaluate(folder, validation_showers(), {"same=" + validation_showers()});
    auto const& same = results["candidates"]["same"];
    EXPECT_EQ(same["shape_mse"]["value"], 0.0);
    EXPECT_GT(same["shape_mse"]["floor"], 0.0);
    for (auto const& row : same["sampling_fraction"]) {
        EXPECT_EQ(row["mean"], row["reference_mean"]);
        EXPECT_EQ(row["rms"], row["reference_rms"]);
    }
}

/// Two halves of the validation showers, of similar energies, and the second with cells scaled.
class Halves : public ::testing::Test {
protected:
    TemporaryFolder folder;

    std::string half(std::string const& name, std::size_t first, float scale)
    {
        auto const all = data::read_all_showers(validation_showers());
        data::ShowerBlock block;
        for (std::size_t i = first; i < all.count(); i += 2) {
            block.primary_energy.push_back(all.primary_energy[i]);
            for (float const cell : all.shower(i)) block.cells.push_back(scale * cell);
        }
        data::write_clic(folder / name, block);
        return folder / name;
    }
};

TEST_F(Halves, of_real_showers_differ_by_the_floor_and_a_scaled_half_by_more)
{
    auto const results =
        evaluate(folder, half("even.h5", 0, 1.0F),
                 {"odd=" + half("odd.h5", 1, 1.0F), "scaled=" + half("scaled.h5", 1, 1.05F)});
    auto const distance = [&](char const* name) {
        return results["candidates"][name]["shape_mse"];
    };
    auto const sigmas_above_floor = [](json const& mse) {
        return (mse["value"].get<double>() - mse["floor"].get<double>()) /
               mse["error"].get<double>();
    };
    EXPECT_LT(std::abs(sigmas_above_floor(distance("odd"))), 3.0) << distance("odd");
    EXPECT_GT(sigmas_above_floor(distance("scaled")), 3.0) << distance("scaled");

    for (auto const& row : results["candidates"]["odd"]["sampling_fraction"]) {
        auto const off = row["mean"].get<double>() - row["reference_mean"].get<double>();
        EXPECT_LT(std::abs(off), 4 * row["error"].get<double>()) << row;  // of seven rows
    }
    auto const& odd = results["candidates"]["odd"]["sampling_fraction"];
    auto const& scaled = results["candidates"]["scaled"]["sampling_fraction"];
    for (std::size_t i = 0; i < odd.size(); ++i)  // float32 roundings of the cells average out
        EXPECT_NEAR(scaled[i]["mean"].get<double>() / odd[i]["mean"].get<double>(), 1.05, 1e-6);
}

TEST_F(Halves, are_judged_by_trees_which_write_what_they_saw)
{
    auto const real = half("even.h5", 0, 1.0F);
    auto const scaled = half("scaled.h5", 1, 1.1F);
    Arguments const command{"evaluate",
                            "--reference",
                            real,
                            "--candidate",
                            "same=" + real,
                            "--candidate",
                            "scaled=" + scaled,
                            "--json",
                            folder / "results.json",
                            "--features",
                            folder / "features.csv"};
    auto const said = succeed(command);
    EXPECT_TRUE(mentions(said.output, {"Judge: boosted trees", "pairs of neighbouring hits",
                                       "moved by half a cell", "a million are worth"}));
    auto const results = parse_json(content(folder / "results.json"));
    auto const& same = results["candidates"]["same"]["judge"];
    EXPECT_EQ(same["area"], 0.5);  // both showers of a pair get one score
    auto const& judged = results["candidates"]["scaled"]["judge"];
    EXPECT_EQ(judged["answer"], "told apart");
    EXPECT_EQ(judged["candidate_count"], 500);
    EXPECT_GT(judged["area"].get<double>(), 0.7);
    EXPECT_TRUE(
        has_keys(results["judge_controls"], {"halves", "smeared", "moved", "steadier_hits"}));
    auto const table = content(folder / "features.csv");
    EXPECT_EQ(std::ranges::count(table, '\n'), 1 + 3 * 500);
    EXPECT_EQ(table.rfind("sample,log_energy,totals_0,", 0), 0U);
}

TEST_F(Halves, are_reported_in_a_folder_of_text_and_pictures)
{
    auto const out = folder / "report";
    auto const file = half("even.h5", 0, 1.0F);
    auto const said = succeed({"evaluate", "--reference", file, "--candidate", "odd=" + file,
                               "--out", out, "--no-judge"});
    EXPECT_EQ(content(out / "evaluation.txt"), said.output);
    EXPECT_TRUE(parse_json(content(out / "results.json"))["candidates"].contains("odd"));
    bool const no_gnuplot = said.errors.find("gnuplot is not installed") != std::string::npos;
    EXPECT_NE(std::filesystem::exists(out / "profiles.png"), no_gnuplot);
}

TEST(Evaluate, generates_for_a_network_at_the_references_energies)
{
    TemporaryFolder const folder;
    auto const few = (folder / "few.h5").string();
    succeed({"convert", validation_showers(), few, "--to", "clic", "--count", "30"});
    auto const results = evaluate(folder, few, {"network=" + shipped_network()});
    auto const& network = results["candidates"]["network"];
    EXPECT_EQ(network["count"], 30);
    for (auto const& row : network["sampling_fraction"]) {
        EXPECT_EQ(row["candidate_count"], row["count"]);
        EXPECT_EQ(row["mean_energy"], row["reference_mean_energy"]);
    }
}

TEST(Evaluate, refuses_two_candidates_of_one_name)
{
    auto const twice = "a=" + validation_showers();
    auto const outcome = lowcal({"evaluate", "--reference", validation_showers(), "--candidate",
                                 twice, "--candidate", twice});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_TRUE(mentions(outcome.errors, {"--candidate a="}));
}

}  // namespace
}  // namespace lowcal::end_to_end
