#include "validation/report/picture_style.hpp"
#include "validation/report/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace lowcal::validation {
namespace {

/// One quantity of all layers: the reference's numbers, then each candidate's.
std::string quantity_data(Evaluation const& evaluation, std::size_t quantity)
{
    auto const layers = evaluation.comparisons.front().set->detector().layers();
    auto const block = [&](std::string const& name, std::vector<MeanWithError> const& means) {
        auto text = fmt::format("${}_{} << EOD\n", name, quantity);
        for (std::size_t layer = 0; layer < layers; ++layer) {
            auto const& mean = means[quantity * layers + layer];
            text +=
                fmt::format("{} {} {}\n", layer, plot_number(mean.value), plot_number(mean.error));
        }
        return text + "EOD\n";
    };
    auto text = block("reference", evaluation.comparisons.front().layers.reference);
    for (std::size_t i = 0; i < evaluation.comparisons.size(); ++i)
        text += block(fmt::format("candidate{}", i), evaluation.comparisons[i].layers.candidate);
    return text;
}

/// A vertical range that holds every number; none where there is no number.
std::string vertical_range(Evaluation const& evaluation, std::size_t quantity)
{
    auto const layers = evaluation.comparisons.front().set->detector().layers();
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    auto const extend = [&](std::vector<MeanWithError> const& means) {
        for (auto const& mean : std::span(means).subspan(quantity * layers, layers)) {
            if (!(std::isfinite(mean.value))) continue;
            double const error = std::isfinite(mean.error) ? mean.error : 0;
            low = std::min(low, mean.value - error);
            high = std::max(high, mean.value + error);
        }
    };
    for (auto const& comparison : evaluation.comparisons) {
        extend(comparison.layers.reference);
        extend(comparison.layers.candidate);
    }
    if (!(low <= high)) return "set yrange [0:1]\n";
    double const room = std::max(0.1 * (high - low), 1e-3 * std::max(std::abs(low), 1e-3));
    return fmt::format("set yrange [{:g}:{:g}]\n", low - room, high + room);
}

std::string quantity_plot(Evaluation const& evaluation, std::size_t quantity)
{
    auto text = fmt::format(
        "plot $reference_{0} using 1:2:(0.5):3 with boxxyerror linecolor '#d5d5d5' notitle, "
        "$reference_{0} using 1:2 with histeps linecolor 'black' linewidth 1.3 title {1}",
        quantity, gnuplot_text(evaluation.reference_name));
    for (std::size_t i = 0; i < evaluation.comparisons.size(); ++i)
        text +=
            fmt::format(", $candidate{}_{} using 1:2:3 with yerrorbars {} title {}", i, quantity,
                        candidate_mark(i), gnuplot_text(evaluation.comparisons[i].name));
    return text + "\n";
}

/// Three panels in a row, from the top left.
Panel panel_of(std::size_t quantity)
{
    double const left = 0.055 + 0.325 * static_cast<double>(quantity % 3);
    double const bottom = quantity < 3 ? 0.545 : 0.085;
    return {.left = left, .right = left + 0.28, .bottom = bottom, .top = bottom + 0.34};
}

}  // namespace

DrawResult draw_layers(Evaluation const& evaluation, std::filesystem::path const& picture,
                       Legend legend)
{
    if (evaluation.comparisons.empty()) return DrawResult::nothing_to_draw;
    auto const& set = *evaluation.comparisons.front().set;
    auto text = common_style();
    for (std::size_t i = 0; i < set.layer_quantities().size(); ++i)
        text += quantity_data(evaluation, i);
    text += "set multiplot\nset format y '%g'\nset xlabel 'Layer' offset 0,0.4\n" +
            cell_axis('x', set.detector().layers(), 6) + key(legend);
    for (std::size_t i = 0; i < set.layer_quantities().size(); ++i) {
        auto const& quantity = set.layer_quantities()[i];
        auto const unit = quantity.unit.empty() ? "" : " [" + quantity.unit + "]";
        text += place(panel_of(i)) +
                fmt::format("set title {} offset 0,-0.6\n", gnuplot_text(quantity.name + unit)) +
                vertical_range(evaluation, i) + quantity_plot(evaluation, i) + "unset key\n";
    }
    return draw_with_gnuplot(picture, {.width = 1280, .height = 720}, text + "unset multiplot\n");
}

}  // namespace lowcal::validation
