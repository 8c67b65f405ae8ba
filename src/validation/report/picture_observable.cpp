#include "physics/energy_bins.hpp"
#include "validation/report/picture_style.hpp"
#include "validation/report/pictures.hpp"

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
    std::vector<double> low, high;  ///< edges of the bins
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
        double const low = cuts[0] + (static_cast<double>(bin) - 1) * width;
        curves.place.push_back(low + 0.5 * width);
        curves.low.push_back(low);
        curves.high.push_back(low + width);
        curves.reference.push_back(100 * histogram.reference[bin]);
        curves.candidate.push_back(100 * histogram.candidate[bin]);
        curves.reference_error.push_back(
            100 * error(histogram.reference[bin], histogram.reference_count));
        curves.candidate_error.push_back(
            100 * error(histogram.candidate[bin], histogram.candidate_count));
    }
    return curves;
}

/// Means over the detector's energy bins, which come first.
Curves mean_curves(std::span<ObservableRow const> rows, Detector const& detector)
{
    bool const logarithmic = EnergyAxis(detector).logarithmic;
    Curves curves;
    for (auto const& row : rows.first(detector.energy_bins().size())) {
        double const high = physics::upper_edge(row.bin);
        curves.low.push_back(row.bin.low);
        curves.high.push_back(high);
        curves.place.push_back(logarithmic ? std::sqrt(row.bin.low * high)
                                           : 0.5 * (row.bin.low + high));
        curves.reference.push_back(row.reference.mean);
        curves.reference_error.push_back(row.reference.mean_error);
        curves.candidate.push_back(row.candidate.mean);
        curves.candidate_error.push_back(row.candidate.mean_error);
    }
    return curves;
}

Curves spectrum_curves(SpectrumTable const& table, physics::SpectrumBins const& bins)
{
    Curves curves;
    for (std::size_t bin = 0; bin < bins.count; ++bin) {
        // In decades of MeV: three more than of GeV.
        curves.low.push_back(bins.edge(bin) + 3);
        curves.high.push_back(curves.low.back() + bins.step);
        curves.place.push_back(curves.low.back() + 0.5 * bins.step);
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
    std::string vertical_range;    ///< gnuplot commands
    std::string horizontal_scale;  ///< the same; empty: linear, bins of equal width
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
                "{} {} {} {} {} {} {} {} {}\n", plot_number(curves.place[i]),
                plot_number(curves.reference[i]), plot_number(curves.reference_error[i]),
                plot_number(curves.candidate[i]), plot_number(curves.candidate_error[i]),
                plot_number(inside ? ratio.value[i] : NAN), plot_number(ratio.error[i]),
                plot_number(curves.low[i]), plot_number(curves.high[i]));
        }
        text += "EOD\n";
    }
    return text;
}

std::string upper_plot(Evaluation const& evaluation, Column const& column)
{
    auto text = fmt::format(
        "plot ${0}_0 using 1:2:8:9:($2-$3):($2+$3) with boxxyerror linecolor '#d5d5d5' notitle, "
        "${0}_0 using {2} linecolor 'black' linewidth 1.3 title {1}",
        column.name, gnuplot_text(evaluation.reference_name),
        column.horizontal_scale.empty() ? "1:2 with histeps"
                                        : "1:2:8:9 with xerrorbars pointtype 0");
    for (std::size_t i = 0; i < column.candidates.size(); ++i)
        text += fmt::format(", ${0}_{1} using 1:4 with linespoints {2} title {3}", column.name, i,
                            candidate_line(i), gnuplot_text(evaluation.comparisons[i].name));
    return text + "\n";
}

std::string lower_plot(Column const& column)
{
    auto text = fmt::format(
        "plot ${0}_0 using 1:(1):8:9:(1-$3/$2):(1+$3/$2) with boxxyerror linecolor '#cccccc' "
        "notitle, "
        "1 with lines linecolor 'black' linewidth 1 notitle",
        column.name);
    for (std::size_t i = 0; i < column.candidates.size(); ++i)
        text += fmt::format(", ${0}_{1} using 1:6:7 with yerrorbars {2} notitle", column.name, i,
                            candidate_mark(i));
    return text + "\n";
}

/// All bins, with half a bin's room on either side; a thousandth of the number itself at least, as
/// where all showers have the same.
std::string linear_scale(Curves const& curves)
{
    double const room = 0.5 * (curves.high.front() - curves.low.front());
    double const middle = 0.5 * (curves.low.front() + curves.high.back());
    double const half = std::max(middle - curves.low.front() + room, 1e-3 * std::abs(middle));
    return fmt::format("unset logscale x\nset xrange [{:.9g}:{:.9g}]\nset xtics autofreq\n",
                       middle - half, half > 0 ? middle + half : middle + 1);
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
    auto text = column_data(column, range);
    text += column.horizontal_scale.empty() ? linear_scale(column.candidates.front())
                                            : column.horizontal_scale;
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
std::string opening(Legend legend)
{
    return common_style() + "set multiplot\n" + key(legend);
}

/// The rows of one observable.
std::span<ObservableRow const> rows_of(Comparison const& comparison, std::size_t observable)
{
    auto const bins = comparison.observables.size() / comparison.set->observables().size();
    return std::span(comparison.observables).subspan(observable * bins, bins);
}

}  // namespace

DrawResult draw_observable(Evaluation const& evaluation, std::size_t observable,
                           std::filesystem::path const& picture, Legend legend)
{
    if (evaluation.comparisons.empty()) return DrawResult::nothing_to_draw;
    auto const& set = *evaluation.comparisons.front().set;
    auto const& info = set.observables()[observable];
    bool const has_bins = !set.detector().energy_edges.empty();
    auto const unit = info.unit.empty() ? "" : fmt::format(" [{}]", info.unit);
    Column shares{.name = "shares",
                  .title = "All energies",
                  .horizontal = info.name + unit,
                  .vertical = "Showers [%]",
                  .left = 0.075,
                  .right = 0.48,
                  .vertical_range = "set yrange [0:*]",
                  .horizontal_scale = {},
                  .candidates = {}};
    Column means{.name = "means",
                 .title = "Mean at each energy",
                 .horizontal = "Primary energy [GeV]",
                 .vertical = "Mean" + unit,
                 .left = 0.575,
                 .right = 0.985,
                 .vertical_range = "set yrange [*:*]",
                 .horizontal_scale = EnergyAxis(set.detector()).commands(),
                 .candidates = {}};
    for (auto const& comparison : evaluation.comparisons) {
        auto const rows = rows_of(comparison, observable);
        if (rows.empty() || rows.back().histogram.cuts.empty()) return DrawResult::nothing_to_draw;
        shares.candidates.push_back(histogram_curves(rows.back().histogram));
        means.candidates.push_back(mean_curves(rows, set.detector()));
    }
    auto text = opening(legend) + draw_column(evaluation, shares);
    if (has_bins) text += draw_column(evaluation, means);
    return draw_with_gnuplot(picture, {.width = 960, .height = 480}, text + "unset multiplot\n");
}

DrawResult draw_spectrum(Evaluation const& evaluation, std::filesystem::path const& picture,
                         Legend legend)
{
    Column column{.name = "spectrum",
                  .title = "",
                  .horizontal = "log10 (cell energy / MeV)",
                  .vertical = "Cells per shower and bin",
                  .left = 0.1,
                  .right = 0.97,
                  .vertical_range = "set logscale y\nset yrange [0.01:*]",
                  .horizontal_scale = {},
                  .candidates = {}};
    for (auto const& comparison : evaluation.comparisons)
        column.candidates.push_back(
            spectrum_curves(comparison.spectrum, comparison.set->spectrum()));
    if (column.candidates.empty()) return DrawResult::nothing_to_draw;
    auto const text = opening(legend) + draw_column(evaluation, column);
    return draw_with_gnuplot(picture, {.width = 800, .height = 500}, text + "unset multiplot\n");
}

}  // namespace lowcal::validation
