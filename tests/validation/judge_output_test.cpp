#include "validation/known_showers.hpp"
#include "validation/report/evaluation_json.hpp"
#include "validation/report/evaluation_text.hpp"
#include "validation/report/html_report.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace lowcal::validation {
namespace {

using Json = nlohmann::json;

Evaluation judged_example()
{
    auto const reference = observed(normal_showers(30, 1));
    Evaluation evaluation;
    evaluation.reference_name = "Geant4";
    evaluation.comparisons = {Comparator(reference, {})("fast", observed(normal_showers(30, 2)))};
    evaluation.comparisons[0].judgement =
        Judgement{.area = {0.987, 0.002},
                  .shuffled = {0.501, 0.009},
                  .groups = {{"hit_pairs", "pairs of neighbouring hits", {0.87, 0.01}},
                             {"moments", "moments and core of the shower", {0.51, 0.013}}},
                  .bins = {{{2, 50}, 80, 90, {0.9, 0.02}}, {{50, 100}, 3, 4, no_area}},
                  .reference_count = 1000,
                  .candidate_count = 900};
    evaluation.judge_controls =
        JudgeControls{.halves = {0.49, 0.018},
                      .half_count = 500,
                      .worsened = {{"smeared", "cells off by 5 %", {{125, {0.6, 0.01}}}},
                                   {"moved", "moved by half a cell", {{125, {0.51, 0.03}}}}}};
    return evaluation;
}

TEST(JudgeOutput, is_in_the_json)
{
    auto const json = Json::parse(evaluation_json(judged_example()));
    auto const& judge = json.at("candidates").at("fast").at("judge");
    EXPECT_EQ(judge.at("area"), 0.987);
    EXPECT_EQ(judge.at("answer"), "told apart");
    EXPECT_EQ(judge.at("candidate_count"), 900);
    EXPECT_EQ(judge.at("groups").at("hit_pairs").at("area"), 0.87);
    EXPECT_EQ(judge.at("bins")[0].at("bin"), "2 - 50");
    EXPECT_TRUE(judge.at("bins")[1].at("area").is_null());
    EXPECT_EQ(json.at("judge_controls").at("halves").at("showers"), 500);
    EXPECT_EQ(json.at("judge_controls").at("smeared").at("seen_at"), 125);
    EXPECT_TRUE(json.at("judge_controls").at("moved").at("seen_at").is_null());
    EXPECT_TRUE(
        json.at("candidates").at("fast").at("worth_of_a_million").contains("sampling_fraction"));
}

TEST(JudgeOutput, is_in_the_text_of_a_hundred_columns)
{
    auto const text = evaluation_text(judged_example());
    for (char const* part : {"0.987 ± 0.002: told apart (labels shuffled: 0.501 ± 0.009)",
                             "pairs of neighbouring hits", "2 - 50 GeV", "a million are worth",
                             "seen from 125 showers on", "not seen with 125 showers"})
        EXPECT_NE(text.find(part), std::string::npos) << part;
    EXPECT_EQ(text.find("50 - 100 GeV   "), std::string::npos);  // no area there
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (line.rfind("Warning", 0) != 0) {
            EXPECT_LE(line.size(), 110U) << line;  // bytes: a plus-minus takes two
        }
}

TEST(JudgeOutput, is_in_the_page)
{
    auto const page = html_report(judged_example(), {});
    for (char const* part : {"<h2>Judge</h2>", "fast: told apart", "0.870 &plusmn; 0.010",
                             "not seen with 125 showers"})
        EXPECT_NE(page.find(part), std::string::npos) << part;
}

TEST(JudgeOutput, is_left_out_where_nothing_was_judged)
{
    auto evaluation = judged_example();
    evaluation.judge_controls.reset();
    evaluation.comparisons[0].judgement.reset();
    EXPECT_EQ(evaluation_text(evaluation).find("boosted trees"), std::string::npos);
    EXPECT_EQ(html_report(evaluation, {}).find("<h2>Judge"), std::string::npos);
    EXPECT_TRUE(Json::parse(evaluation_json(evaluation)).at("judge_controls").is_null());
}

}  // namespace
}  // namespace lowcal::validation
