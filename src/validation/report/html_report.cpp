#include "validation/report/html_report.hpp"

#include "physics/energy_bins.hpp"
#include "validation/report/html_style.hpp"
#include "validation/report/judge/judge_html.hpp"
#include "validation/report/picture_style.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace lowcal::validation {
namespace {

constexpr double chance = 0.5;  ///< area of what cannot be told apart

/// The answer's name is its CSS class, but for the one of several words.
char const* class_of(Answer answer)
{
    return answer == Answer::too_few ? "few" : name_of(answer);
}

char const* mark_of(Answer answer)
{
    switch (answer) {
        case Answer::different:
            return "&#10007;";
        case Answer::too_few:
            return "?";
        default:
            return "&#10003;";
    }
}

std::string with_error(double value, double error, int digits)
{
    if (!std::isfinite(value)) return "&ndash;";
    if (!std::isfinite(error)) return fmt::format("{:.{}f}", value, digits);
    return fmt::format("{:.{}f} &plusmn; {:.{}f}", value, digits, error, digits);
}

std::string effect_markup(Effect const& effect)
{
    if (!std::isfinite(effect.value)) return "&ndash;";
    return fmt::format("{} {:+.2f} &plusmn; {:.2f} {} (matters: {:g})", escaped(effect.what),
                       effect.value, effect.error, effect.unit, effect.tolerance);
}

std::string strongest_subjects(Comparison const& comparison)
{
    auto const& verdict = comparison.verdict;
    std::string text;
    std::size_t shown = 0;
    for (auto const& one : verdict.subjects) {
        if (one.answer != Answer::different || shown == 3) continue;
        text += (shown++ == 0 ? "" : ", ");
        text +=
            fmt::format("{} ({:.0f}&sigma;)", escaped(name_of(one.subject, *comparison.set).name),
                        one.strongest.sigmas);
    }
    return text.empty() ? "" : "<p class=\"quiet\">First in: " + text + "</p>";
}

std::string card(Comparison const& comparison)
{
    auto const& verdict = comparison.verdict;
    auto text = fmt::format("<div class=\"card {}\"><h3>{}</h3><p class=\"word\">{} {}</p>",
                            class_of(verdict.answer), escaped(comparison.name),
                            mark_of(verdict.answer), name_of(verdict.answer));
    if (verdict.answer == Answer::too_few && verdict.showers_needed > 0)
        text += fmt::format("<p class=\"quiet\">About {} showers of each sample would do.</p>",
                            verdict.showers_needed);
    text += strongest_subjects(comparison);
    text += fmt::format("<p class=\"quiet\">{} showers; primary energies: {}</p>",
                        comparison.candidate_count, name_of(comparison.energies));
    return text + "</div>\n";
}

/// The comparisons, what is closest to the reference first: as the judge says, else by their
/// Frechet distances.
std::vector<Comparison const*> by_closeness(Evaluation const& evaluation)
{
    std::vector<Comparison const*> order;
    for (auto const& one : evaluation.comparisons) order.push_back(&one);
    auto const area = [](Comparison const* one) {
        return one->judgement && std::isfinite(one->judgement->area.area)
                   ? one->judgement->area.area
                   : chance;
    };
    std::ranges::stable_sort(order, [&](Comparison const* one, Comparison const* other) {
        return std::pair(area(one), one->frechet.value) <
               std::pair(area(other), other->frechet.value);
    });
    return order;
}

std::string overview_table(std::vector<Comparison const*> const& order)
{
    std::string text =
        "<div class=\"scroll\"><table><thead><tr><th>candidate</th><th class=\"text\">verdict</th>"
        "<th>told apart<br>(0.5 to 1)</th><th>shape MSE<br>(floor)</th><th>Fr&eacute;chet "
        "distance<br>(floor)</th>"
        "<th>sampling fraction,<br>largest shift of a bin [%]</th><th>cells above 0<br>(reference)"
        "</th></tr></thead><tbody>\n";
    for (auto const* const comparison : order) {
        auto const& one = *comparison;
        double largest = 0;
        for (auto const& row : one.sampling_fraction)
            if (std::isfinite(row.ratio()) && std::abs(row.ratio() - 1) > std::abs(largest))
                largest = row.ratio() - 1;
        text += fmt::format(
            "<tr><td>{}</td><td class=\"text\">{} "
            "{}</td><td>{}</td><td>{}<br>({:.5f})</td><td>{}<br>({:.4f})"
            "</td><td>{:+.2f}</td><td>{:.1f}<br>({:.1f})</td></tr>\n",
            escaped(one.name), mark_of(one.verdict.answer), name_of(one.verdict.answer),
            one.judgement ? with_error(one.judgement->area.area, one.judgement->area.error, 3)
                          : "&ndash;",
            with_error(one.shape_mse.value, one.shape_mse.error, 5), one.shape_mse.floor,
            with_error(one.frechet.value, one.frechet.error, 4), one.frechet.floor, 100 * largest,
            one.candidate_hits.value, one.reference_hits.value);
    }
    return text + "</tbody></table></div>\n";
}

std::string verdict_rows(Comparison const& comparison)
{
    auto const bins = physics::statistics_bins(comparison.set->detector());
    std::string text;
    for (auto const& one : comparison.verdict.subjects) {
        std::string effects;
        for (auto const& effect : one.effects)
            effects += (effects.empty() ? "" : "<br>") + effect_markup(effect);
        auto const needed = one.showers_needed > 0 ? std::to_string(one.showers_needed) : "";
        text += fmt::format(
            "<tr><td>{}</td><td class=\"text\">{} {}</td><td>{:.1f}</td><td class=\"text\">{}, "
            "{}</td><td class=\"text\">{}</td><td>{}</td></tr>\n",
            escaped(name_of(one.subject, *comparison.set).name), mark_of(one.answer),
            name_of(one.answer), one.strongest.sigmas, name_of(one.strongest.test.aspect),
            physics::bin_text(bins[one.strongest.test.bin]), effects, needed);
    }
    return text;
}

std::string verdict_section(Comparison const& comparison)
{
    auto text = fmt::format(
        "<h2>Verdict on {}</h2>\n<p class=\"quiet\">Sigmas are those of the strongest test taken "
        "alone; the strongest of all tests of two samples of one kind passes {:.1f} in {:g} % of "
        "cases, and what passes it is called different. The size is that of all energies "
        "together.</p>\n<details><summary>All subjects, strongest first</summary><div "
        "class=\"scroll\"><table><thead><tr><th>subject</th><th class=\"text\">verdict</th>"
        "<th>sigmas</th><th class=\"text\">strongest in, GeV</th><th class=\"text\">size</th>"
        "<th>showers<br>needed</th></tr></thead><tbody>\n",
        escaped(comparison.name), comparison.verdict.threshold, 100 * comparison.verdict.level);
    text += verdict_rows(comparison) + "</tbody></table></div></details>\n";
    if (auto const& memory = comparison.memorisation; std::isfinite(memory.share))
        text += fmt::format(
            "<p>Memory: {:.1f} % of its showers lie closer to a training shower than "
            "all but {:.1f} % of the reference ({:+.1f}&sigma;).</p>\n",
            100 * memory.share, 100 * memory.expected, memory.sigmas);
    for (auto const& warning : comparison.warnings)
        text += "<p class=\"quiet\">Note: " + escaped(warning) + ".</p>\n";
    return text;
}

std::string capitalised(std::string text)
{
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

/// Which line is whose in all figures; stays in sight beside them.
std::string legend_of(Evaluation const& evaluation)
{
    auto text = "<p class=\"legend\"><span>" + reference_sample() + " " +
                escaped(evaluation.reference_name) + "</span>\n";
    for (std::size_t i = 0; i < evaluation.comparisons.size(); ++i)
        text += "<span>" + candidate_sample(i) + " " + escaped(evaluation.comparisons[i].name) +
                "</span>\n";
    return text + "</p>\n";
}

std::string figure_html(ReportFigure const& figure, std::size_t number)
{
    auto text = fmt::format("<figure id=\"figure{}\"><h3>{}</h3>\n", number,
                            escaped(capitalised(figure.title)));
    if (figure.svg.empty())
        text += "<p class=\"quiet\">No picture: gnuplot is not installed or nothing to draw.</p>\n";
    else
        text += "<div class=\"picture\">" + figure.svg + "</div>\n";
    text += "<figcaption>" + figure.caption + "</figcaption>\n";
    if (!figure.numbers.empty())
        text += "<details><summary>Numbers</summary><div class=\"scroll\">" + figure.numbers +
                "</div></details>\n";
    return text + "</figure>\n";
}

}  // namespace

std::string escaped(std::string const& text)
{
    std::string result;
    for (char const letter : text) {
        switch (letter) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:
                result += letter;
        }
    }
    return result;
}

std::string html_report(Evaluation const& evaluation, std::vector<ReportFigure> const& figures,
                        std::string const& scene)
{
    auto const title = "Calorimeter showers against " + escaped(evaluation.reference_name);
    auto text =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta "
        "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
        title + "</title>\n<style>" + report_style + "</style></head><body>\n<h1>" + title +
        "</h1>\n";
    text += fmt::format(
        "<p class=\"quiet\">Reference: {}. Made by <code>{}</code>; errors are one "
        "standard deviation, by bootstrap of {} replicas. Candidates by closeness.</p>\n",
        escaped(evaluation.reference_file), escaped(evaluation.command), evaluation.replicas);
    auto const order = by_closeness(evaluation);
    text += "<div class=\"cards\">\n";
    for (auto const* const comparison : order) text += card(*comparison);
    text += "</div>\n" + overview_table(order);
    text += "<nav class=\"quiet\">";
    for (std::size_t i = 0; i < figures.size(); ++i)
        text +=
            fmt::format("<a href=\"#figure{}\">{}</a> ", i, escaped(capitalised(figures[i].title)));
    text += "</nav>\n" + scene + "<section><h2>Figures</h2>\n";
    if (std::ranges::any_of(figures, [](auto const& figure) { return !figure.svg.empty(); }))
        text += legend_of(evaluation);
    for (std::size_t i = 0; i < figures.size(); ++i) text += figure_html(figures[i], i);
    text += "</section>\n";
    text += judge_section(evaluation) + classifier_section(evaluation);
    for (auto const* const comparison : order) text += verdict_section(*comparison);
    return text + "</body></html>\n";
}

}  // namespace lowcal::validation
