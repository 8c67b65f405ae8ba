#include "validation/report/judge/judge_html.hpp"

#include "physics/energy_bins.hpp"
#include "validation/report/html_report.hpp"
#include "validation/report/judge/judge_text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace lowcal::validation {
namespace {

constexpr char const* table_end = "</tbody></table></div>\n";

std::string area_text(AreaUnderCurve const& area)
{
    if (!std::isfinite(area.area)) return "&ndash;";
    return fmt::format("{:.3f} &plusmn; {:.3f}", area.area, area.error);
}

std::string row(std::string const& name, std::string const& cells)
{
    return "<tr><th>" + name + "</th>" + cells + "</tr>\n";
}

std::string cell(std::string const& text)
{
    return "<td>" + text + "</td>";
}

/// Which group alone gives which area: what is to be mended first.
std::string groups_table(Judgement const& judgement)
{
    std::string text =
        "<div class=\"scroll\"><table><thead><tr><th>one group of features alone</th><th>area</th>"
        "</tr></thead><tbody>\n";
    for (auto const& group : judgement.groups)
        text += row(escaped(group.name), cell(area_text(group.area)));
    return text + table_end;
}

std::string bins_table(Judgement const& judgement)
{
    std::string text =
        "<div class=\"scroll\"><table><thead><tr><th>energy [GeV]</th><th>showers</th><th>area</th>"
        "</tr></thead><tbody>\n";
    for (auto const& bin : judgement.bins)
        text += row(physics::bin_text(bin.bin),
                    cell(fmt::format("{} / {}", bin.reference_count, bin.candidate_count)) +
                        cell(area_text(bin.area)));
    return text + table_end;
}

std::string controls_table(JudgeControls const& controls)
{
    std::string text =
        "<details><summary>Controls: real showers made worse</summary><div class=\"scroll\">"
        "<table><thead><tr><th></th><th>showers</th><th>area</th><th>seen</th></tr></thead><tbody>"
        "\n";
    text += row(
        "one half of the reference, the other",
        cell(std::to_string(controls.half_count)) + cell(area_text(controls.halves)) + cell(""));
    for (auto const& control : controls.worsened)
        for (auto const& size : control.sizes)
            text += row(control.name,
                        cell(std::to_string(size.showers)) + cell(area_text(size.area)) +
                            cell(&size == &control.sizes.back() ? seen_text(control) : ""));
    return text + table_end + "</details>\n";
}

}  // namespace

std::string judge_section(Evaluation const& evaluation)
{
    if (!evaluation.judge_controls) return "";
    auto text = fmt::format(
        "<h2>Judge</h2>\n<p class=\"quiet\">How well boosted trees tell showers from {}: the area "
        "under the curve, on showers that they were not trained on. 0.5 is not at all, 1 always."
        "</p>\n",
        escaped(evaluation.reference_name));
    for (auto const& comparison : evaluation.comparisons) {
        if (!comparison.judgement) continue;
        auto const& judgement = *comparison.judgement;
        text += fmt::format(
            "<h3>{}: {}</h3>\n<p>{} with {} against {} showers; with shuffled "
            "labels {}.</p>\n",
            escaped(comparison.name), name_of(answer_of(judgement, *evaluation.judge_controls)),
            area_text(judgement.area), judgement.candidate_count, judgement.reference_count,
            area_text(judgement.shuffled));
        text += groups_table(judgement) + bins_table(judgement);
        auto const worth = worth_text(comparison, evaluation.reference_name);
        if (!worth.empty()) text += "<p>Statistically, " + escaped(worth) + ".</p>\n";
    }
    return text + controls_table(*evaluation.judge_controls);
}

std::string classifier_section(Evaluation const& evaluation)
{
    if (evaluation.cells_controls.empty()) return "";
    std::string text =
        "<h2>Classifier on cells</h2>\n<p class=\"quiet\">Area under the curve of a network "
        "trained "
        "to tell candidate from reference: 0.5 where it cannot. It is believed where it finds the "
        "controls.</p>\n<div class=\"scroll\"><table><tbody>\n";
    auto const line = [&](std::string const& name, AreaUnderCurve const& found) {
        bool const believed = is_believed(found, evaluation.cells_controls);
        text += row(escaped(name),
                    cell(area_text(found) + (believed ? "" : "<br>too few showers to say")));
    };
    for (auto const& one : evaluation.comparisons)
        if (std::isfinite(one.cells_classifier.area)) line(one.name, one.cells_classifier);
    for (auto const& [name, found] : evaluation.cells_controls) line("control: " + name, found);
    return text + table_end;
}

}  // namespace lowcal::validation
