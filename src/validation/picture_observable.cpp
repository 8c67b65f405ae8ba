#include "validation/picture_style.hpp"
#include "validation/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace lowcal::validation {
namespace {

/// A curve with errors, of the reference and of a candidate, at the same places.
struct Curves {
    std::vector<double> place;
    std::vector<double> reference, reference_error;
    std::vector<double> candidate, candidate_error;
};

Curves histogram_curves(Histogram const& histogram)
{
    Curves curves;
    auto const& cuts = histogram.cuts;
    double const width = cuts.size() > 1 ? cuts[1] - cuts[0] : 1;
    auto const error = [](double share, std::size_t count) {
        return std::sqrt(share * (1 - share) /
                         static_cast<double>(std::max<std::size_t>(count, 1)));
    };
    for (std::size_t bin = 0; bin < histogram.reference.size(); ++bin) {
        curves.place.push_back(cuts[0] + (static_cast<double>(bin) - 0.5) * width);
        curves.reference.push_back(100 * histogram.reference[bin]);
        curves.candidate.push_back(100 * histogram.candidate[bin]);
        curves.reference_error.push_back(
            100 * error(histogram.reference[bin], histogram.reference_count));
        curves.candidate_error.push_back(
            100 * error(histogram.candidate[bin], histogram.candidate_count));
    }
    return curves;
}

/// Means over the six energy bins.
Curves mean_curves(std::span<ObservableRow const> rows)
{
    Curves curves;
    for (auto const& row : rows.first(energy_bins.size())) {
        curves.place.push_back(0.5 * (row.bin.low + std::floor(row.bin.high)));
        curves.reference.push_back(row.reference.mean);
        curves.reference_error.push_back(row.reference.mean_error);
        curves.candidate.push_back(row.candidate.mean);
        curves.candidate_error.push_back(row.candidate.mean_error);
    }
    return curves;
}

Curves spectrum_curves(SpectrumTable const& table)
{
    Curves curves;
    for (std::size_t bin = 0; bin < physics::spectrum_bins; ++bin) {
        // In decades of MeV: three more than of GeV.
        curves.place.push_back(physics::spectrum_low + 3 +
                               physics::spectrum_step * (static_cast<double>(bin) + 0.5));
        curves.reference.push_back(table.reference[bin].value);
        curves.reference_error.push_back(table.reference[bin].error);
        curves.candidate.push_back(table.candidate[bin].value);
        curves.candidate_error.push_back(table.candidate[bin].error);
    }
    return curves;
}

/// One column of a picture: curves above, ratios below.
struct Column {
    std::string name;  ///< of the data blocks
    std::string title, horizontal, vertical;
    double left, right;
    std::string vertical_range;  ///< gnuplot commands
    std::vector<Curves> candidates;
};

RatioPoints ratios(Curves const& curves)
{
    RatioPoints points;
    for (std::size_t i = 0; i < curves.place.size(); ++i) {
        points.value.push_back(curves.candidate[i] / curves.reference[i]);
        points.error.push_back(curves.candidate_error[i] / curves.reference[i]);
    }
    return points;
}

std::string column_data(Column const& column, double range)
{
    std::string text;
    for (std::size_t number = 0; number < column.candidates.size(); ++number) {
        auto const& curves = column.candidates[number];
        auto const ratio = ratios(curves);
        text += fmt::format("${}_{} << EOD\n", column.name, number);
        for (std::size_t i = 0; i < curves.place.size(); ++i) {
            bool const inside = std::abs(ratio.value[i] - 1) <= range;
            text += fmt::format(
                "{} {} {} {} {} {} {}\n", plot_number(curves.place[i]),
                plot_number(curves.reference[i]), plot_number(curves.reference_error[i]),
                plot_number(curves.candidate[i]), plot_number(curves.candidate_error[i]),
                plot_number(inside ? ratio.value[i] : NAN), plot_number(ratio.error[i]));
        }
        text += "EOD\n";
    }
    return text;
}

std::string upper_plot(Evaluation const& evaluation, Column const& column)
{
    auto text = fmt::format(
        "plot ${0}_0 using 1:2:(half_{0}):3 with boxxyerror linecolor '#d5d5d5' notitle, "
        "${0}_0 using 1:2 with histeps linecolor 'black' linewidth 1.3 title {1}",
        column.name, gnuplot_text(evaluation.reference_name));
    for (std::size_t i = 0; i < column.candidates.size(); ++i)
        text += fmt::format(", ${0}_{1} using 1:4 with linespoints {2} title {3}", column.name, i,
                            candidate_line(i), gnuplot_text(evaluation.comparisons[i].name));
    return text + "\n";
}

std::string lower_plot(Column const& column)
{
    auto text = fmt::format(
        "plot ${0}_0 using 1:(1):(half_{0}):($3/$2) with boxxyerror linecolor '#cccccc' notitle, "
        "1 with lines linecolor 'black' linewidth 1 notitle",
        column.name);
    for (std::size_t i = 0; i < column.candidates.size(); ++i)
        text += fmt::format(", ${0}_{1} using 1:6:7 with yerrorbars {2} notitle", column.name, i,
                            candidate_mark(i));
    return text + "\n";
}

std::string draw_column(Evaluation const& evaluation, Column const& column)
{
    RatioPoints all;
    for (auto const& curves : column.candidates) {
        auto const some = ratios(curves);
        all.value.insert(all.value.end(), some.value.begin(), some.value.end());
        all.error.insert(all.error.end(), some.error.begin(), some.error.end());
    }
    double const range = ratio_range(all, 0.9);
    auto const& place_of = column.candidates.front().place;
    double const half = place_of.size() > 1 ? 0.5 * (place_of[1] - place_of[0]) : 0.5;
    double const low = place_of.front() - 2 * half;
    double const high = place_of.back() + 2 * half;
    auto text = column_data(column, range);
    text += fmt::format("half_{} = {:g}\nset xrange [{:g}:{:g}]\nset xtics autofreq\n", column.name,
                        half, low, high > low ? high : low + 1);
    text += place({column.left, column.right, 0.42, 0.84});
    text += fmt::format(
        "set title {} offset 0,-0.6\nset ylabel {} offset 0.8\nset format x ''\n"
        "unset xlabel\nset format y '%g'\nset ytics autofreq\n"
        "set offsets 0, 0, graph 0.08, graph 0.04\n{}\n",
        gnuplot_text(column.title), gnuplot_text(column.vertical), column.vertical_range);
    text += upper_plot(evaluation, column) + "unset key\nunset label\nunset logscale y\n";
    text += place({column.left, column.right, 0.14, 0.39});
    text += fmt::format(
        "unset title\nset format x '%g'\nset xlabel {} offset 0,0.4\n"
        "set ylabel 'Ratio' offset 0.8\n{}",
        gnuplot_text(column.horizontal), ratio_axis(range));
    return text + lower_plot(column);
}

/// What the picture shows stands in its heading and below its axis: names of candidates need all
/// the room above it.
std::string opening()
{
    return common_style() +
           "set multiplot\n"
           "set key at screen 0.985,0.985 right top maxrows 2 samplen 3 reverse Left\n";
}

/// The rows of one observable.
std::span<ObservableRow const> rows_of(Comparison const& comparison, physics::Observable observable)
{
    auto const bins = comparison.observables.size() / physics::observable_count;
    return std::span(comparison.observables)
        .subspan(static_cast<std::size_t>(observable) * bins, bins);
}

}  // namespace

DrawResult draw_observable(Evaluation const& evaluation, physics::Observable observable,
                           std::filesystem::path const& picture)
{
    auto const& info = physics::info_of(observable);
    std::string const unit = *info.unit == '\0' ? "" : fmt::format(" [{}]", info.unit);
    Column shares{.name = "shares",
                  .title = "All energies",
                  .horizontal = info.name + unit,
                  .vertical = "Showers [%]",
                  .left = 0.075,
                  .right = 0.48,
                  .vertical_range = "set yrange [0:*]",
                  .candidates = {}};
    Column means{.name = "means",
                 .title = "Mean at each energy",
                 .horizontal = "Primary energy [GeV]",
                 .vertical = "Mean" + unit,
                 .left = 0.575,
                 .right = 0.985,
                 .vertical_range = "set yrange [*:*]",
                 .candidates = {}};
    for (auto const& comparison : evaluation.comparisons) {
        auto const rows = rows_of(comparison, observable);
        if (rows.empty() || rows.back().histogram.cuts.empty()) return DrawResult::nothing_to_draw;
        shares.candidates.push_back(histogram_curves(rows.back().histogram));
        means.candidates.push_back(mean_curves(rows));
    }
    if (shares.candidates.empty()) return DrawResult::nothing_to_draw;
    auto const text = opening() + draw_column(evaluation, shares) + draw_column(evaluation, means);
    return draw_with_gnuplot(picture, {.width = 960, .height = 480}, text + "unset multiplot\n");
}

DrawResult draw_spectrum(Evaluation const& evaluation, std::filesystem::path const& picture)
{
    Column column{.name = "spectrum",
                  .title = "",
                  .horizontal = "log10 (cell energy / MeV)",
                  .vertical = "Cells per shower and bin",
                  .left = 0.1,
                  .right = 0.97,
                  .vertical_range = "set logscale y\nset yrange [0.01:*]",
                  .candidates = {}};
    for (auto const& comparison : evaluation.comparisons)
        column.candidates.push_back(spectrum_curves(comparison.spectrum));
    if (column.candidates.empty()) return DrawResult::nothing_to_draw;
    auto const text = opening() + draw_column(evaluation, column);
    return draw_with_gnuplot(picture, {.width = 800, .height = 500}, text + "unset multiplot\n");
}

}  // namespace lowcal::validation
