#include "validation/known_showers.hpp"
#include "validation/report/evaluation_json.hpp"
#include "validation/report/evaluation_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace lowcal::validation {
namespace {

using Json = nlohmann::json;

Evaluation example()
{
    auto const reference = observed(normal_showers(20, 1));
    Comparator const compare(reference, {});
    return {.reference_name = "Geant4",
            .reference_file = "real.h5",
            .command = "lowcal evaluate",
            .seed = 20211,
            .replicas = 200,
            .monte_carlo_seconds = 1.5,
            .comparisons = {compare("fast", observed(normal_showers(20, 2))),
                            compare("a name that is far longer than any column of any table",
                                    observed(normal_showers(20, 3)))}};
}

std::size_t characters(std::string const& text)
{
    std::size_t count = 0;
    for (char const letter : text) count += (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U;
    return count;
}

TEST(EvaluationJson, has_the_documented_keys_and_the_values_of_the_comparison)
{
    auto const evaluation = example();
    auto const json = Json::parse(evaluation_json(evaluation));
    ASSERT_EQ(json.at("candidates").size(), 2U);
    auto const& fast = json.at("candidates").at("fast");
    auto const& truth = evaluation.comparisons[0];
    EXPECT_DOUBLE_EQ(fast.at("shape_mse").at("value"), truth.shape_mse.value);
    EXPECT_DOUBLE_EQ(fast.at("shape_mse").at("error"), truth.shape_mse.error);
    EXPECT_DOUBLE_EQ(fast.at("shape_mse").at("floor"), truth.shape_mse.floor);
    auto const& rows = fast.at("sampling_fraction");
    ASSERT_EQ(rows.size(), 7U);
    auto const& row = rows.at(2);
    auto const& true_row = truth.sampling_fraction[2];
    EXPECT_EQ(row.at("low"), 100.0);
    EXPECT_EQ(row.at("high"), 200.0);
    EXPECT_EQ(row.at("count"), 20);
    EXPECT_DOUBLE_EQ(row.at("reference_mean"), true_row.reference.mean);
    EXPECT_DOUBLE_EQ(row.at("mean"), true_row.candidate.mean);
    EXPECT_DOUBLE_EQ(row.at("error"), true_row.difference_error);
    EXPECT_DOUBLE_EQ(row.at("reference_rms"), true_row.reference.rms);
    EXPECT_DOUBLE_EQ(row.at("rms"), true_row.candidate.rms);
}

TEST(EvaluationJson, writes_what_is_not_known_as_null)
{
    auto const json = Json::parse(evaluation_json(example()));
    auto const& empty = json.at("candidates").at("fast").at("sampling_fraction").at(0);
    EXPECT_EQ(empty.at("status"), "empty");
    for (char const* key : {"reference_mean", "mean", "error", "reference_rms", "rms"})
        EXPECT_TRUE(empty.at(key).is_null()) << key;
    EXPECT_EQ(empty.at("count"), 0);
}

TEST(EvaluationJson, carries_units_and_provenance)
{
    auto const json = Json::parse(evaluation_json(example()));
    EXPECT_EQ(json.at("units").at("sampling_fraction").at("low"), "GeV");
    EXPECT_EQ(json.at("seed"), 20211);
    EXPECT_EQ(json.at("command"), "lowcal evaluate");
    EXPECT_EQ(json.at("reference").at("count"), 20);
    EXPECT_EQ(json.at("reference").at("monte_carlo_seconds"), 1.5);
    auto const& profile = json.at("candidates").at("fast").at("profiles").at("z");
    EXPECT_EQ(profile.at("mean").size(), 25U);
}

TEST(EvaluationJson, survives_a_name_that_is_not_utf8)
{
    auto evaluation = example();
    evaluation.comparisons[0].name = "\xff";
    auto const json = Json::parse(evaluation_json(evaluation));  // throws where it is not JSON
    EXPECT_EQ(json.at("candidates").size(), 2U);
}

TEST(EvaluationText, fits_into_a_hundred_columns)
{
    std::istringstream lines(evaluation_text(example()));
    for (std::string line; std::getline(lines, line);)
        if (line.rfind("Warning", 0) != 0) {
            EXPECT_LE(characters(line), 100U) << line;
        }
}

TEST(EvaluationText, shows_the_figures_and_names_empty_bins)
{
    Evaluation evaluation = example();
    evaluation.comparisons.resize(1);
    auto& comparison = evaluation.comparisons[0];
    comparison.shape_mse = {.value = 0.0312, .error = 0.0021, .floor = 0.00065};
    auto& row = comparison.sampling_fraction[2];
    row.reference.mean = 0.0235;
    row.candidate.mean = 0.0236;
    row.ratio_error = 0.0011;
    auto const text = evaluation_text(evaluation);
    EXPECT_NE(text.find("0.03120 ± 0.00210"), std::string::npos) << text;
    EXPECT_NE(text.find("0.00065"), std::string::npos);
    EXPECT_NE(text.find("2.3500    2.3600   +0.43 ± 0.11"), std::string::npos) << text;
    EXPECT_NE(text.find("empty"), std::string::npos);
    EXPECT_NE(text.find("Warning: fast: 2 - 50 GeV: empty"), std::string::npos);
}

TEST(EvaluationText, lays_the_sampling_fractions_of_several_candidates_side_by_side)
{
    auto evaluation = example();
    auto& row = evaluation.comparisons[0].sampling_fraction[2];
    row.reference.mean = 0.02;
    row.candidate.mean = 0.0205;
    row.ratio_error = 0.0031;
    auto const text = evaluation_text(evaluation);
    auto const title = text.find("Mean sampling fraction, shift against Geant4 [%]");
    ASSERT_NE(title, std::string::npos);
    auto const line = text.find("\n  fast ", title);
    ASSERT_NE(line, std::string::npos);
    auto const end = text.find('\n', line + 1);
    EXPECT_NE(text.substr(line, end - line).find("-          - +2.50±0.31"), std::string::npos)
        << text.substr(line, end - line);
    evaluation.comparisons.pop_back();  // a single candidate's own table has it all
    EXPECT_EQ(evaluation_text(evaluation).find("shift against Geant4"), std::string::npos);
}

TEST(EvaluationText, keeps_its_columns_aligned)
{
    std::istringstream lines(evaluation_text(example()));
    std::string header;
    std::string line;
    while (std::getline(lines, line) && line.find("shift [%]") == std::string::npos) {
    }
    auto const end_of_shift = line.find("shift [%]") + 9;
    for (int i = 0; i < 3; ++i) std::getline(lines, line);  // 100 - 200 GeV
    auto const error = line.find("±");
    ASSERT_NE(error, std::string::npos) << line;
    EXPECT_EQ(line.find(' ', error + 3), end_of_shift + 1) << line;  // ± takes two bytes
}

}  // namespace
}  // namespace lowcal::validation
