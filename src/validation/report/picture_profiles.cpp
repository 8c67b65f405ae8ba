#include "validation/report/picture_style.hpp"
#include "validation/report/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace lowcal::validation {
namespace {

/// Names of gnuplot's data blocks take no axis of any name: their number stands for it.
std::size_t number_of(physics::ProfileAxis const& axis, Evaluation const& evaluation)
{
    auto const& axes = evaluation.comparisons.front().set->profile_axes();
    return static_cast<std::size_t>(
        std::ranges::find(axes, axis.first, &physics::ProfileAxis::first) - axes.begin());
}

/// One profile of one candidate over that of the reference; errors are the candidate's own.
RatioPoints ratio_of(ProfileTable const& table, physics::ProfileAxis const& axis)
{
    RatioPoints ratio;
    for (std::size_t bin = axis.first; bin < axis.first + axis.bins; ++bin) {
        ratio.value.push_back(table.candidate[bin] / table.reference[bin]);
        ratio.error.push_back(table.candidate_error[bin] / table.reference[bin]);
    }
    return ratio;
}

std::string reference_data(ProfileTable const& table, physics::ProfileAxis const& axis,
                           std::size_t place)
{
    auto text = fmt::format("$reference_{} << EOD\n", place);
    for (std::size_t bin = 0; bin < axis.bins; ++bin) {
        double const mean = table.reference[axis.first + bin];
        double const error = table.reference_error[axis.first + bin];
        text += fmt::format("{} {} {} {}\n", bin, plot_number(100 * mean), plot_number(100 * error),
                            plot_number(error / mean));
    }
    return text + "EOD\n";
}

/// Which of the data blocks: the candidate's number and the axis's place.
struct BlockNumber {
    std::size_t candidate;
    std::size_t axis;
};

/// Points that leave the ratio panel are marked at its edge instead (last column).
std::string candidate_data(ProfileTable const& table, physics::ProfileAxis const& axis,
                           BlockNumber number, double range)
{
    auto const ratio = ratio_of(table, axis);
    auto text = fmt::format("$candidate_{}_{} << EOD\n", number.candidate, number.axis);
    for (std::size_t bin = 0; bin < axis.bins; ++bin) {
        bool const inside = std::abs(ratio.value[bin] - 1) <= range;
        auto const edge = std::clamp(ratio.value[bin], 1 - 0.92 * range, 1 + 0.92 * range);
        text += fmt::format("{} {} {} {} {}\n", bin,
                            plot_number(100 * table.candidate[axis.first + bin]),
                            plot_number(inside ? ratio.value[bin] : NAN),
                            plot_number(ratio.error[bin]), plot_number(inside ? NAN : edge));
    }
    return text + "EOD\n";
}

double common_ratio_range(Evaluation const& evaluation)
{
    RatioPoints all;
    for (auto const& comparison : evaluation.comparisons)
        for (auto const& axis : comparison.set->profile_axes()) {
            auto const some = ratio_of(comparison.profiles, axis);
            all.value.insert(all.value.end(), some.value.begin(), some.value.end());
            all.error.insert(all.error.end(), some.error.begin(), some.error.end());
        }
    return ratio_range(all, 0.9);
}

/// The vertical range of a profile, in percent: all contents but those five decades down.
std::string content_range(Evaluation const& evaluation, physics::ProfileAxis const& axis)
{
    double largest = 0;
    double smallest = std::numeric_limits<double>::infinity();
    auto const extend = [&](physics::Profiles const& profiles) {
        for (double const content : std::span(profiles).subspan(axis.first, axis.bins)) {
            largest = std::max(largest, 100 * content);
            if (content > 0) smallest = std::min(smallest, 100 * content);
        }
    };
    for (auto const& comparison : evaluation.comparisons) {
        extend(comparison.profiles.reference);
        extend(comparison.profiles.candidate);
    }
    if (!(largest > 0)) return "set yrange [0.001:1]\n";
    if (axis.is_depth) return fmt::format("set yrange [0:{:g}]\n", 1.1 * largest);
    return fmt::format("set yrange [{:g}:{:g}]\n", std::max(0.5 * smallest, 1e-5 * largest),
                       2 * largest);
}

std::string means_plot(Evaluation const& evaluation, std::size_t place)
{
    auto text = fmt::format(
        "plot $reference_{0} using 1:2:(1) with boxes linecolor '#dfdfdf' notitle, "
        "$reference_{0} using 1:2 with histeps linecolor 'black' linewidth 1.3 title {1}",
        place, gnuplot_text(evaluation.reference_name));
    for (std::size_t i = 0; i < evaluation.comparisons.size(); ++i)
        text += fmt::format(", $candidate_{}_{} using 1:2 with linespoints {} title {}", i, place,
                            candidate_line(i), gnuplot_text(evaluation.comparisons[i].name));
    return text + "\n";
}

std::string ratio_plot(Evaluation const& evaluation, std::size_t place)
{
    auto text = fmt::format(
        "plot $reference_{} using 1:(1):(0.5):4 with boxxyerror linecolor '#cccccc' notitle, "
        "1 with lines linecolor 'black' linewidth 1 notitle",
        place);
    for (std::size_t i = 0; i < evaluation.comparisons.size(); ++i)
        text += fmt::format(
            ", $candidate_{0}_{1} using 1:3:4 with yerrorbars {2} notitle, $candidate_{0}_{1} "
            "using 1:5 with points pointtype 2 pointsize 0.5 {3} "
            "notitle",
            i, place, candidate_mark(i), candidate_colour(i));
    return text + "\n";
}

std::string column(Evaluation const& evaluation, physics::ProfileAxis const& axis, double range,
                   Legend legend)
{
    auto const number = number_of(axis, evaluation);  // 0, 1, 2 from the left
    double const left = 0.065 + 0.325 * static_cast<double>(number);
    bool const along_beam = axis.is_depth;
    auto text = place({.left = left, .right = left + 0.27, .bottom = 0.35, .top = 0.86});
    text += fmt::format("set title {} offset 0,-0.6\nset format x ''\nunset xlabel\n{}",
                        gnuplot_text("Along " + axis.name + (along_beam ? " (the beam)" : "")),
                        cell_axis('x', axis.bins, 6));
    text += number == 0
                ? "set ylabel 'Energy in the bin / primary energy [%]' offset 0.8\n" + key(legend)
                : "unset ylabel\nunset key\n";
    text += along_beam ? "unset logscale y\n" : "set logscale y\n";
    text += "set format y '%g'\n" + content_range(evaluation, axis);
    text += means_plot(evaluation, number) + "unset label\n";  // else every plot repeats them
    text += place({.left = left, .right = left + 0.27, .bottom = 0.115, .top = 0.325});
    text += fmt::format(
        "unset title\nunset key\nunset logscale y\nset format x '%g'\n"
        "set xlabel {} offset 0,0.4\n{}",
        gnuplot_text("Cell along " + axis.name), ratio_axis(range));
    text += number == 0 ? fmt::format("set ylabel {} offset 0.8\n",
                                      gnuplot_text("Ratio to " + evaluation.reference_name))
                        : "unset ylabel\n";
    return text + ratio_plot(evaluation, number) + "set ytics autofreq\n";
}

}  // namespace

DrawResult draw_profiles(Evaluation const& evaluation, std::filesystem::path const& picture,
                         Legend legend)
{
    if (evaluation.comparisons.empty()) return DrawResult::nothing_to_draw;
    double const range = common_ratio_range(evaluation);
    auto const& axes = evaluation.comparisons.front().set->profile_axes();
    auto text = common_style();
    for (auto const& axis : axes) {
        auto const place = number_of(axis, evaluation);
        for (std::size_t i = 0; i < evaluation.comparisons.size(); ++i) {
            auto const& table = evaluation.comparisons[i].profiles;
            if (i == 0) text += reference_data(table, axis, place);
            text += candidate_data(table, axis, {i, place}, range);
        }
    }
    text += "set multiplot\n";
    text +=
        "set label 'Mean shower profiles' at screen 0.065,0.955 left font ',16'\n"
        "set label 'Bars and grey bands: standard errors of the means.  Crosses: beyond the scale.'"
        " at screen 0.5,0.025 center textcolor '#555555'\n";
    for (auto const& axis : axes) text += column(evaluation, axis, range, legend);
    return draw_with_gnuplot(picture, {.width = 1280, .height = 560}, text + "unset multiplot\n");
}

}  // namespace lowcal::validation
