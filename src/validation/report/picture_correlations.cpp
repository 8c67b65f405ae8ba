#include "validation/report/picture_style.hpp"
#include "validation/report/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lowcal::validation {
namespace {

std::string matrix_data(LayerCorrelations const& matrix, char const* name)
{
    auto text = fmt::format("${} << EOD\n", name);
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        for (double const value : matrix[i]) text += plot_number(value) + " ";
        text += "\n";
    }
    return text + "EOD\n";
}

struct MatrixPanel {
    char const* data;
    std::string title;
    double left;
    double range;
};

std::string draw_panel(MatrixPanel const& panel)
{
    return place({panel.left, panel.left + 0.235, 0.16, 0.84}) +
           fmt::format(
               "set title {} offset 0,-0.6\nset cbrange [{:g}:{:g}]\n"
               "set colorbox user origin {:.3f},0.16 size 0.012,0.68\n"
               "plot ${} matrix with image notitle\n",
               gnuplot_text(panel.title), -panel.range, panel.range, panel.left + 0.242,
               panel.data);
}

}  // namespace

DrawResult draw_correlations(Evaluation const& evaluation, Comparison const& comparison,
                             std::filesystem::path const& picture)
{
    auto const layers = comparison.candidate_correlations.size();
    if (layers < 2) return DrawResult::nothing_to_draw;
    auto difference = comparison.candidate_correlations;
    double largest = 0.05;
    for (std::size_t i = 0; i < layers; ++i)
        for (std::size_t j = 0; j < layers; ++j) {
            difference[i][j] -= comparison.reference_correlations[i][j];
            largest = std::max(largest, std::abs(difference[i][j]));
        }
    auto text = common_style() +
                "unset grid\nset tics out\nset palette defined (-1 '#0072B2', 0 'white', 1 "
                "'#D55E00')\n" +
                cell_axis('x', layers, 3) + cell_axis('y', layers, 3) +
                "set xlabel 'Layer' offset 0,0.4\nset multiplot\n";
    text += matrix_data(comparison.reference_correlations, "reference") +
            matrix_data(comparison.candidate_correlations, "candidate") +
            matrix_data(difference, "difference");
    text += draw_panel({"reference", evaluation.reference_name, 0.04, 1});
    text += draw_panel({"candidate", comparison.name, 0.365, 1});
    text += draw_panel({"difference", "Difference", 0.69, largest});
    return draw_with_gnuplot(picture, {.width = 1080, .height = 370}, text + "unset multiplot\n");
}

}  // namespace lowcal::validation
