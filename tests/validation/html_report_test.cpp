#include "validation/report/html_report.hpp"

#include "core/detector/known_detectors.hpp"
#include "validation/known_showers.hpp"
#include "validation/report/picture_style.hpp"
#include "validation/report/shower_scene.hpp"

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

/// The same shower of 2 cells on both sides, 1 MeV and 0.1 GeV.
ShowerPair pair_of(std::string const& name)
{
    ShowerPair pair{
        .detector = clic_detector(), .reference_name = "Geant4", .candidate_name = name};
    pair.reference.cells.assign(pair.detector.cells(), 0.0F);
    pair.reference.cells.front() = 1e-3F;
    pair.reference.cells.back() = 0.1F;
    pair.reference.primary_energy = {50.0F};
    pair.candidate = pair.reference;
    return pair;
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
    auto const page = html_report(example("fast"), {{"a", "<svg></svg>", "b", "<table></table>"}},
                                  shower_scene({pair_of("fast")}));
    for (char const* part : {"http://", "https://", "<link", "@import", "src=", "import("})
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

TEST(HtmlReport, has_one_legend_with_the_lines_of_the_pictures)
{
    auto evaluation = example("far");
    evaluation.comparisons.push_back(evaluation.comparisons.front());
    evaluation.comparisons.back().name = "near";
    auto const page = html_report(evaluation, {{"a", "<svg></svg>", "b", ""}});
    EXPECT_EQ(times(page, "<p class=\"legend\">"), 1U);
    auto const legend = page.substr(page.find("<p class=\"legend\">"));
    for (std::size_t i = 0; i < 2; ++i) {
        auto const name = legend.find(evaluation.comparisons[i].name + "</span>");
        ASSERT_NE(name, std::string::npos);
        auto const sample = legend.rfind("<span>", name);
        // gnuplot: linecolor '#rrggbb'
        auto const colour = candidate_colour(i).substr(std::string("linecolor '").size(), 7);
        EXPECT_EQ(times(legend.substr(sample, name - sample), "stroke=\"" + colour + "\""), 2U);
    }
    EXPECT_LT(page.find("<p class=\"legend\">"), page.find("<figure"));
    auto const without_pictures = html_report(evaluation, {{"a", "", "b", ""}});
    EXPECT_EQ(times(without_pictures, "<p class=\"legend\">"), 0U);
}

TEST(HtmlReport, has_the_closest_candidate_first)
{
    auto evaluation = example("far");
    evaluation.comparisons.push_back(evaluation.comparisons.front());
    evaluation.comparisons.back().name = "near";
    evaluation.comparisons[0].judgement = Judgement{.area = {0.9, 0.01}};
    evaluation.comparisons[1].judgement = Judgement{.area = {0.6, 0.01}};
    auto const page = html_report(evaluation, {});
    EXPECT_LT(page.find("<h3>near"), page.find("<h3>far"));
    EXPECT_LT(page.find("<tr><td>near"), page.find("<tr><td>far"));
    EXPECT_LT(page.find("Verdict on near"), page.find("Verdict on far"));
}

TEST(ShowerScene, holds_each_hit_with_its_place_and_energy)
{
    auto const scene = shower_scene({pair_of("fast")});
    // First cell in one corner of the box, last one in the opposite corner, two decades apart.
    EXPECT_EQ(times(scene, "\"cells\":[0,0,0,0,1000,1000,1000,200]"), 2U);
    EXPECT_NE(scene.find("Geant4: 50 GeV, 2 cells"), std::string::npos);
    EXPECT_NE(scene.find("\"span\":200"), std::string::npos);
    EXPECT_EQ(shower_scene({}), "");
}

TEST(ShowerScene, lets_no_name_end_its_script)
{
    auto const scene = shower_scene({pair_of("</script><b>")});
    EXPECT_EQ(times(scene, "</script>"), 2U);
    EXPECT_EQ(scene.find("<b>"), std::string::npos);
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
