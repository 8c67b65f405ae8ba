#include "core/detector/detector_json.hpp"
#include "python/parts.hpp"
#include "validation/report/evaluation_json.hpp"
#include "workflows/bench/benchmark.hpp"
#include "workflows/evaluate/evaluate.hpp"
#include "workflows/info/network_info.hpp"
#include "workflows/info/shower_file_info.hpp"
#include "workflows/precision/quantise.hpp"
#include "workflows/precision/store_model.hpp"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace lowcal::python {
namespace {

namespace nb = nanobind;
namespace fs = std::filesystem;

std::optional<Detector> detector_of(std::optional<std::string> const& json)
{
    if (!json) return std::nullopt;
    return detector_from_json(*json, "detector");
}

std::string evaluate(fs::path const& reference, std::vector<std::string> const& candidates,
                     fs::path const& out, std::optional<std::string> const& detector,
                     std::string const& reference_name, std::uint64_t seed, int threads, bool judge,
                     bool halves, bool skip_bad_showers, std::string const& negative_cells)
{
    workflows::EvaluateOptions options;
    options.reference = reference;
    options.candidates = candidates;
    options.folder = out;
    options.detector = detector_of(detector);
    options.reference_name = reference_name;
    options.seed = seed;
    options.threads = threads;
    options.judge = judge;
    options.halves = halves;
    options.skip_bad_showers = skip_bad_showers;
    options.negative_cells = negative_cells_of(negative_cells);
    return validation::evaluation_json(workflows::evaluate(options).evaluation);
}

void quantize(fs::path const& model, fs::path const& calibration, fs::path const& out,
              std::string const& precision, std::size_t count, std::uint64_t seed,
              std::string const& rounding)
{
    if (precision != "int8") return workflows::store_in_16_bits(model, precision, out, {});
    workflows::QuantiseRequest request{
        .model = model, .calibration = calibration, .out = out, .count = count, .seed = seed};
    request.config.rounding = quantisation::parse_weight_rounding(rounding);
    workflows::quantise(request);
}

std::string bench(std::vector<fs::path> const& models, std::vector<std::string> const& precisions,
                  std::vector<std::int64_t> const& batches, std::vector<int> const& threads,
                  int rounds, fs::path const& program)
{
    auto const rows = workflows::run_benchmark({.models = models,
                                                .precisions = precisions,
                                                .batches = batches,
                                                .threads = threads,
                                                .rounds = rounds,
                                                .program = program});
    return workflows::benchmark_json(rows, "lowcal.bench");
}

std::string info(fs::path const& file, bool skip_bad_showers, std::string const& negative_cells,
                 std::optional<std::string> const& detector)
{
    if (file.extension() == ".onnx")
        return workflows::network_info_json(workflows::network_info(file, {}));
    return workflows::shower_file_info_json(workflows::shower_file_info(
        file, {.bad_showers = skip_bad_showers ? data::BadShowers::skip : data::BadShowers::error,
               .negative_cells = negative_cells_of(negative_cells),
               .detector = detector_of(detector)}));
}

}  // namespace

/// What returns text returns JSON.
void add_workflows(nb::module_& module)
{
    using Unlocked = nb::call_guard<nb::gil_scoped_release>;
    module.def("evaluate", &evaluate, nb::arg("reference"), nb::arg("candidates"), nb::arg("out"),
               nb::arg("detector").none(), nb::arg("reference_name"), nb::arg("seed"),
               nb::arg("threads"), nb::arg("judge"), nb::arg("halves"), nb::arg("skip_bad_showers"),
               nb::arg("negative_cells"), Unlocked());
    module.def("quantize", &quantize, nb::arg("model"), nb::arg("calibration"), nb::arg("out"),
               nb::arg("precision"), nb::arg("count"), nb::arg("seed"), nb::arg("rounding"),
               Unlocked());
    module.def("bench", &bench, nb::arg("models"), nb::arg("precisions"), nb::arg("batches"),
               nb::arg("threads"), nb::arg("rounds"), nb::arg("program"), Unlocked());
    module.def("info", &info, nb::arg("file"), nb::arg("skip_bad_showers"),
               nb::arg("negative_cells"), nb::arg("detector").none(), Unlocked());
}

}  // namespace lowcal::python
