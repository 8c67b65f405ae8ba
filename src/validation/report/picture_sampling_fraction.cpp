#include "physics/energy_bins.hpp"
#include "validation/report/picture_style.hpp"
#include "validation/report/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace lowcal::validation {
namespace {

constexpr Panel upper_panel{.left = 0.11, .right = 0.975, .bottom = 0.475, .top = 0.95};
constexpr Panel middle_panel{.left = 0.11, .right = 0.975, .bottom = 0.285, .top = 0.455};
constexpr Panel lower_panel{.left = 0.11, .right = 0.975, .bottom = 0.095, .top = 0.265};

/// The bins without the overlapping one of low energies.
std::span<SamplingFractionRow const> drawn_rows(Comparison const& comparison)
{
    return std::span(comparison.sampling_fraction)
        .first(comparison.set->detector().energy_bins().size());
}

std::string reference_data(Comparison const& comparison)
{
    std::string text = "$reference << EOD\n";
    for (auto const& row : drawn_rows(comparison)) {
        auto const& real = row.reference;
        text += fmt::format("{} {} {} {} {} {} {} {}\n", plot_number(real.mean_energy), row.bin.low,
                            physics::upper_edge(row.bin), plot_number(100 * real.mean),
                            plot_number(100 * real.rms), plot_number(100 * real.mean_error),
                            plot_number(real.mean_error / real.mean),
                            plot_number(real.rms_error / real.rms));
    }
    return text + "EOD\n";
}

/// The errors in the ratios are the candidate's own: the reference's are the grey bands.
std::string candidate_data(Comparison const& comparison, std::size_t number, double shift)
{
    EnergyAxis const axis(comparison.set->detector());
    auto text = fmt::format("$candidate_{} << EOD\n", number);
    for (auto const& row : drawn_rows(comparison)) {
        auto const& [real, fast] = std::pair(row.reference, row.candidate);
        text +=
            fmt::format("{} {} {} {} {} {} {}\n", plot_number(axis.moved(fast.mean_energy, shift)),
                        plot_number(100 * fast.mean), plot_number(100 * fast.rms),
                        plot_number(row.ratio()), plot_number(fast.mean_error / real.mean),
                        plot_number(row.rms_ratio()), plot_number(fast.rms_error / real.rms));
    }
    return text + "EOD\n";
}

enum class Quantity { mean, rms };

double range_of(Evaluation const& evaluation, Quantity quantity)
{
    RatioPoints points;
    for (auto const& comparison : evaluation.comparisons) {
        for (auto const& row : drawn_rows(comparison)) {
            bool const mean = quantity == Quantity::mean;
            points.value.push_back(mean ? row.ratio() : row.rms_ratio());
            points.error.push_back(mean ? row.candidate.mean_error / row.reference.mean
                                        : row.candidate.rms_error / row.reference.rms);
        }
    }
    return ratio_range(points, 1.0);
}

/// Vertical range of the upper panel, in percent: all means with their spreads.
std::string content_range(Evaluation const& evaluation)
{
    double low = std::numeric_limits<double>::infinity();
    double high = 0;
    auto const extend = [&](BinStatistic const& one) {
        if (!std::isfinite(one.mean)) return;
        double const spread = std::isfinite(one.rms) ? one.rms : 0.0;
        low = std::min(low, 100 * (one.mean - spread));
        high = std::max(high, 100 * (one.mean + spread));
    };
    for (auto const& comparison : evaluation.comparisons)
        for (auto const& row : drawn_rows(comparison)) {
            extend(row.reference);
            extend(row.candidate);
        }
    if (!(high > low)) return "set yrange [0:1]\n";
    double const room = 0.08 * (high - low);
    return fmt::format("set yrange [{:g}:{:g}]\n", std::max(0.0, low - room),
                       high + room * (4 + static_cast<double>(evaluation.comparisons.size())));
}

std::string upper_plot(Evaluation const& evaluation)
{
    auto text = fmt::format(
        "plot $reference using (($2+$3)/2):4:2:3:($4-$5):($4+$5) with boxxyerror linecolor "
        "'#dfdfdf' title {}, $reference using (($2+$3)/2):4:2:3 with xerrorbars linecolor 'black' "
        "linewidth 1.6 pointtype 0 title {}",
        gnuplot_text(evaluation.reference_name + " ± standard deviation"),
        gnuplot_text(evaluation.reference_name + ", mean"));
    for (std::size_t i = 0; i < evaluation.comparisons.size(); ++i)
        text += fmt::format(", $candidate_{0} using 1:2:3 with yerrorbars {1} title {2}", i,
                            candidate_mark(i),
                            gnuplot_text(evaluation.comparisons[i].name + " ± standard deviation"));
    return text + "\n";
}

struct RatioPanel {
    char const* label;
    Quantity quantity;
    Panel panel;
};

std::string ratio_panel(Evaluation const& evaluation, RatioPanel const& what)
{
    bool const mean = what.quantity == Quantity::mean;
    double const range = range_of(evaluation, what.quantity);
    auto text = place(what.panel);
    text += fmt::format("set ylabel {} offset 0.5\n", gnuplot_text(what.label)) + ratio_axis(range);
    text += fmt::format(
        "plot $reference using (($2+$3)/2):(1):2:3:(1-${0}):(1+${0}) with boxxyerror linecolor "
        "'#cccccc' notitle, 1 with lines linecolor 'black' linewidth 1 notitle",
        mean ? 7 : 8);
    for (std::size_t i = 0; i < evaluation.comparisons.size(); ++i)
        text += fmt::format(", $candidate_{} using 1:{}:{} with yerrorbars {} notitle", i,
                            mean ? 4 : 6, mean ? 5 : 7, candidate_mark(i));
    return text + "\n";
}

}  // namespace

DrawResult draw_sampling_fraction(Evaluation const& evaluation,
                                  std::filesystem::path const& picture, Legend legend)
{
    auto const count = static_cast<double>(evaluation.comparisons.size());
    if (evaluation.comparisons.empty() || drawn_rows(evaluation.comparisons.front()).empty())
        return DrawResult::nothing_to_draw;
    auto text = common_style();
    for (std::size_t i = 0; i < evaluation.comparisons.size(); ++i) {
        auto const& comparison = evaluation.comparisons[i];
        if (i == 0) text += reference_data(comparison);
        double const shift = 0.012 * (static_cast<double>(i) - (count - 1) / 2);  // side by side
        text += candidate_data(comparison, i, shift);
    }
    text += "set multiplot\n" +
            EnergyAxis(evaluation.comparisons.front().set->detector()).commands() +
            "set format x ''\n";
    text += place(upper_panel);
    text +=
        "set title 'Sampling fraction: sum of cell energies over primary energy' offset 0,-0.4\n"
        "set ylabel 'Sampling fraction [%]' offset 0.5\n";
    text += legend == Legend::own ? "set key top right reverse Left samplen 2\n" : "unset key\n";
    text += content_range(evaluation) + upper_plot(evaluation) + "unset title\nunset key\n";
    text += ratio_panel(evaluation, {"Mean, ratio", Quantity::mean, middle_panel});
    text += "set format x '%g'\nset xlabel 'Primary energy [GeV]' offset 0,0.4\n";
    text += ratio_panel(evaluation, {"Spread, ratio", Quantity::rms, lower_panel});
    return draw_with_gnuplot(picture, {.width = 800, .height = 760}, text + "unset multiplot\n");
}

}  // namespace lowcal::validation
