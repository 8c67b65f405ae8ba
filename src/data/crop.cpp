#include "data/crop.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lowcal::data {
namespace {

/// A central cell of the depth axis means nothing: what is cut there is cut at the rear.
std::size_t first_kept(Detector const& from, Detector const& to, std::size_t axis)
{
    return axis == from.depth ? 0 : (from.axes[axis].cells - to.axes[axis].cells) / 2;
}

}  // namespace

Detector cropped(Detector const& detector, std::array<std::size_t, 3> const& cells)
{
    require_one_grid(detector, "cannot crop " + detector.name);
    auto result = detector;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        auto const& axis = detector.axes[i];
        auto const problem =
            fmt::format("cannot crop {} to {} cells of {}", axis.name, cells[i], axis.cells);
        result.axes[i].cells = cells[i];
        if (cells[i] == axis.cells) continue;
        if (cells[i] == 0 || cells[i] > axis.cells) throw InputError(problem, "it has not so many");
        if (i == detector.depth) continue;
        if (detector.geometry == Geometry::cylindrical)
            throw InputError(problem, "cells about the axis have no centre");
        if ((axis.cells - cells[i]) % 2 != 0)
            throw InputError(problem, "the shower's axis would move by half a cell");
    }
    result.name =
        fmt::format("{}, cropped to {} x {} x {}", detector.name, cells[0], cells[1], cells[2]);
    return result;
}

void crop(ShowerBlock& block, Detector const& from, Detector const& to)
{
    auto const& axes = to.axes;
    std::vector<float> cells;
    cells.reserve(block.count() * to.cells());
    for (std::size_t shower = 0; shower < block.count(); ++shower)
        for (std::size_t a = 0; a < axes[0].cells; ++a)
            for (std::size_t b = 0; b < axes[1].cells; ++b) {
                auto const place = (a + first_kept(from, to, 0)) * from.stride(0) +
                                   (b + first_kept(from, to, 1)) * from.stride(1) +
                                   first_kept(from, to, 2);
                auto const row = block.shower(shower).subspan(place, axes[2].cells);
                cells.insert(cells.end(), row.begin(), row.end());
            }
    block.cells = std::move(cells);
}

}  // namespace lowcal::data
