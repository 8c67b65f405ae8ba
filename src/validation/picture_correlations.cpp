#include "validation/picture_style.hpp"
#include "validation/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lowcal::validation {
namespace {

std::string matrix_data(LayerCorrelations const& matrix, char const* name)
{
    auto text = fmt::format("${} << EOD\n", name);
    for (auto const& line : matrix) {
        for (double const value : line) text += plot_number(value) + " ";
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
    auto difference = comparison.candidate_correlations;
    double largest = 0.05;
    for (std::size_t i = 0; i < Window::z; ++i)
        for (std::size_t j = 0; j < Window::z; ++j) {
            difference[i][j] -= comparison.reference_correlations[i][j];
            largest = std::max(largest, std::abs(difference[i][j]));
        }
    auto text = common_style() +
                "unset grid\nset tics out\nset palette defined (-1 '#0072B2', 0 'white', 1 "
                "'#D55E00')\nset xrange [-0.5:24.5]\nset yrange [-0.5:24.5]\nset xtics 0,8,24\n"
                "set ytics 0,8,24\nset xlabel 'Layer' offset 0,0.4\nset multiplot\n";
    text += matrix_data(comparison.reference_correlations, "reference") +
            matrix_data(comparison.candidate_correlations, "candidate") +
            matrix_data(difference, "difference");
    text += draw_panel({"reference", evaluation.reference_name, 0.04, 1});
    text += draw_panel({"candidate", comparison.name, 0.365, 1});
    text += draw_panel({"difference", "Difference", 0.69, largest});
    return draw_with_gnuplot(picture, {.width = 1080, .height = 370}, text + "unset multiplot\n");
}

}  // namespace lowcal::validation
