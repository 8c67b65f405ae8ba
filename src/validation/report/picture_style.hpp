#pragma once

#include "core/detector/detector.hpp"
#include "validation/comparison.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace lowcal::validation {

/// A rectangle of the page, in fractions of its width and height from the lower left corner.
struct Panel {
    double left;
    double right;
    double bottom;
    double top;
};

/// Sets where the next plot of a multiplot stands.
std::string place(Panel const& panel);

/// What says which line is whose: a picture's own legend, or one that the pictures of a report
/// share.
enum class Legend { own, shared };
/// Sets the key of the next plot: along the upper edge of the page, or none.
std::string key(Legend legend);

/// What all pictures share: borders, grid, no marks on the far sides.
std::string common_style();

/// A candidate's colour, line dash and mark, as options of a plot element, with a dashed line or
/// for marks with bars; repeats after twelve.
std::string candidate_line(std::size_t candidate);
std::string candidate_mark(std::size_t candidate);
std::string candidate_colour(std::size_t candidate);

/// The reference's line and a candidate's with its mark, as inline SVG for a legend in HTML.
std::string reference_sample();
std::string candidate_sample(std::size_t candidate);

/// Values with errors that a ratio panel shows.
struct RatioPoints {
    std::vector<double> value;
    std::vector<double> error;
};

/// Half the height of a ratio panel: the smallest of 2, 5, 10, 20, 50 and 100 % that holds a share
/// of the well-known points (error below a fifth) with their errors. `share` in (0, 1].
double ratio_range(RatioPoints const& points, double share);

/// Sets a ratio panel's vertical range and its marks, clear of those of the panels above and below.
std::string ratio_axis(double range);

/// Sets the range of an axis ('x' or 'y') that counts cells, with about as many marks as wanted.
std::string cell_axis(char axis, std::size_t cells, std::size_t steps);

/// Where bins of primary energy stand on an axis: logarithmic where the middle edge lies in the
/// lowest fifth of the range, as bins that are equal in log E do.
struct EnergyAxis {
    explicit EnergyAxis(Detector const& detector);

    double low = 0;  ///< GeV, of the axis
    double high = 1;
    bool logarithmic = false;

    /// Range, marks and scale.
    std::string commands() const;
    /// `energy` moved by a share of the axis.
    double moved(double energy, double share) const;
};

/// A number as gnuplot reads it; "NaN" is left out of plots.
std::string plot_number(double value);

}  // namespace lowcal::validation
