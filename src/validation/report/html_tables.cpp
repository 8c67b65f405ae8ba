#include "physics/energy_bins.hpp"
#include "validation/report/html_report.hpp"

#include <fmt/format.h>

#include <cmath>

namespace lowcal::validation {
namespace {

std::string number_text(double value)
{
    return std::isfinite(value) ? fmt::format("{:.4g}", value) : "&ndash;";
}

std::string cell(double value, double error)
{
    return "<td>" + number_text(value) + " &plusmn; " + number_text(error) + "</td>";
}

std::string cell(Distance const& distance)
{
    return fmt::format("<td>{} &plusmn; {} ({})</td>", number_text(distance.value),
                       number_text(distance.error), number_text(distance.floor));
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

std::string observable_numbers(Evaluation const& evaluation, std::size_t observable)
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
    for (auto const& axis : evaluation.comparisons.front().set->profile_axes()) {
        for (std::size_t bin = axis.first; bin < axis.first + axis.bins; ++bin) {
            text += fmt::format("<tr><td>{} {}</td>", escaped(axis.name), bin - axis.first);
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
    auto const& bins = evaluation.comparisons.front().set->spectrum();
    for (std::size_t bin = 0; bin < bins.count; ++bin) {
        double const low = bins.low + 3 + bins.step * static_cast<double>(bin);
        text += fmt::format("<tr><td>{:.1f} to {:.1f}</td>", low, low + bins.step);
        auto const& any = evaluation.comparisons.front().spectrum.reference[bin];
        text += cell(any.value, any.error);
        for (auto const& one : evaluation.comparisons)
            text += cell(one.spectrum.candidate[bin].value, one.spectrum.candidate[bin].error);
        text += "</tr>\n";
    }
    return text + tail;
}

std::string layer_numbers(Evaluation const& evaluation)
{
    auto const& any = evaluation.comparisons.front();
    auto const layers = any.set->detector().layers();
    std::string text;
    std::size_t place = 0;
    for (auto const& quantity : any.set->layer_quantities()) {
        text +=
            "<p>" + escaped(quantity.name) + "</p>" + head(with_candidates(evaluation, "layer"));
        for (std::size_t layer = 0; layer < layers; ++layer, ++place) {
            auto const& real = any.layers.reference[place];
            text += fmt::format("<tr><td>{}</td>", layer) + cell(real.value, real.error);
            for (auto const& one : evaluation.comparisons)
                text += cell(one.layers.candidate[place].value, one.layers.candidate[place].error);
            text += "</tr>\n";
        }
        text += tail;
    }
    return text;
}

std::string correlation_numbers(Comparison const& comparison)
{
    auto const layers = comparison.reference_correlations.size();
    std::vector<std::string> columns{"layer"};
    for (std::size_t i = 0; i < layers; ++i) columns.push_back(std::to_string(i));
    std::string text = "<p>Below the diagonal: reference; above: candidate</p>" + head(columns);
    for (std::size_t i = 0; i < layers; ++i) {
        text += fmt::format("<tr><td>{}</td>", i);
        for (std::size_t j = 0; j < layers; ++j)
            text += fmt::format("<td>{:.2f}</td>", j < i ? comparison.reference_correlations[i][j]
                                                         : comparison.candidate_correlations[i][j]);
        text += "</tr>\n";
    }
    return text + tail;
}

}  // namespace lowcal::validation
