#include "validation/picture_style.hpp"
#include "validation/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

namespace lowcal::validation {
namespace {

constexpr std::size_t bins = Window::x;  // the window is a cube

/// Sum of a shower's cells along one direction, MeV: [vertical][horizontal].
using Image = std::array<std::array<double, bins>, bins>;

struct Projection {
    char const* title;
    char const* horizontal;
    char const* vertical;
};
constexpr std::array<Projection, 3> projections{
    {{"Seen along the beam", "x", "y"}, {"Seen along y", "z", "x"}, {"Seen along x", "z", "y"}}};

std::array<Image, 3> project(data::ShowerBlock const& block)
{
    assert(block.count() == 1);
    std::array<Image, 3> images{};
    auto const cells = block.shower(0);
    for (std::size_t x = 0; x < Window::x; ++x)
        for (std::size_t y = 0; y < Window::y; ++y)
            for (std::size_t z = 0; z < Window::z; ++z) {
                double const energy =
                    1e3 * static_cast<double>(cells[(x * Window::y + y) * Window::z + z]);
                images[0][y][x] += energy;
                images[1][x][z] += energy;
                images[2][y][z] += energy;
            }
    return images;
}

/// Cells without energy are left white.
std::string image_data(Image const& image, std::string const& name)
{
    auto text = fmt::format("${} << EOD\n", name);
    for (auto const& line : image) {
        for (double const energy : line) text += plot_number(energy > 0 ? energy : NAN) + " ";
        text += "\n";
    }
    return text + "EOD\n";
}

struct EnergyRange {
    double low = std::numeric_limits<double>::infinity();
    double high = 0;
};

/// Extends a range to all pixels with energy.
void extend(EnergyRange& range, std::array<Image, 3> const& images)
{
    for (auto const& image : images)
        for (auto const& line : image)
            for (double const energy : line)
                if (energy > 0) {
                    range.low = std::min(range.low, energy);
                    range.high = std::max(range.high, energy);
                }
}

/// Viridis, dark where hot; five decades at most.
std::string colour_scale(EnergyRange const& range)
{
    double const high = range.high > 0 ? range.high : 1.0;
    double const low = std::clamp(range.low, 1e-5 * high, 0.5 * high);
    return fmt::format(
        "set logscale cb\nset cbrange [{:g}:{:g}]\nset format cb '%g'\n"
        "set palette defined (0 '#fde725', 1 '#addc30', 2 '#5ec962', 3 '#28ae80', 4 '#21918c', "
        "5 '#2c728e', 6 '#3b528b', 7 '#472d7b', 8 '#440154')\n",
        low, high);
}

struct Row {
    std::string name;
    std::string prefix;  ///< of the data blocks
    double bottom;
    double energy;  ///< primary, GeV
    double sum;     ///< of the cells, GeV
};

std::string row_plots(Row const& row)
{
    std::string text;
    for (std::size_t i = 0; i < projections.size(); ++i) {
        double const left = 0.065 + 0.285 * static_cast<double>(i);
        auto const& projection = projections[i];
        text += place({left, left + 0.235, row.bottom, row.bottom + 0.335});
        text += fmt::format(
            "set title {} offset 0,-0.6\nset xlabel 'Cell along {}' offset 0,0.5\n"
            "set ylabel 'Cell along {}' offset 1\n{}",
            gnuplot_text(projection.title), projection.horizontal, projection.vertical,
            i + 1 == projections.size()
                ? fmt::format("set colorbox user origin 0.91,{:.3f} size 0.016,0.335\n"
                              "set cblabel 'Summed energy [MeV]' offset 0.5\n",
                              row.bottom)
                : "unset colorbox\n");
        text += fmt::format("plot ${}{} matrix with image notitle\nunset label\n", row.prefix, i);
    }
    return text;
}

std::string row_title(Row const& row)
{
    auto const words = fmt::format("{}: {:.1f} GeV primary, {:.3f} GeV in the cells", row.name,
                                   row.energy, row.sum);
    return fmt::format("set label {} at screen 0.065,{:.3f} left font ',15'\n", gnuplot_text(words),
                       row.bottom + 0.4);
}

double sum_of(data::ShowerBlock const& block)
{
    double sum = 0;
    for (float const cell : block.cells) sum += static_cast<double>(cell);
    return sum;
}

}  // namespace

DrawResult draw_shower_pair(ShowerPair const& pair, std::filesystem::path const& picture)
{
    auto const reference = project(pair.reference);
    auto const candidate = project(pair.candidate);
    Row const upper{pair.reference_name, "reference", 0.56,
                    static_cast<double>(pair.reference.primary_energy[0]), sum_of(pair.reference)};
    Row const lower{pair.candidate_name, "candidate", 0.08,
                    static_cast<double>(pair.candidate.primary_energy[0]), sum_of(pair.candidate)};
    auto text = common_style() + "unset grid\nset tics out\n";
    for (std::size_t i = 0; i < projections.size(); ++i) {
        text += image_data(reference[i], fmt::format("reference{}", i));
        text += image_data(candidate[i], fmt::format("candidate{}", i));
    }
    EnergyRange range;
    extend(range, reference);
    extend(range, candidate);
    text += colour_scale(range);
    text +=
        "set multiplot\nset xrange [-0.5:24.5]\nset yrange [-0.5:24.5]\n"
        "set xtics 0,4,24\nset ytics 0,4,24\n";
    text += row_title(upper) + row_plots(upper) + row_title(lower) + row_plots(lower);
    return draw_with_gnuplot(picture, {.width = 1080, .height = 760}, text + "unset multiplot\n");
}

}  // namespace lowcal::validation
