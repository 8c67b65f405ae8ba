#include "core/detector/detector_file.hpp"
#include "core/detector/detector_json.hpp"
#include "core/processes/worker_pool.hpp"
#include "data/reading/cell_check.hpp"
#include "data/reading/shower_reader.hpp"
#include "python/parts.hpp"
#include "runtime/shower_ensemble.hpp"

#include <algorithm>
#include <memory>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

namespace lowcal::python {
namespace {

namespace nb = nanobind;
using runtime::ShowerEnsemble;

/// What is said of the showers of a call; empty where nothing.
struct Known {
    std::span<float const> energies;
    Conditions conditions;

    Known part(std::size_t first, std::size_t count) const
    {
        Known some{.energies = energies.subspan(first, count), .conditions = conditions};
        for (auto const& info : condition_infos) {
            auto& values = some.conditions.*info.values;
            if (!values.empty()) values = values.subspan(first * info.width, count * info.width);
        }
        return some;
    }
};

/// Ctrl-C ends a long call between two blocks.
void obey_signals()
{
    nb::gil_scoped_acquire const lock;
    if (PyErr_CheckSignals() != 0) throw nb::python_error();
}

/// An array for showers, its numbers yet to be written. Not numpy's own, which asks the system for
/// huge pages: where a virtual machine must get these from its host, that takes longer than the
/// showers.
nb::object new_array(std::vector<std::size_t> const& shape)
{
    std::size_t size = 1;
    for (auto const cells : shape) size *= cells;
    auto numbers = std::make_unique_for_overwrite<float[]>(size);
    nb::capsule const owner(numbers.get(),
                            [](void* kept) noexcept { delete[] static_cast<float*>(kept); });
    return nb::cast(
        nb::ndarray<nb::numpy, float>(numbers.release(), shape.size(), shape.data(), owner));
}

/// As `lowcal generate` makes them: cells under the detector's smallest energy are zero.
void generate(ShowerEnsemble const& generator, Known const& known, WritableNumbers const& cells,
              std::uint64_t seed, std::uint64_t first)
{
    nb::gil_scoped_release const unlock;
    auto const& detector = generator.detector();
    auto const smallest = static_cast<float>(detector.smallest_cell);
    auto const block = data::showers_per_block(detector);
    auto const count = known.energies.size();
    for (std::size_t done = 0; done < count; done += block) {
        if (done > 0) obey_signals();
        auto const showers = std::min(block, count - done);
        auto const part = known.part(done, showers);
        std::span<float> const out(cells.data() + done * detector.cells(),
                                   showers * detector.cells());
        generator.generate({.seed = seed,
                            .first = first + done,
                            .energies = part.energies,
                            .conditions = part.conditions},
                           out);
        data::zero_quiet_cells(out, smallest);
    }
}

struct Config {
    int threads = 1;
    std::string precision;
    std::optional<std::string> detector;
    std::vector<double> weights;
};

/// One model is an ensemble of one.
void make(ShowerEnsemble* place, std::vector<std::filesystem::path> const& models,
          Config const& config)
{
    nb::gil_scoped_release const unlock;
    std::optional<Detector> detector;
    if (config.detector) detector = detector_from_json(*config.detector, "detector");
    new (place) ShowerEnsemble(
        models, {.weights = config.weights,
                 .generator = {.threads = thread_count(config.threads),
                               .precision = runtime::parse_precision(config.precision),
                               .detector = std::move(detector)}});
}

}  // namespace

void add_generator(nb::module_& module)
{
    using MaybeNumbers = std::optional<Numbers>;
    auto const maybe = [](MaybeNumbers const& numbers) {
        return numbers ? span_of(*numbers) : std::span<float const>();
    };
    module.def(
        "read_detector",
        [](std::filesystem::path const& file) { return to_json(read_detector(file)); },
        nb::arg("file"));
    module.def("new_array", &new_array, nb::arg("shape"));
    nb::class_<ShowerEnsemble>(module, "Generator")
        .def(
            "__init__",
            [](ShowerEnsemble* place, std::vector<std::filesystem::path> const& models, int threads,
               std::string const& precision, std::optional<std::string> const& detector,
               std::vector<double> const& weights) {
                make(place, models, {threads, precision, detector, weights});
            },
            nb::arg("models"), nb::arg("threads"), nb::arg("precision"), nb::arg("detector").none(),
            nb::arg("weights"))
        .def(
            "generate",
            [maybe](ShowerEnsemble const& generator, Numbers const& energies,
                    WritableNumbers const& cells, std::uint64_t seed, std::uint64_t first,
                    MaybeNumbers const& pdg, MaybeNumbers const& theta, MaybeNumbers const& phi,
                    MaybeNumbers const& entry) {
                generate(generator,
                         {.energies = span_of(energies),
                          .conditions = {.pdg = maybe(pdg),
                                         .theta = maybe(theta),
                                         .phi = maybe(phi),
                                         .entry = maybe(entry)}},
                         cells, seed, first);
            },
            nb::arg("energies").noconvert(), nb::arg("cells").noconvert(), nb::arg("seed"),
            nb::arg("first"), nb::arg("pdg").noconvert().none(),
            nb::arg("theta").noconvert().none(), nb::arg("phi").noconvert().none(),
            nb::arg("entry").noconvert().none())
        .def_prop_ro("detector",
                     [](ShowerEnsemble const& generator) { return to_json(generator.detector()); })
        .def_prop_ro("shape",
                     [](ShowerEnsemble const& generator) { return shape_of(generator.detector()); })
        .def_prop_ro("pdg", &ShowerEnsemble::pdg)
        .def_prop_ro("needed_conditions", &ShowerEnsemble::needed_conditions)
        .def_prop_ro("precision", &ShowerEnsemble::precision)
        .def_prop_ro("shares", [](ShowerEnsemble const& generator) {
            auto const shares = generator.shares();
            return std::vector<double>(shares.begin(), shares.end());
        });
}

}  // namespace lowcal::python
