#include "core/detector/detector_json.hpp"
#include "core/error.hpp"
#include "data/reading/shower_reader.hpp"
#include "data/writing/shower_writer.hpp"
#include "python/parts.hpp"

#include <algorithm>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>
#include <optional>

namespace lowcal::python {
namespace {

namespace nb = nanobind;
using data::ShowerReader;
using data::ShowerWriter;

std::vector<std::size_t> cells_shape(std::size_t count, Detector const& detector)
{
    auto shape = shape_of(detector);
    shape.insert(shape.begin(), count);
    return shape;
}

/// "cells", "energies" and what else is known, by the names of conditions and data sets.
nb::dict arrays_of(data::ShowerBlock block, Detector const& detector)
{
    auto const count = block.count();
    nb::dict arrays;
    arrays["cells"] = array_of(std::move(block.cells), cells_shape(count, detector));
    arrays["energies"] = array_of(std::move(block.primary_energy), {count});
    for (auto const& info : condition_infos) {
        auto& values = condition_of(block, info);
        if (values.empty()) continue;
        auto const shape = info.width == 1 ? std::vector{count} : std::vector{count, info.width};
        arrays[nb::str(info.name.data(), info.name.size())] = array_of(std::move(values), shape);
    }
    if (!block.monte_carlo_seconds.empty())
        arrays["cpu_seconds"] = array_of(std::move(block.monte_carlo_seconds), {count});
    return arrays;
}

data::ShowerBlock read(ShowerReader& reader, std::size_t first, std::size_t count)
{
    nb::gil_scoped_release const unlock;
    return reader.read(first, count);
}

void make_reader(ShowerReader* place, std::filesystem::path const& path, bool skip_bad_showers,
                 std::string const& negative_cells, std::optional<std::string> const& detector)
{
    ShowerReader::Config config{
        .bad_showers = skip_bad_showers ? data::BadShowers::skip : data::BadShowers::error,
        .negative_cells = negative_cells_of(negative_cells)};
    if (detector) config.detector = detector_from_json(*detector, "detector");
    new (place) ShowerReader(path, std::move(config));
}

/// Appends showers a few MB at a time: the only copy that is made of them.
void append(ShowerWriter& writer, Numbers const& cells, Numbers const& energies,
            std::map<std::string, Numbers> const& conditions)
{
    nb::gil_scoped_release const unlock;
    auto const count = energies.size();
    auto const width = count == 0 ? 0 : cells.size() / count;
    std::size_t const step = std::max<std::size_t>(1, (std::size_t{1} << 22U) / (width + 1));
    auto const part = [](Numbers const& numbers, std::size_t begin, std::size_t size) {
        auto const values = span_of(numbers).subspan(begin, size);
        return std::vector<float>(values.begin(), values.end());
    };
    for (std::size_t first = 0; first < count; first += step) {
        auto const some = std::min(step, count - first);
        data::ShowerBlock block;
        block.cells = part(cells, first * width, some * width);
        block.primary_energy = part(energies, first, some);
        for (auto const& info : condition_infos) {
            auto const found = conditions.find(std::string(info.name));
            if (found == conditions.end()) continue;
            condition_of(block, info) = part(found->second, first * info.width, some * info.width);
        }
        writer.append(block);
    }
}

void make_writer(ShowerWriter* place, std::filesystem::path const& path,
                 std::string const& detector, std::string const& layout, int compression,
                 std::map<std::string, std::string> const& provenance)
{
    auto const found = data::find_layout(layout);
    if (!found) {
        std::string names;
        for (auto const one : data::all_layouts)
            names += (names.empty() ? "" : ", ") + std::string(data::layout_name(one));
        throw UsageError("--layout", layout + " is not one of " + names);
    }
    new (place)
        ShowerWriter(path, detector_from_json(detector, "detector"),
                     {.layout = *found, .compression = compression, .provenance = provenance});
}

}  // namespace

data::NegativeCells negative_cells_of(std::string const& name)
{
    if (auto const found = data::find_negative_cells(name)) return *found;
    throw UsageError("negative_cells", "'" + name + "' is not error, zero or keep");
}

void add_showers(nb::module_& module)
{
    nb::class_<ShowerReader>(module, "ShowerReader")
        .def("__init__", &make_reader, nb::arg("path"), nb::arg("skip_bad_showers"),
             nb::arg("negative_cells"), nb::arg("detector").none())
        .def("__len__", &ShowerReader::count)
        .def(
            "read",
            [](ShowerReader& reader, std::size_t first, std::size_t count) {
                return arrays_of(python::read(reader, first, count), reader.detector());
            },
            nb::arg("first"), nb::arg("count"))
        .def_prop_ro("detector",
                     [](ShowerReader const& reader) { return to_json(reader.detector()); })
        .def_prop_ro("shape",
                     [](ShowerReader const& reader) { return shape_of(reader.detector()); })
        .def_prop_ro("layout",
                     [](ShowerReader const& reader) { return data::layout_name(reader.layout()); })
        .def_prop_ro("attributes", &ShowerReader::attributes)
        .def_prop_ro("warnings",
                     [](ShowerReader const& reader) { return reader.report().warnings(); });
    nb::class_<ShowerWriter>(module, "ShowerWriter")
        .def("__init__", &make_writer, nb::arg("path"), nb::arg("detector"), nb::arg("layout"),
             nb::arg("compression"), nb::arg("provenance"))
        .def("append", &append, nb::arg("cells"), nb::arg("energies"), nb::arg("conditions"))
        .def("close", &ShowerWriter::close, nb::call_guard<nb::gil_scoped_release>());
}

}  // namespace lowcal::python
