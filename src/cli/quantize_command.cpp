#include "cli/quantize_command.hpp"

#include "cli/answers/quantize_report.hpp"
#include "cli/calibration_runner.hpp"
#include "cli/options/number_option.hpp"
#include "cli/sample_inputs.hpp"
#include "cli/store_model.hpp"
#include "cli/tune.hpp"
#include "core/error.hpp"
#include "core/files/output_path.hpp"
#include "core/printable.hpp"
#include "graph/model/ports.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "quantisation/quantiser.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <limits>
#include <memory>
#include <vector>

namespace lowcal::cli {
namespace {

namespace fs = std::filesystem;

struct QuantizeOptions {
    fs::path model;
    fs::path calibration;
    fs::path out;
    std::size_t count = 256;
    std::uint64_t seed = 7;
    std::string precision = "int8";
    std::string method = "mse";
    double percentile = 0.9999;
    double energy_offset = 0.1;
    bool absolute = false;
    double equalisation = 0.7;
    bool no_bias_correction = false;
    std::string placement = "blocks";
    std::string rounding = "nearest";
    std::string float32_storage = "f32";
    std::vector<std::string> bfloat16_layers;
    std::vector<std::string> float32_layers;
    fs::path report;
    bool tune = false;
    bool require = false;
    TuneRequest tuning{.judge = {.count = 1000}};
};

quantisation::Quantiser::Config quantiser_config(QuantizeOptions const& options)
{
    quantisation::Quantiser::Config config{
        .range = {.method = quantisation::parse_range_method(options.method),
                  .percentile = options.percentile},
        .canonical = {.unit = options.absolute ? quantisation::ActivationUnit::absolute
                                               : quantisation::ActivationUnit::per_shower,
                      .energy_offset = options.energy_offset},
        .equalisation = options.equalisation,
        .placement = quantisation::parse_placement(options.placement),
        .rounding = quantisation::parse_weight_rounding(options.rounding),
        .correct_means = !options.no_bias_correction};
    if (options.float32_storage == "f16") config.float32_storage = graph::ElementType::float16;
    using quantisation::LayerPrecision;
    for (auto const& layer : options.bfloat16_layers)
        config.fallbacks[layer] = {.precision = LayerPrecision::bfloat16, .reason = "asked for"};
    for (auto const& layer : options.float32_layers)
        config.fallbacks[layer] = {.precision = LayerPrecision::float32, .reason = "asked for"};
    return config;
}

fs::path tune_folder(QuantizeOptions const& options)
{
    auto folder = options.out;
    return folder += ".tune";
}

/// Whether nobody but the calibration file says what showers the network may be judged on.
bool needs_inputs(graph::Graph const& network)
{
    auto const ports = graph::ports_of(network);
    return !ports.condition_names().empty() || ports.detector.primary_energies.empty();
}

/// What the judgements depend on, plans apart.
TuneRequest tune_request(QuantizeOptions const& options,
                         quantisation::Quantiser::Config const& start, bool from_calibration)
{
    auto request = options.tuning;
    request.tuner.start = start;
    if (runtime::available_precision(runtime::Precision::bfloat16) == runtime::Precision::bfloat16)
        request.tuner.fallbacks = {quantisation::LayerPrecision::bfloat16,
                                   quantisation::LayerPrecision::float32};
    request.judge.seed = options.seed + 1;  // not the latents of the calibration
    if (from_calibration) request.judge.inputs_from = options.calibration;
    request.folder = tune_folder(options);
    request.identity = fmt::format(
        "model {} calibration {} count {} seed {} judged on {}", graph::file_sha256(options.model),
        graph::file_sha256(options.calibration), options.count, options.seed, request.judge.count);
    return request;
}

void record(graph::Graph& network, QuantizeOptions const& options,
            quantisation::Quantiser::Config const& config, double response_factor)
{
    network.metadata["lowcal.quantisation"] = fmt::format(
        "source_sha256 {}\nplan {}\ncalibration {}\ncount {}\nseed {}\nresponse_factor {}\n",
        graph::file_sha256(options.model), quantisation::plan_text(config),
        options.calibration.filename().string(), options.count, options.seed, response_factor);
}

void print_size(QuantizeOptions const& options)
{
    auto const before = static_cast<double>(fs::file_size(options.model));
    auto const after = static_cast<double>(fs::file_size(options.out));
    fmt::print("{}: {:.2f} MB, {:.3f} of {}\n", printable(options.out.string()), after / 1e6,
               after / before, printable(options.model.string()));
}

void quantise_to_int8(QuantizeOptions const& options, graph::Graph const& network)
{
    if (options.calibration.empty())
        throw InputError("no --calibration", "int8 scales are made from showers' energies",
                         "give a shower file");
    CalibrationRunner const runner(
        {.seed = options.seed, .inputs = inputs_through_file(options.calibration, options.count)});
    quantisation::Quantiser quantiser(network, runner);
    auto config = quantiser_config(options);
    auto out = options.out;
    std::string missed;
    if (options.tune) {
        auto const outcome =
            tune(network, quantiser, tune_request(options, config, needs_inputs(network)));
        config = outcome.config;
        if (options.require && !outcome.met) {
            missed = outcome.missed;
            out = tune_folder(options) / "best.onnx";
        }
    }
    auto result = quantiser(config);
    record(result.graph, options, config, result.response_factor);
    graph::write_onnx(result.graph, out);
    QuantizeReport report{.network = result};
    if (!options.report.empty()) {
        auto uncorrected = config;
        uncorrected.correct_means = false;
        auto const& canonical = quantiser.canonical(config);
        report.before = quantisation::measure_distortion(canonical, quantiser(uncorrected), runner);
        report.after = quantisation::measure_distortion(canonical, result, runner);
        write_quantize_report(report, options.report);
    }
    print_quantize_report(report);
    if (!missed.empty())
        throw InputError("no plan meets all criteria: " + missed,
                         "the best found is " + out.string());
}

void run(QuantizeOptions const& options)
{
    for (auto const& output : {options.out, options.report}) {
        require_output_path(output);
        require_not_an_input(output, std::vector{options.model, options.calibration});
    }
    if (options.precision == "int8")
        quantise_to_int8(options, graph::read_onnx(options.model));
    else
        store_in_16_bits(options.model, options.precision, options.out);
    print_size(options);
}

void add_tuning_options(CLI::App& command, QuantizeOptions& options)
{
    auto& [tuner, judge, final_count, folder, identity] = options.tuning;
    command.add_flag("--tune", options.tune,
                     "Look for the fastest plan that moves no criterion; the options above are "
                     "where it starts. Goes on where an interrupted one was (OUT.tune/)");
    add_number(command, "--errors", tuner.tolerance,
               "Shifts that are tolerated, in errors at 10000 showers", above_zero<double>)
        ->capture_default_str();
    add_number(command, "--trials", tuner.most_trials, "At most so many plans", {.least = 1})
        ->capture_default_str();
    add_number(command, "--minutes", tuner.most_minutes, "At most so long", above_zero<double>)
        ->capture_default_str();
    add_number(command, "--judge-count", judge.count, "Showers on which a plan is judged",
               {.least = 100, .most = 1000000})
        ->capture_default_str();
    add_number(command, "--final-count", final_count, "Showers on which the chosen plan is judged",
               {.least = 100, .most = 1000000})
        ->capture_default_str();
    add_number(command, "--threads", judge.threads, "Threads that generate them",
               {.least = 1, .most = most_threads})
        ->capture_default_str();
    command.add_flag("--require", options.require,
                     "A chosen plan that moves a criterion is an error; it is kept in OUT.tune/");
}

}  // namespace

void add_quantize_command(CLI::App& app)
{
    auto* const command = app.add_subcommand(
        "quantize", "Make an int8 network of a float32 one, or store it in 16 bits");
    auto const options = std::make_shared<QuantizeOptions>();
    command->add_option("model", options->model, "Network (ONNX, float32)")->required();
    command->add_option("--calibration", options->calibration,
                        "Shower file whose primary energies are used for int8 (HDF5)");
    command->add_option("--out", options->out, "Network to write (ONNX)")->required();
    command
        ->add_option("--precision", options->precision,
                     "int8; bf16: weights of 16 bits, run so where the CPU can; f16: weights of "
                     "16 bits, run in float32")
        ->check(CLI::IsMember({"int8", "bf16", "f16"}))
        ->capture_default_str();
    add_number(*command, "--count", options->count, "Showers to calibrate on",
               {.least = 8, .most = 100000})
        ->capture_default_str();
    add_number(*command, "--seed", options->seed, "Of the latent vectors")->capture_default_str();
    command->add_option("--method", options->method, "How ranges are chosen")
        ->check(CLI::IsMember({"minmax", "percentile", "mse", "entropy"}))
        ->capture_default_str();
    add_number(*command, "--percentile", options->percentile, "Share in range, for that method",
               {.least = std::numeric_limits<double>::min(), .most = 1.0})
        ->capture_default_str();
    add_number(*command, "--energy-offset", options->energy_offset,
               "Activations are divided by E / 100 GeV plus this, shower by shower", {.least = 0.0})
        ->capture_default_str();
    command->add_flag("--absolute", options->absolute,
                      "Do not divide them: one scale for all energies as they are");
    add_number(*command, "--equalisation", options->equalisation,
               "How far channels are scaled alike: 0 not at all, 1 at the weights' cost",
               {.least = 0.0, .most = 1.0})
        ->capture_default_str();
    command->add_flag("--no-bias-correction", options->no_bias_correction,
                      "Leave the mean shift that rounded weights cause");
    command
        ->add_option("--rounding", options->rounding,
                     "Weights of int8 convolutions: nearest: each by itself; compensated: each "
                     "making up for the errors of others (for small networks)")
        ->check(CLI::IsMember({"nearest", "compensated"}))
        ->capture_default_str();
    command
        ->add_option("--placement", options->placement,
                     "blocks: levels behind convolution, activation and normalisation together; "
                     "portable: behind each operator, for other engines")
        ->check(CLI::IsMember({"blocks", "portable"}))
        ->capture_default_str();
    command->add_option("--bf16", options->bfloat16_layers, "Layers to run in bfloat16");
    command->add_option("--float32", options->float32_layers, "Layers to leave in float32");
    command
        ->add_option("--float32-storage", options->float32_storage,
                     "How weights that run in float32 are stored")
        ->check(CLI::IsMember({"f32", "f16"}))
        ->capture_default_str();
    command->add_option("--report", options->report,
                        "Measure what rounding does to each layer; write it here too (JSON)");
    add_tuning_options(*command, *options);
    command->callback([options] { run(*options); });
}

}  // namespace lowcal::cli
