#include "validation/report/picture_style.hpp"
#include "validation/report/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

namespace lowcal::validation {
namespace {

/// Sum of a shower's cells along one axis, MeV.
struct Image {
    std::size_t summed = 0;      ///< the axis along which
    std::size_t horizontal = 0;  ///< axes of the picture
    std::size_t vertical = 0;
    std::size_t width = 0;
    std::vector<double> pixels{};  ///< [vertical][horizontal]
};
using Images = std::array<Image, 3>;

/// Along depth: the transverse axes in their order. Along a transverse axis: depth from the left.
Images empty_images(Detector const& detector)
{
    auto const [a, b] = detector.transverse();
    Images images{{{detector.depth, a, b}, {b, detector.depth, a}, {a, detector.depth, b}}};
    for (auto& image : images) {
        image.width = detector.axes[image.horizontal].cells;
        image.pixels.resize(image.width * detector.axes[image.vertical].cells);
    }
    return images;
}

Images project(Detector const& detector, data::ShowerBlock const& block)
{
    assert(block.count() == 1 && block.cells.size() == detector.cells());
    auto images = empty_images(detector);
    for (std::size_t i = 0; i < block.cells.size(); ++i) {
        double const energy = 1e3 * static_cast<double>(block.cells[i]);
        auto const place = place_of(detector, i);
        for (auto& image : images)
            image.pixels[place[image.vertical] * image.width + place[image.horizontal]] += energy;
    }
    return images;
}

/// Cells without energy are left white.
std::string image_data(Image const& image, std::string const& name)
{
    auto text = fmt::format("${} << EOD\n", name);
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
        double const energy = image.pixels[i];
        text += plot_number(energy > 0 ? energy : NAN) + " ";
        if ((i + 1) % image.width == 0) text += "\n";
    }
    return text + "EOD\n";
}

struct EnergyRange {
    double low = std::numeric_limits<double>::infinity();
    double high = 0;
};

/// Extends a range to all pixels with energy.
void extend(EnergyRange& range, Images const& images)
{
    for (auto const& image : images)
        for (double const energy : image.pixels)
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

std::string image_title(Detector const& detector, std::size_t summed)
{
    auto const& axis = detector.axes[summed];
    if (detector.geometry == Geometry::cylindrical) return "Summed over " + axis.name;
    return "Seen along " + (summed == detector.depth ? "the beam" : axis.name);
}

std::string image_plot(Detector const& detector, Image const& image, std::string const& name)
{
    auto const& horizontal = detector.axes[image.horizontal];
    auto const& vertical = detector.axes[image.vertical];
    auto const text = fmt::format(
                          "set title {} offset 0,-0.6\nset xlabel {} offset 0,0.5\n"
                          "set ylabel {} offset 1\n",
                          gnuplot_text(image_title(detector, image.summed)),
                          gnuplot_text("Cell along " + horizontal.name),
                          gnuplot_text("Cell along " + vertical.name)) +
                      cell_axis('x', horizontal.cells, 6) + cell_axis('y', vertical.cells, 6);
    // gnuplot's images have at least two pixels either way.
    auto const style = std::min(horizontal.cells, vertical.cells) > 1
                           ? "with image"
                           : "using 1:2:(0.5):(0.5):3 with boxxyerror palette";
    return text + fmt::format("plot ${} matrix {} notitle\nunset label\n", name, style);
}

std::string row_plots(Row const& row, Detector const& detector, Images const& images)
{
    std::string text;
    for (std::size_t i = 0; i < images.size(); ++i) {
        double const left = 0.065 + 0.285 * static_cast<double>(i);
        text += place({left, left + 0.235, row.bottom, row.bottom + 0.335});
        text += i + 1 == images.size()
                    ? fmt::format(
                          "set colorbox user origin 0.91,{:.3f} size 0.016,0.335\n"
                          "set cblabel 'Summed energy [MeV]' offset 0.5\n",
                          row.bottom)
                    : "unset colorbox\n";
        text += image_plot(detector, images[i], row.prefix + std::to_string(i));
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
    auto const reference = project(pair.detector, pair.reference);
    auto const candidate = project(pair.detector, pair.candidate);
    Row const upper{pair.reference_name, "reference", 0.56,
                    static_cast<double>(pair.reference.primary_energy[0]), sum_of(pair.reference)};
    Row const lower{pair.candidate_name, "candidate", 0.08,
                    static_cast<double>(pair.candidate.primary_energy[0]), sum_of(pair.candidate)};
    auto text = common_style() + "unset grid\nset tics out\n";
    for (std::size_t i = 0; i < reference.size(); ++i) {
        text += image_data(reference[i], fmt::format("reference{}", i));
        text += image_data(candidate[i], fmt::format("candidate{}", i));
    }
    EnergyRange range;
    extend(range, reference);
    extend(range, candidate);
    text += colour_scale(range);
    text += "set multiplot\n" + row_title(upper) + row_plots(upper, pair.detector, reference) +
            row_title(lower) + row_plots(lower, pair.detector, candidate);
    return draw_with_gnuplot(picture, {.width = 1080, .height = 760}, text + "unset multiplot\n");
}

}  // namespace lowcal::validation
