#pragma once

#include "core/detector/detector.hpp"
#include "data/reading/cell_check.hpp"

#include <cstddef>
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace lowcal::python {

/// Each adds its part to the module.
void add_generator(nanobind::module_& module);
void add_showers(nanobind::module_& module);
void add_workflows(nanobind::module_& module);

/// Of "error", "zero" and "keep". Throws UsageError.
data::NegativeCells negative_cells_of(std::string const& name);

/// A numpy array of another's memory: of float32, in C order, of any shape. The Python side has
/// checked dtype, shape and order, and said what is wrong with them (python/lowcal/_arrays.py).
using Numbers = nanobind::ndarray<float const, nanobind::c_contig, nanobind::device::cpu>;
using WritableNumbers = nanobind::ndarray<float, nanobind::c_contig, nanobind::device::cpu>;

/// Of one shower's cells in numpy: the detector's axes, or flat where they make no grid.
inline std::vector<std::size_t> shape_of(Detector const& detector)
{
    auto const& [x, y, z] = detector.axes;
    if (x.cells * y.cells * z.cells != detector.cells()) return {detector.cells()};
    return {x.cells, y.cells, z.cells};
}

inline std::span<float const> span_of(Numbers const& numbers)
{
    return {numbers.data(), numbers.size()};
}

/// A numpy array that owns what was in the vector: nothing is copied.
inline nanobind::object array_of(std::vector<float>&& values, std::vector<std::size_t> const& shape)
{
    auto* const kept = new std::vector<float>(std::move(values));
    nanobind::capsule const owner(
        kept, [](void* vector) noexcept { delete static_cast<std::vector<float>*>(vector); });
    return nanobind::cast(
        nanobind::ndarray<nanobind::numpy, float>(kept->data(), shape.size(), shape.data(), owner));
}

}  // namespace lowcal::python
