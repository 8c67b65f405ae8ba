#include "validation/html_report.hpp"

#include <fmt/format.h>

#include <cmath>

namespace lowcal::validation {
namespace {

std::string number(double value)
{
    return std::isfinite(value) ? fmt::format("{:.4g}", value) : "&ndash;";
}

std::string cell(double value, double error)
{
    return "<td>" + number(value) + " &plusmn; " + number(error) + "</td>";
}

std::string cell(Distance const& distance)
{
    return fmt::format("<td>{} &plusmn; {} ({})</td>", number(distance.value),
                       number(distance.error), number(distance.floor));
}

std::string head(std::vector<std::string> const& columns)
{
    std::string text = "<table><thead><tr>";
    for (auto const& column : columns) text += "<th>" + column + "</th>";
    return text + "</tr></thead><tbody>\n";
}

constexpr char const* tail = "</tbody></table>\n";

std::vector<std::string> with_candidates(Evaluation const& evaluation, std::string const& first)
{
    std::vector<std::string> columns{first, escaped(evaluation.reference_name)};
    for (auto const& one : evaluation.comparisons) columns.push_back(escaped(one.name));
    return columns;
}

}  // namespace

std::string observable_numbers(Evaluation const& evaluation, physics::Observable observable)
{
    std::string text;
    for (auto const& one : evaluation.comparisons) {
        text += "<p>" + escaped(one.name) + "</p>";
        text += head({"GeV", "showers", "reference mean", "mean", "reference spread", "spread",
                      "Kolmogorov&ndash;Smirnov (floor)", "Wasserstein-1 (floor)",
                      "separation (floor)"});
        for (auto const& row : one.observables) {
            if (row.observable != observable) continue;
            text += fmt::format("<tr><td>{}</td><td>{} / {}</td>", physics::bin_text(row.bin),
                                row.reference.count, row.candidate.count);
            text += cell(row.reference.mean, row.reference.mean_error) +
                    cell(row.candidate.mean, row.candidate.mean_error) +
                    cell(row.reference.rms, row.reference.rms_error) +
                    cell(row.candidate.rms, row.candidate.rms_error) +
                    cell(row.kolmogorov_smirnov) + cell(row.wasserstein) + cell(row.separation) +
                    "</tr>\n";
        }
        text += tail;
    }
    return text;
}

std::string profile_numbers(Evaluation const& evaluation)
{
    std::string text = "<p>Energy in the bin over primary energy, %</p>";
    text += head(with_candidates(evaluation, "bin"));
    for (auto const& axis : physics::profile_axes) {
        for (std::size_t bin = axis.first; bin < axis.first + axis.bins; ++bin) {
            text += fmt::format("<tr><td>{} {}</td>", axis.name, bin - axis.first);
            auto const& any = evaluation.comparisons.front().profiles;
            text += cell(100 * any.reference[bin], 100 * any.reference_error[bin]);
            for (auto const& one : evaluation.comparisons)
                text += cell(100 * one.profiles.candidate[bin],
                             100 * one.profiles.candidate_error[bin]);
            text += "</tr>\n";
        }
    }
    return text + tail;
}

std::string spectrum_numbers(Evaluation const& evaluation)
{
    auto text = head(with_candidates(evaluation, "log10 (energy / MeV)"));
    for (std::size_t bin = 0; bin < physics::spectrum_bins; ++bin) {
        double const low =
            physics::spectrum_low + 3 + physics::spectrum_step * static_cast<double>(bin);
        text += fmt::format("<tr><td>{:.1f} to {:.1f}</td>", low, low + physics::spectrum_step);
        auto const& any = evaluation.comparisons.front().spectrum.reference[bin];
        text += cell(any.value, any.error);
        for (auto const& one : evaluation.comparisons)
            text += cell(one.spectrum.candidate[bin].value, one.spectrum.candidate[bin].error);
        text += "</tr>\n";
    }
    return text + tail;
}

std::string correlation_numbers(Comparison const& comparison)
{
    std::vector<std::string> columns{"layer"};
    for (std::size_t i = 0; i < Window::z; ++i) columns.push_back(std::to_string(i));
    std::string text = "<p>Below the diagonal: reference; above: candidate</p>" + head(columns);
    for (std::size_t i = 0; i < Window::z; ++i) {
        text += fmt::format("<tr><td>{}</td>", i);
        for (std::size_t j = 0; j < Window::z; ++j)
            text += fmt::format("<td>{:.2f}</td>", j < i ? comparison.reference_correlations[i][j]
                                                         : comparison.candidate_correlations[i][j]);
        text += "</tr>\n";
    }
    return text + tail;
}

}  // namespace lowcal::validation
