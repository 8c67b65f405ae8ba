#include "validation/report/html_report.hpp"

#include "validation/known_showers.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>

namespace lowcal::validation {
namespace {

Evaluation example(std::string const& name)
{
    static auto const reference = observed(part_of(real_showers(), 0, 60));
    Comparator const compare(
        reference,
        {.bootstrap = {.replicas = 10}, .floor_splits = 10, .tests = {.permutations = 99}});
    Evaluation evaluation;
    evaluation.reference_name = "Geant4 <11>";
    evaluation.comparisons.push_back(compare(name, observed(part_of(real_showers(), 60, 60))));
    return evaluation;
}

/// As the tables print it.
std::string four_digits(double value)
{
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.4g", value);
    return text.data();
}

std::size_t times(std::string const& text, std::string const& part)
{
    std::size_t count = 0;
    for (auto place = text.find(part); place != std::string::npos;
         place = text.find(part, place + part.size()))
        ++count;
    return count;
}

TEST(HtmlReport, needs_nothing_from_elsewhere)
{
    auto const page = html_report(example("fast"), {{"a", "<svg></svg>", "b", "<table></table>"}});
    for (char const* part : {"http://", "https://", "<script", "<link", "@import", "src="})
        EXPECT_EQ(page.find(part), std::string::npos) << part;
    EXPECT_NE(page.find("name=\"viewport\""), std::string::npos);
    EXPECT_NE(page.find("@media print"), std::string::npos);
}

TEST(HtmlReport, escapes_what_users_name)
{
    auto const page = html_report(example("<b>&\"x\""), {});
    EXPECT_EQ(page.find("<b>&\"x\""), std::string::npos);
    EXPECT_NE(page.find("&lt;b&gt;&amp;&quot;x&quot;"), std::string::npos);
    EXPECT_NE(page.find("Geant4 &lt;11&gt;"), std::string::npos);
}

TEST(HtmlReport, gives_the_verdict_in_words_before_every_figure)
{
    auto const evaluation = example("fast");
    auto const page = html_report(evaluation, {{"a", "<svg></svg>", "b", "<table>5</table>"}});
    auto const verdict = page.find(name_of(evaluation.comparisons[0].verdict.answer));
    EXPECT_LT(verdict, page.find("<figure"));
    EXPECT_EQ(
        times(page, "<tr><td>"),
        1 + subjects_of(ObservableSet(clic_detector())).size());  // the overview, then all subjects
    EXPECT_NE(page.find("<details><summary>Numbers</summary><div class=\"scroll\"><table>5"),
              std::string::npos);
}

TEST(HtmlReport, says_where_a_picture_is_missing)
{
    EXPECT_NE(html_report(example("fast"), {{"a", "", "b", ""}}).find("No picture"),
              std::string::npos);
}

TEST(HtmlTables, hold_the_numbers_of_the_comparison)
{
    auto const evaluation = example("fast");
    auto const& comparison = evaluation.comparisons[0];
    EXPECT_EQ(times(observable_numbers(evaluation, observable("hits")), "<tr><td>"), 8U);
    auto const profiles = profile_numbers(evaluation);
    EXPECT_EQ(times(profiles, "<tr><td>"), 75U);
    EXPECT_NE(profiles.find(four_digits(100 * comparison.profiles.candidate[60])),
              std::string::npos);
    EXPECT_EQ(times(spectrum_numbers(evaluation), "<tr><td>"), 30U);
    EXPECT_EQ(times(correlation_numbers(comparison), "<tr><td>"), 25U);
    EXPECT_EQ(times(layer_numbers(evaluation), "<tr><td>"), 6U * 25);
}

}  // namespace
}  // namespace lowcal::validation
