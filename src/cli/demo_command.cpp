#include "cli/demo_command.hpp"

#include "cli/evaluate_command.hpp"
#include "cli/options/program.hpp"
#include "core/error.hpp"
#include "core/files/atomic_file.hpp"
#include "core/files/network_file.hpp"
#include "workflows/bench/benchmark.hpp"
#include "workflows/bench/network_table.hpp"
#include "workflows/precision/store_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>

namespace lowcal::cli {
namespace {

namespace fs = std::filesystem;

struct DemoOptions {
    fs::path models;  ///< empty: where find_network looks
    fs::path reference = "data/validation.h5";
    fs::path out = "out/demo";
};

std::vector<fs::path> shipped_models(fs::path const& folder)
{
    std::vector<fs::path> models;
    for (std::string const name : {"conv3d", "conv3d.int8", "conv2d", "conv2d.int8", "fine",
                                   "fine.int8", "lean", "lean.int8"}) {
        if (folder.empty())
            models.push_back(find_network(name));
        else if (auto const file = folder / (name + ".onnx"); fs::exists(file))
            models.push_back(file);
    }
    if (models.empty())
        throw InputError("no networks in " + folder.string(), "looked for conv2d.onnx, lean.onnx");
    return models;
}

/// conv2d with its weights in 16 bits, run in float32: as fast as float32, half the file.
std::vector<fs::path> stored_variants(DemoOptions const& options,
                                      std::vector<fs::path> const& models)
{
    std::vector<fs::path> variants;
    auto const model = std::find_if(models.begin(), models.end(), [](fs::path const& one) {
        return one.filename() == "conv2d.onnx";
    });
    if (model == models.end()) return variants;
    for (std::string const precision : {"f16", "bf16"}) {
        variants.push_back(options.out / ("conv2d." + precision + ".onnx"));
        workflows::store_in_16_bits(*model, precision, variants.back(), {});
    }
    return variants;
}

std::vector<workflows::BenchmarkRow> show_speed(DemoOptions const& options,
                                                std::vector<fs::path> const& models)
{
    workflows::BenchmarkConfig config{
        .models = models,
        .batches = {1, 8},
        .rounds = 5,
        .monte_carlo_seconds = workflows::mean_monte_carlo_seconds(options.reference),
        .program = own_program};
    auto const rows = workflows::run_benchmark(config);
    auto const text = workflows::benchmark_text(rows) + "\n" + workflows::speed_up_text(rows);
    fmt::print("\nSpeed and memory, one core (Geant4: {:.2f} s a shower)\n\n{}",
               config.monte_carlo_seconds, text);
    write_file_atomically(options.out / "speed.txt", text);
    write_file_atomically(options.out / "speed.json",
                          workflows::benchmark_json(rows, "lowcal demo"));
    return rows;
}

validation::Evaluation show_physics(DemoOptions const& options, std::vector<fs::path> const& models)
{
    workflows::EvaluateOptions evaluation;
    evaluation.reference = options.reference;
    evaluation.reference_name = "Geant4";
    evaluation.folder = options.out;
    evaluation.halves = true;
    for (auto const& model : models)
        evaluation.candidates.push_back(model.stem().string() + "=" + model.string());
    fmt::print("\nPhysics against {} Geant4 showers of the same energies\n\n",
               options.reference.filename().string());
    return run_evaluation(evaluation);
}

void run(DemoOptions const& options)
{
    std::error_code failure;
    fs::create_directories(options.out, failure);
    if (failure)
        throw InputError("cannot make the folder " + options.out.string(), failure.message());
    auto models = shipped_models(options.models);
    auto const speed = show_speed(options, models);
    for (auto const& variant : stored_variants(options, models)) models.push_back(variant);
    auto const physics = show_physics(options, models);
    write_file_atomically(options.out / "table.md", workflows::network_table(speed, physics));
    fmt::print("\nTables and pictures are in {}\n", options.out.string());
}

}  // namespace

void add_demo_command(CLI::App& app)
{
    auto* const command = app.add_subcommand(
        "demo", "Speed, memory and physics of the shipped networks, in tables and pictures");
    auto const options = std::make_shared<DemoOptions>();
    command->add_option("--models", options->models,
                        "Folder of the networks; if not given, those that come with LowCal");
    command->add_option("--reference", options->reference, "Monte Carlo showers (HDF5)")
        ->capture_default_str();
    command->add_option("--out", options->out, "Folder for tables and pictures")
        ->capture_default_str();
    command->callback([options] { run(*options); });
}

}  // namespace lowcal::cli
