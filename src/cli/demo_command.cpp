#include "cli/demo_command.hpp"

#include "cli/options/program.hpp"
#include "core/error.hpp"
#include "core/files/atomic_file.hpp"
#include "core/files/network_file.hpp"
#include "core/printable.hpp"
#include "workflows/bench/benchmark.hpp"
#include "workflows/bench/network_table.hpp"
#include "workflows/evaluate/evaluate.hpp"

#include <fmt/format.h>

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

std::vector<workflows::BenchmarkRow> measure_speed(DemoOptions const& options,
                                                   std::vector<fs::path> const& models)
{
    workflows::BenchmarkConfig config{
        .models = models,
        .batches = {1, 8},
        .rounds = 5,
        .monte_carlo_seconds = workflows::mean_monte_carlo_seconds(options.reference),
        .program = own_program};
    auto const rows = workflows::run_benchmark(config);
    write_file_atomically(options.out / "speed.txt",
                          workflows::benchmark_text(rows) + "\n" + workflows::speed_up_text(rows));
    write_file_atomically(options.out / "speed.json",
                          workflows::benchmark_json(rows, "lowcal demo"));
    return rows;
}

/// A path as somebody would type it here: reports show it.
fs::path typed(fs::path const& file)
{
    auto const relative = fs::proximate(file);
    return relative.native().starts_with("..") ? file : relative;
}

workflows::EvaluationResult measure_physics(DemoOptions const& options,
                                            std::vector<fs::path> const& models)
{
    workflows::EvaluateOptions evaluation;
    evaluation.reference = options.reference;
    evaluation.reference_name = "Geant4";
    evaluation.folder = options.out;
    evaluation.halves = true;
    for (auto const& model : models)
        evaluation.candidates.push_back(model.stem().string() + "=" + typed(model).string());
    return workflows::evaluate(evaluation);
}

void run(DemoOptions const& options)
{
    std::error_code failure;
    if (!fs::exists(options.reference, failure))
        throw InputError("cannot open " + options.reference.string(), "there is no such file",
                         "start it in the folder of LowCal's sources, which has it, or give "
                         "--reference");
    fs::create_directories(options.out, failure);
    if (failure)
        throw InputError("cannot make the folder " + options.out.string(), failure.message());
    auto const models = shipped_models(options.models);
    auto const speed = measure_speed(options, models);
    auto const physics = measure_physics(options, models);
    auto const table = workflows::network_table(speed, physics.evaluation);
    write_file_atomically(options.out / "table.md", table);
    fmt::print("\n{}\n{}\n", printable_lines(table),
               workflows::network_table_legend(physics.evaluation));
    if (!physics.pictures)
        fmt::print(stderr, "Warning: no pictures: the program gnuplot is not installed\n");
    fmt::print(
        "Pictures and verdicts: {}; all figures beside it: evaluation.txt, results.json, "
        "speed.txt, table.md\n",
        (options.out / "report.html").string());
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
