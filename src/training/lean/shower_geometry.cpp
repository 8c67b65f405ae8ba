#include "training/lean/shower_geometry.hpp"

#include "core/detector/known_detectors.hpp"

#include <torch/torch.h>

#include <algorithm>

namespace lowcal::training {
namespace {

constexpr std::int64_t largest_enlargement = 5;
/// Of the cells that an enlarged image has, this many times the detector's are worth the speed.
constexpr double largest_waste = 1.25;
constexpr std::int64_t near_half = 4;

}  // namespace

bool ShowerGeometry::is_square() const
{
    bool const tilted = std::ranges::any_of(
        conditions, [](auto const& one) { return one.name == "theta" || one.name == "phi"; });
    auto const [rows_axis, columns_axis] = detector.transverse();
    return detector.geometry == Geometry::cartesian && rows() == columns() && !tilted &&
           detector.axes[rows_axis].size == detector.axes[columns_axis].size;
}

std::int64_t ShowerGeometry::enlargement() const
{
    auto const padded = [](std::int64_t size, std::int64_t step) {
        return (size + step - 1) / step * step;
    };
    for (auto step = largest_enlargement; step > 1; --step)
        if (static_cast<double>(padded(rows(), step) * padded(columns(), step)) <=
            largest_waste * static_cast<double>(rows() * columns()))
            return step;
    return 1;
}

std::array<std::int64_t, 4> ShowerGeometry::to_images() const
{
    auto const place = [](std::size_t axis) { return static_cast<std::int64_t>(axis) + 1; };
    auto const [rows_axis, columns_axis] = detector.transverse();
    return {0, place(detector.depth), place(rows_axis), place(columns_axis)};
}

std::array<std::int64_t, 4> ShowerGeometry::to_memory() const
{
    std::array<std::int64_t, 4> inverse{};
    auto const order = to_images();
    for (std::size_t i = 0; i < order.size(); ++i)
        inverse[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
    return inverse;
}

ShowerGeometry::Part ShowerGeometry::part(std::size_t transverse, std::int64_t half) const
{
    auto const axis = detector.transverse()[transverse];
    auto const cells = size(axis);
    if (detector.geometry == Geometry::cylindrical)
        return {0, detector.axes[axis].periodic ? cells : std::min(cells, half + 1)};
    // Of an even number, two cells are in the middle.
    auto const width = std::min(cells, 2 * half + 2 - cells % 2);
    return {(cells - width) / 2, (cells + width) / 2};
}

torch::Tensor ShowerGeometry::squared_distance() const
{
    auto const squares = [&](std::size_t transverse) {
        auto const axis = detector.transverse()[transverse];
        auto const places = torch::arange(size(axis), torch::kFloat32);
        if (detector.axes[axis].periodic) return torch::zeros_like(places);
        bool const radius = detector.geometry == Geometry::cylindrical;
        return (places - (radius ? 0.0 : 0.5 * static_cast<double>(size(axis) - 1))).square();
    };
    return squares(0).unsqueeze(1) + squares(1).unsqueeze(0);
}

torch::Tensor ShowerGeometry::near_axis(torch::Tensor const& cells) const
{
    // An even number has no middle, and one cell less.
    auto const of = [&](std::size_t transverse) {
        auto found = part(transverse, near_half);
        bool const both = found.last - found.first == 2 * near_half + 2;
        return both ? Part{found.first + 1, found.last - 1} : found;
    };
    auto const row = of(0), column = of(1);
    return cells.slice(-2, row.first, row.last).slice(-1, column.first, column.last);
}

torch::Tensor ShowerGeometry::core(torch::Tensor const& cells, std::int64_t half) const
{
    auto const row = part(0, half), column = part(1, half);
    return cells.slice(-2, row.first, row.last)
        .slice(-1, column.first, column.last)
        .sum(at::IntArrayRef{-2, -1});
}

torch::Tensor symmetrised(torch::Tensor const& images)
{
    auto sum = images + images.flip({-2});
    sum = sum + sum.flip({-1});
    return (sum + sum.transpose(-2, -1)) / 8.0;
}

ShowerGeometry clic_geometry()
{
    constexpr int electron = 11;
    return {.detector = clic_detector(), .pdg = electron};
}

}  // namespace lowcal::training
