#include "cli/quantize_command.hpp"

#include "cli/calibration_runner.hpp"
#include "core/error.hpp"
#include "data/shower_reader.hpp"
#include "graph/onnx_file.hpp"
#include "quantisation/bias_correction.hpp"
#include "quantisation/canonical_form.hpp"
#include "quantisation/equalise_branches.hpp"
#include "quantisation/int8_rewrite.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

namespace lowcal::cli {
namespace {

namespace fs = std::filesystem;

struct QuantizeOptions {
    fs::path model;
    fs::path calibration;
    fs::path out;
    std::size_t count = 256;
    std::uint64_t seed = 7;
    std::string method = "mse";
    double percentile = 0.9999;
    double energy_offset = 0.1;
    bool no_bias_correction = false;
    std::vector<std::string> float32_layers;
};

/// `count` primary energies, evenly spaced through the file.
std::vector<float> calibration_energies(QuantizeOptions const& options)
{
    auto const all = data::ShowerReader(options.calibration).read_primary_energies();
    if (options.count > all.size())
        throw InputError(
            fmt::format("--count {}", options.count),
            fmt::format("{} holds {} showers", options.calibration.string(), all.size()),
            "ask for fewer or give a larger file");
    std::vector<float> energies;
    for (std::size_t i = 0; i < options.count; ++i)
        energies.push_back(all[i * all.size() / options.count]);
    return energies;
}

void print_layers(std::vector<quantisation::Int8Layer> const& layers)
{
    fmt::print("{:<18} {:<8} {:>10} {:>10} {:>11} {:>5} {:>9} {:>9}\n", "layer", "runs in",
               "input from", "to", "scale", "zero", "clipped", "weights");
    for (auto const& layer : layers) {
        if (layer.precision == quantisation::LayerPrecision::float32) {
            fmt::print("{:<18} float32  {}\n", layer.name, layer.reason);
            continue;
        }
        fmt::print("{:<18} int8     {:>10.3g} {:>10.3g} {:>11.4g} {:>5} {:>8.3f}% {:>8.2f}%\n",
                   layer.name, layer.input_low, layer.input_high, layer.input.scale,
                   layer.input.zero_point, 100 * layer.clipped_share, 100 * layer.weight_noise);
    }
    fmt::print(
        "input: range seen in calibration; clipped: share of it outside the scale's range;\n"
        "weights: rms of their rounding error over their rms\n");
}

void run(QuantizeOptions const& options)
{
    auto const network = graph::read_onnx(options.model);
    quantisation::RewriteConfig config{
        .range = {.method = quantisation::parse_range_method(options.method),
                  .percentile = options.percentile}};
    quantisation::Int8PlanConfig wanted;
    for (auto const& layer : options.float32_layers) wanted.excluded[layer] = "asked for";
    auto canonical =
        quantisation::canonical_form(network, {.energy_offset = options.energy_offset});
    auto const plan = quantisation::plan_int8(canonical, wanted);
    CalibrationRunner const runner(
        {.seed = options.seed, .energies = calibration_energies(options)});
    auto statistics = quantisation::calibrate(canonical, plan, runner);
    canonical = quantisation::equalise_branches(std::move(canonical), plan, statistics);
    statistics = quantisation::calibrate(canonical, plan, runner);
    if (!options.no_bias_correction)
        config.corrections =
            quantisation::correct_biases(canonical, plan, statistics, config.range, runner);
    auto result = quantisation::rewrite_int8(canonical, plan, statistics, config);
    double const factor =
        options.no_bias_correction ? 1.0 : quantisation::match_response(result, canonical, runner);
    result.graph.metadata["lowcal.quantisation"] = fmt::format(
        "source_sha256 {}\nmethod {}\npercentile {}\ncalibration {}\ncount {}\nseed {}\n"
        "energy_offset {}\nbias_correction {}\nresponse_factor {}\n",
        graph::file_sha256(options.model), options.method, options.percentile,
        options.calibration.filename().string(), options.count, options.seed, options.energy_offset,
        options.no_bias_correction ? "none" : "mean", factor);
    graph::write_onnx(result.graph, options.out);
    print_layers(result.layers);
    auto const before = static_cast<double>(fs::file_size(options.model));
    auto const after = static_cast<double>(fs::file_size(options.out));
    fmt::print("{}: {:.2f} MB, {:.3f} of the float32 file\n", options.out.string(), after / 1e6,
               after / before);
}

}  // namespace

void add_quantize_command(CLI::App& app)
{
    auto* const command = app.add_subcommand("quantize", "Make an int8 network of a float32 one");
    auto const options = std::make_shared<QuantizeOptions>();
    command->add_option("model", options->model, "Network (ONNX, float32)")->required();
    command
        ->add_option("--calibration", options->calibration,
                     "Shower file whose primary energies are used (HDF5)")
        ->required();
    command->add_option("--out", options->out, "Int8 network to write (ONNX)")->required();
    command->add_option("--count", options->count, "Showers to calibrate on")
        ->check(CLI::Range(8, 100000))
        ->capture_default_str();
    command->add_option("--seed", options->seed, "Of the latent vectors")->capture_default_str();
    command->add_option("--method", options->method, "How ranges are chosen")
        ->check(CLI::IsMember({"minmax", "percentile", "mse", "entropy"}))
        ->capture_default_str();
    command->add_option("--percentile", options->percentile, "Share in range, for that method")
        ->capture_default_str();
    command
        ->add_option("--energy-offset", options->energy_offset,
                     "Activations are divided by E / 100 GeV plus this, shower by shower")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command->add_flag("--no-bias-correction", options->no_bias_correction,
                      "Leave the mean shift that rounded weights cause");
    command->add_option("--float32", options->float32_layers, "Convolutions to leave in float32");
    command->callback([options] { run(*options); });
}

}  // namespace lowcal::cli
