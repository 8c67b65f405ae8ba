#include "cli/bench_command.hpp"

#include "cli/options/detector_option.hpp"
#include "cli/options/network_help.hpp"
#include "cli/options/number_option.hpp"
#include "cli/options/program.hpp"
#include "core/error.hpp"
#include "core/files/atomic_file.hpp"
#include "core/files/network_file.hpp"
#include "core/files/output_path.hpp"
#include "core/printable.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "workflows/bench/benchmark.hpp"
#include "workflows/generate/sample_inputs.hpp"

#include <fmt/format.h>

#include <memory>
#include <vector>

namespace lowcal::cli {
namespace {

struct BenchOptions {
    workflows::BenchmarkConfig config{.program = own_program};
    std::filesystem::path reference;
    std::filesystem::path json;
    std::filesystem::path detector;
    bool plain_transposed = false;
    bool memory_only = false;
};

std::string command_text(BenchOptions const& options)
{
    std::string text = "lowcal bench";
    for (auto const& model : options.config.models) text += " " + model.string();
    return text + fmt::format(" --precision {} --batch {} --threads {} --rounds {}",
                              fmt::join(options.config.precisions, ","),
                              fmt::join(options.config.batches, ","),
                              fmt::join(options.config.threads, ","), options.config.rounds);
}

void run(BenchOptions& options)
{
    auto& config = options.config;
    for (auto& model : config.models) model = find_network(model.string());
    config.detector = read_detector_option(options.detector);
    config.detector_file = options.detector;
    require_output_path(options.json, FileKind::other);
    require_not_an_input(options.json, config.models);
    require_not_an_input(options.json, std::vector{options.reference});
    if (options.memory_only) {
        fmt::print("{}\n", workflows::measure_memory(
                               config.models.front(),
                               {.threads = config.threads.front(),
                                .batch = config.batches.front(),
                                .precision = runtime::parse_precision(config.precisions.front()),
                                .detector = config.detector,
                                .ports = config.ports}));
        return;
    }
    if (!options.reference.empty())
        config.monte_carlo_seconds = workflows::mean_monte_carlo_seconds(
            options.reference, config.detector ? config.detector
                                               : workflows::detector_if_known(
                                                     graph::read_onnx(config.models.front())));
    if (options.plain_transposed) config.transposed.push_back(runtime::TransposedMethod::plain);
    auto const rows = workflows::run_benchmark(config);
    fmt::print("{}", printable_lines(workflows::benchmark_text(rows)));
    if (!options.json.empty())
        write_file_atomically(options.json, workflows::benchmark_json(rows, command_text(options)));
}

}  // namespace

void add_bench_command(CLI::App& app)
{
    auto* const command = app.add_subcommand("bench", "Measure speed and memory of networks");
    auto const options = std::make_shared<BenchOptions>();
    command->add_option("models", options->config.models, network_help)->required();
    command
        ->add_option("--precision", options->config.precisions,
                     "f32, bf16, f16; layers of which the network says more run so")
        ->delimiter(',')
        ->check(CLI::IsMember({"f32", "bf16", "f16", "int8"}))
        ->capture_default_str();
    add_numbers(*command, "--batch", options->config.batches,
                "Showers at once; runs of the network take fewer where the cache wants it",
                {.least = 1, .most = most_batch})
        ->capture_default_str();
    add_numbers(*command, "--threads", options->config.threads, "Of each measurement",
                {.least = 1, .most = most_threads})
        ->capture_default_str();
    add_number(*command, "--rounds", options->config.rounds, "Each round runs every variant once",
               {.least = 1, .most = 1000})
        ->capture_default_str();
    add_ports_option(*command, options->config.ports);
    add_detector_option(*command, options->detector, "Of networks that do not say their own");
    command->add_option("--reference", options->reference,
                        "Monte Carlo showers with cpu_seconds, for the ratio");
    command->add_option("--json", options->json, "Write the results here as JSON");
    command->add_flag("--plain-transposed", options->plain_transposed,
                      "Measure oneDNN's own transposed convolution as well");
    command->add_flag("--memory-only", options->memory_only)->group("");
    command->callback([options] { run(*options); });
}

}  // namespace lowcal::cli
