#include "workflows/precision/quantise.hpp"

#include "core/detector/detector_json.hpp"
#include "core/error.hpp"
#include "core/files/network_file.hpp"
#include "core/files/output_path.hpp"
#include "data/reading/shower_reader.hpp"
#include "graph/model/ports.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "workflows/generate/sample_inputs.hpp"
#include "workflows/precision/calibration_runner.hpp"

#include <fmt/format.h>

#include <utility>

namespace lowcal::workflows {
namespace {

namespace fs = std::filesystem;

fs::path tune_folder(QuantiseRequest const& request)
{
    auto folder = request.out;
    return folder += ".tune";
}

/// Whether nobody but the calibration file says what showers the network may be judged on.
bool needs_inputs(graph::Graph const& network)
{
    auto const ports = graph::ports_of(network);
    return !ports.condition_names().empty() || ports.detector.primary_energies.empty();
}

/// The float32 network with its detector where one can be known.
graph::Graph network_of(QuantiseRequest const& request)
{
    auto notes = request.notes;
    bool const says_its_own = graph::read_onnx(request.model).metadata.contains(detector_key);
    if (!notes.detector && !says_its_own) {
        auto const detector = data::ShowerReader(request.calibration).detector();
        auto const fits = [&] {
            try {
                graph::ports_of(graph::read_generator(request.model, notes), detector);
                return true;
            } catch (InputError const&) {
                return false;
            }
        };
        if (fits()) notes.detector = detector;
    }
    auto network = graph::read_generator(request.model, notes);
    if (notes.detector && !network.metadata.contains(detector_key))
        network.metadata[detector_key] = to_json(*notes.detector);
    return network;
}

/// What the judgements depend on, plans apart.
TuneRequest tune_request(QuantiseRequest const& request, bool from_calibration)
{
    auto tuning = *request.tuning;
    tuning.tuner.start = request.config;
    if (runtime::available_precision(runtime::Precision::bfloat16) == runtime::Precision::bfloat16)
        tuning.tuner.fallbacks = {quantisation::LayerPrecision::bfloat16,
                                  quantisation::LayerPrecision::float32};
    tuning.judge.seed = request.seed + 1;  // not the latents of the calibration
    if (from_calibration) tuning.judge.inputs_from = request.calibration;
    tuning.folder = tune_folder(request);
    tuning.identity =
        fmt::format("model {} calibration {} count {} seed {} judged on {}",
                    graph::network_sha256(request.model), graph::file_sha256(request.calibration),
                    request.count, request.seed, tuning.judge.count);
    return tuning;
}

void record(quantisation::Int8Network& network, QuantiseRequest const& request,
            quantisation::Quantiser::Config const& config)
{
    network.graph.metadata["lowcal.quantisation"] = fmt::format(
        "source_sha256 {}\nplan {}\ncalibration {}\ncount {}\nseed {}\nresponse_factor {}\n",
        graph::network_sha256(request.model), quantisation::plan_text(config),
        request.calibration.filename().string(), request.count, request.seed,
        network.response_factor);
}

}  // namespace

Quantised quantise(QuantiseRequest const& request)
{
    if (request.calibration.empty())
        throw InputError("no --calibration", "int8 scales are made from showers' energies",
                         "give a shower file");
    require_network_name(request.out);
    require_output_path(request.out, FileKind::other);
    require_not_an_input(request.out, std::vector{request.model, request.calibration});
    auto const network = network_of(request);
    CalibrationRunner const runner(
        {.seed = request.seed,
         .inputs =
             inputs_through_file(request.calibration, request.count, detector_if_known(network))});
    quantisation::Quantiser quantiser(network, runner);
    auto config = request.config;
    auto file = request.out;
    std::string missed;
    if (request.tuning) {
        auto const outcome = tune(network, quantiser, tune_request(request, needs_inputs(network)));
        config = outcome.config;
        if (request.require && !outcome.met) {
            missed = outcome.missed;
            file = tune_folder(request) / "best.onnx";
        }
    }
    Quantised result{.network = quantiser(config), .file = file, .missed = missed};
    result.remark = quantiser.remark();
    record(result.network, request, config);
    graph::write_onnx(result.network.graph, file);
    if (request.measure) {
        auto uncorrected = config;
        uncorrected.correct_means = false;
        auto const& canonical = quantiser.canonical(config);
        result.before = quantisation::measure_distortion(canonical, quantiser(uncorrected), runner);
        result.after = quantisation::measure_distortion(canonical, result.network, runner);
    }
    return result;
}

}  // namespace lowcal::workflows
