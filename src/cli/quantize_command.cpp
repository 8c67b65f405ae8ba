#include "cli/quantize_command.hpp"

#include "cli/answers/quantize_report.hpp"
#include "cli/options/detector_option.hpp"
#include "cli/options/network_help.hpp"
#include "cli/options/number_option.hpp"
#include "cli/options/unread_options.hpp"
#include "core/error.hpp"
#include "core/files/network_file.hpp"
#include "core/files/output_path.hpp"
#include "core/printable.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "workflows/precision/quantise.hpp"
#include "workflows/precision/store_model.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace lowcal::cli {
namespace {

namespace fs = std::filesystem;

/// Trials take minutes: each line is seen at once.
void print_line(std::string const& line)
{
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

struct QuantizeOptions {
    workflows::QuantiseRequest request{};
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
    fs::path ports;
    fs::path detector;
    bool tune = false;
    workflows::TuneRequest tuning{.judge = {.count = 1000}, .say = print_line};
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

/// No option is passed over in silence.
void require_readers(CLI::App const& command, QuantizeOptions const& options)
{
    if (options.precision != "int8")
        refuse_unread(
            command,
            {"--calibration", "--count", "--seed", "--method", "--percentile", "--energy-offset",
             "--absolute", "--equalisation", "--no-bias-correction", "--rounding", "--placement",
             "--bf16", "--float32", "--float32-storage", "--report", "--tune"},
            "--precision int8");
    if (!options.tune)
        refuse_unread(command,
                      {"--errors", "--trials", "--minutes", "--judge-count", "--final-count",
                       "--threads", "--require"},
                      "--tune");
    if (options.method != "percentile")
        refuse_unread(command, {"--percentile"}, "--method percentile");
    if (options.absolute) refuse_unread(command, {"--energy-offset"}, "a plan without --absolute");
}

void print_size(workflows::QuantiseRequest const& request)
{
    auto const before = static_cast<double>(graph::network_bytes(request.model));
    auto const after = static_cast<double>(graph::network_bytes(request.out));
    fmt::print("{}: {:.2f} MB, {:.3f} of {}\n", printable(request.out.string()), after / 1e6,
               after / before, printable(request.model.string()));
}

void quantise_to_int8(QuantizeOptions const& options)
{
    auto request = options.request;
    request.notes = read_network_notes(options.ports, options.detector);
    request.config = quantiser_config(options);
    request.measure = !options.report.empty();
    if (options.tune) request.tuning = options.tuning;
    auto const result = workflows::quantise(request);
    if (!options.report.empty()) write_quantize_report(result, options.report);
    print_quantize_report(result);
    if (!result.remark.empty()) fmt::print("Note: {}\n", printable(result.remark));
    if (!result.missed.empty())
        throw InputError("no plan meets all criteria: " + result.missed,
                         "the best found is " + result.file.string());
}

void run(QuantizeOptions const& options)
{
    auto const& request = options.request;
    require_network_name(request.out);
    for (auto const& output : {request.out, options.report}) {
        require_output_path(output, FileKind::other);
        require_not_an_input(output, std::vector{request.model, request.calibration});
    }
    if (options.precision == "int8")
        quantise_to_int8(options);
    else
        workflows::store_in_16_bits(request.model, options.precision, request.out,
                                    read_network_notes(options.ports, options.detector));
    print_size(request);
}

void add_tuning_options(CLI::App& command, QuantizeOptions& options)
{
    auto& tuner = options.tuning.tuner;
    auto& judge = options.tuning.judge;
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
    add_number(command, "--final-count", options.tuning.final_count,
               "Showers on which the chosen plan is judged", {.least = 100, .most = 1000000})
        ->capture_default_str();
    add_number(command, "--threads", judge.threads, "Threads that generate them",
               {.least = 1, .most = most_threads})
        ->capture_default_str();
    command.add_flag("--require", options.request.require,
                     "A chosen plan that moves a criterion is an error; it is kept in OUT.tune/");
}

/// How the int8 network is made.
void add_plan_options(CLI::App& command, QuantizeOptions& options)
{
    command.add_option("--method", options.method, "How ranges are chosen")
        ->check(CLI::IsMember({"minmax", "percentile", "mse", "entropy"}))
        ->capture_default_str();
    add_number(command, "--percentile", options.percentile, "Share in range, for that method",
               {.least = 0.5, .most = 1.0})
        ->capture_default_str();
    add_number(command, "--energy-offset", options.energy_offset,
               "Activations are divided by E / 100 GeV plus this, shower by shower", {.least = 0.0})
        ->capture_default_str();
    command.add_flag("--absolute", options.absolute,
                     "Do not divide them: one scale for all energies as they are");
    add_number(command, "--equalisation", options.equalisation,
               "How far channels are scaled alike: 0 not at all, 1 at the weights' cost",
               {.least = 0.0, .most = 1.0})
        ->capture_default_str();
    command.add_flag("--no-bias-correction", options.no_bias_correction,
                     "Leave the mean shift that rounded weights cause");
    command
        .add_option("--rounding", options.rounding,
                    "Weights of int8 convolutions: nearest: each by itself; compensated: each "
                    "making up for the errors of others (for small networks)")
        ->check(CLI::IsMember({"nearest", "compensated"}))
        ->capture_default_str();
    command
        .add_option("--placement", options.placement,
                    "blocks: levels behind convolution, activation and normalisation together; "
                    "portable: behind each operator, for other engines")
        ->check(CLI::IsMember({"blocks", "portable"}))
        ->capture_default_str();
    command.add_option("--bf16", options.bfloat16_layers, "Layers to run in bfloat16");
    command.add_option("--float32", options.float32_layers, "Layers to leave in float32");
    command
        .add_option("--float32-storage", options.float32_storage,
                    "How weights that run in float32 are stored")
        ->check(CLI::IsMember({"f32", "f16"}))
        ->capture_default_str();
}

}  // namespace

void add_quantize_command(CLI::App& app)
{
    auto* const command = app.add_subcommand(
        "quantize", "Make an int8 network of a float32 one, or store it in 16 bits");
    auto const options = std::make_shared<QuantizeOptions>();
    command->add_option("model", options->request.model, std::string(network_help) + "; in float32")
        ->required();
    command->add_option("--calibration", options->request.calibration,
                        "Shower file whose primary energies are used for int8 (HDF5)");
    add_ports_option(*command, options->ports);
    add_detector_option(*command, options->detector,
                        "If not given, the network's own, or the calibration file's");
    command->add_option("--out", options->request.out, "Network to write (ONNX)")->required();
    command
        ->add_option("--precision", options->precision,
                     "int8; bf16: weights of 16 bits, run so where the CPU can; f16: weights of "
                     "16 bits, run in float32")
        ->check(CLI::IsMember({"int8", "bf16", "f16"}))
        ->capture_default_str();
    add_number(*command, "--count", options->request.count, "Showers to calibrate on",
               {.least = 8, .most = 100000})
        ->capture_default_str();
    add_number(*command, "--seed", options->request.seed, "Of the latent vectors")
        ->capture_default_str();
    add_plan_options(*command, *options);
    command->add_option("--report", options->report,
                        "Measure what rounding does to each layer; write it here too (JSON)");
    add_tuning_options(*command, *options);
    command->callback([command, options] {
        require_readers(*command, *options);
        options->request.model = file_or_network(options->request.model.string());
        run(*options);
    });
}

}  // namespace lowcal::cli
