#include "validation/report/picture_style.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace lowcal::validation {
namespace {

struct Mark {
    char const* colour;  ///< Okabe and Ito's palette, https://jfly.uni-koeln.de/color/
    int dash;
    int point;
};
/// Six colours, then the same with other points and dashes.
constexpr std::array<Mark, 12> marks{{{"#D55E00", 1, 7},
                                      {"#0072B2", 2, 5},
                                      {"#009E73", 3, 9},
                                      {"#CC79A7", 4, 11},
                                      {"#E69F00", 5, 13},
                                      {"#56B4E9", 1, 6},
                                      {"#D55E00", 3, 4},
                                      {"#0072B2", 5, 8},
                                      {"#009E73", 1, 12},
                                      {"#CC79A7", 2, 10},
                                      {"#E69F00", 3, 1},
                                      {"#56B4E9", 4, 2}}};

/// Gnuplot's dash types 1 to 5.
constexpr std::array<char const*, 5> dashes{"none", "6 3", "1.5 2.5", "6 2.5 1.5 2.5",
                                            "6 2.5 1.5 2.5 1.5 2.5"};

/// The outlines of gnuplot's point types about (20, 8).
char const* outline_of(int point)
{
    switch (point) {
        case 1:
            return "M20 4V12M16 8H24";
        case 2:
            return "M17 5L23 11M23 5L17 11";
        case 4:
        case 5:
            return "M17 5H23V11H17Z";
        case 8:
        case 9:
            return "M20 4L24 11H16Z";
        case 10:
        case 11:
            return "M20 12L24 5H16Z";
        case 12:
        case 13:
            return "M20 4L24 8L20 12L16 8Z";
        default:
            return "M16.5 8a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0Z";
    }
}

/// Gnuplot's odd point types above 4 are filled.
bool is_filled(int point)
{
    return point > 4 && point % 2 == 1;
}

std::string sample(std::string const& paths)
{
    return "<svg width=\"40\" height=\"16\" viewBox=\"0 0 40 16\" aria-hidden=\"true\">" + paths +
           "</svg>";
}

}  // namespace

std::string place(Panel const& panel)
{
    return fmt::format(
        "set lmargin at screen {:.4f}\nset rmargin at screen {:.4f}\n"
        "set bmargin at screen {:.4f}\nset tmargin at screen {:.4f}\n",
        panel.left, panel.right, panel.bottom, panel.top);
}

std::string key(Legend legend)
{
    return legend == Legend::own
               ? "set key at screen 0.985,0.99 right top maxrows 2 samplen 3 reverse Left\n"
               : "unset key\n";
}

std::string common_style()
{
    return "set border 15 linewidth 0.8 linecolor '#444444'\n"
           "set tics scale 0.6 nomirror\nset grid linecolor '#dddddd' linewidth 0.6 dashtype 1\n"
           "set style fill solid 1.0 noborder\nset bars 0\n";
}

std::string candidate_colour(std::size_t candidate)
{
    return fmt::format("linecolor '{}'", marks[candidate % marks.size()].colour);
}

std::string candidate_line(std::size_t candidate)
{
    auto const& mark = marks[candidate % marks.size()];
    return fmt::format("linecolor '{}' linewidth 1.4 dashtype {} pointtype {} pointsize 0.55",
                       mark.colour, mark.dash, mark.point);
}

std::string candidate_mark(std::size_t candidate)
{
    auto const& mark = marks[candidate % marks.size()];
    return fmt::format("linecolor '{}' linewidth 1.2 dashtype 1 pointtype {} pointsize 0.6",
                       mark.colour, mark.point);
}

std::string reference_sample()
{
    return sample("<path d=\"M2 12V4H20V9H38V12\" fill=\"none\" stroke=\"black\"/>");
}

std::string candidate_sample(std::size_t candidate)
{
    auto const& mark = marks[candidate % marks.size()];
    return sample(fmt::format(
        "<path d=\"M2 8H38\" stroke=\"{0}\" stroke-width=\"1.6\" stroke-dasharray=\"{1}\"/>"
        "<path d=\"{2}\" stroke=\"{0}\" stroke-width=\"1.2\" fill=\"{3}\"/>",
        mark.colour, dashes[static_cast<std::size_t>(mark.dash - 1)], outline_of(mark.point),
        is_filled(mark.point) ? mark.colour : "none"));
}

double ratio_range(RatioPoints const& points, double share)
{
    std::vector<double> reach;
    for (std::size_t i = 0; i < points.value.size(); ++i)
        if (std::isfinite(points.value[i]) && points.error[i] < 0.2)
            reach.push_back(std::abs(points.value[i] - 1) + points.error[i]);
    constexpr std::array ladder{0.02, 0.05, 0.1, 0.2, 0.5};
    if (reach.empty()) return ladder.back();
    std::sort(reach.begin(), reach.end());
    auto const last = static_cast<double>(reach.size() - 1);
    double const needed = reach[static_cast<std::size_t>(std::ceil(share * last))];
    auto const step = std::find_if(ladder.begin(), ladder.end(),
                                   [needed](double range) { return range >= needed; });
    return step == ladder.end() ? 1.0 : *step;
}

std::string ratio_axis(double range)
{
    return fmt::format("set yrange [{:g}:{:g}]\nset ytics {:g},{:g},{:g}\n", 1 - range, 1 + range,
                       1 - range / 2, range / 2, 1 + range / 2);
}

std::string cell_axis(char axis, std::size_t cells, std::size_t steps)
{
    auto const last = cells - 1;
    return fmt::format("set {0}range [-0.5:{1}.5]\nset {0}tics 0,{2},{1}\n", axis, last,
                       std::max<std::size_t>(1, last / steps));
}

EnergyAxis::EnergyAxis(Detector const& detector)
{
    auto const& edges = detector.energy_edges;
    if (edges.empty()) return;
    double const middle = edges[edges.size() / 2];
    high = edges.back();
    logarithmic = edges.front() > 0 && middle - edges.front() < 0.2 * (high - edges.front());
    if (logarithmic) low = edges.front();
}

std::string EnergyAxis::commands() const
{
    return fmt::format("set xrange [{:g}:{:g}]\nset xtics autofreq\n{}set logscale x\n", low, high,
                       logarithmic ? "" : "un");
}

double EnergyAxis::moved(double energy, double share) const
{
    return logarithmic ? energy * std::pow(high / low, share) : energy + share * (high - low);
}

std::string plot_number(double value)
{
    return std::isfinite(value) ? fmt::format("{:.6g}", value) : "NaN";
}

}  // namespace lowcal::validation
