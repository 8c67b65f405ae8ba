#pragma once

#include "validation/comparison.hpp"

#include <string>
#include <vector>

namespace lowcal::validation {

/// A picture of the report: SVG text, in its place among the others.
struct ReportFigure {
    std::string title;
    std::string svg;      ///< empty where it could not be drawn: the numbers stand alone
    std::string caption;  ///< one or two sentences
    std::string numbers;  ///< HTML table, shown on demand
};

/// The figures' numbers, of at least one candidate, as HTML tables, candidates side by side.
std::string observable_numbers(Evaluation const& evaluation, std::size_t observable);
std::string profile_numbers(Evaluation const& evaluation);
std::string spectrum_numbers(Evaluation const& evaluation);
std::string layer_numbers(Evaluation const& evaluation);
std::string correlation_numbers(Comparison const& comparison);

/// One self-contained page that needs no network: the verdicts in a word, the closest candidate
/// first, `scene` (see shower_scene), the figures, each with its numbers one click away, the judge,
/// and what each verdict rests on. For laptop, phone and paper; nothing is told by colour alone.
std::string html_report(Evaluation const& evaluation, std::vector<ReportFigure> const& figures,
                        std::string const& scene = "");

/// A text with the characters escaped that HTML gives a meaning.
std::string escaped(std::string const& text);

}  // namespace lowcal::validation
