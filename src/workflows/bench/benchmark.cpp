#include "workflows/bench/benchmark.hpp"

#include "core/error.hpp"
#include "core/number_text.hpp"
#include "core/processes/child_process.hpp"
#include "core/progress.hpp"
#include "data/reading/shower_reader.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "runtime/plan.hpp"
#include "workflows/generate/shower_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>
#include <memory>

namespace lowcal::workflows {
namespace {

using runtime::TransposedMethod;

/// Inputs of a call for showers from `first` on: energies spread over the network's range, so that
/// those of few showers are, too (some networks take longer for high energies), and conditions of
/// zero.
data::ShowerBlock bench_inputs(runtime::ShowerGenerator const& generator, std::size_t first,
                               std::size_t count)
{
    constexpr EnergyBin where_nothing_is_said{10, 100};
    constexpr double golden_ratio = 0.6180339887498949;  // its multiples fill [0, 1) evenly
    auto range = generator.detector().primary_energies;
    if (range.empty()) range = where_nothing_is_said;
    data::ShowerBlock inputs;
    for (std::size_t i = first; i < first + count; ++i) {
        double const turns = 0.5 + golden_ratio * static_cast<double>(i);
        double const share = turns - std::floor(turns);
        inputs.primary_energy.push_back(
            static_cast<float>(range.low + (range.high - range.low) * share));
    }
    for (auto const& info : condition_infos)
        data::condition_of(inputs, info).assign(count * info.width, 0.0F);
    if (auto const& codes = generator.known_pdg_codes(); !codes.empty())
        data::condition_of(inputs, *find_condition("pdg"))
            .assign(count, static_cast<float>(codes.front()));
    return inputs;
}

/// One variant while it is measured.
struct Variant {
    BenchmarkRow row;
    std::unique_ptr<runtime::ShowerGenerator> generator{};
    std::size_t showers = 0;  ///< of one call
    std::vector<float> cells{};
    std::vector<double> seconds{};        ///< per shower, one entry a round
    std::vector<double> seconds_alone{};  ///< per shower of the layers alone, one entry a round

    void make(std::size_t first)
    {
        auto const inputs = bench_inputs(*generator, first, showers);
        generator->generate(
            {.seed = 1,
             .first = first,
             .energies = inputs.primary_energy,
             .conditions = needed_conditions(inputs, generator->needed_conditions())},
            cells);
    }
};

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values.empty() ? 0.0 : values[values.size() / 2];
}

double quartile_spread(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values.empty() ? 0.0 : (values[values.size() * 3 / 4] - values[values.size() / 4]) / 2;
}

std::string architecture_of(std::filesystem::path const& model)
{
    auto const metadata = graph::read_onnx(model).metadata;
    auto const found = metadata.find("lowcal.architecture");
    return found == metadata.end() ? "other" : found->second;
}

char const* name_of(TransposedMethod method)
{
    return method == TransposedMethod::phases ? "phases" : "plain";
}

double seconds_since(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Peak resident memory of a process of its own, MB; NaN where that fails.
double memory_of(BenchmarkRow const& row, BenchmarkConfig const& config)
{
    if (config.program.empty()) return std::numeric_limits<double>::quiet_NaN();
    std::vector<std::string> arguments{config.program.string(),
                                       "bench",
                                       "--precision",
                                       row.precision,
                                       "--batch",
                                       std::to_string(row.batch),
                                       "--threads",
                                       std::to_string(row.threads)};
    if (!config.ports.empty())
        arguments.insert(arguments.end(), {"--ports", config.ports.string()});
    if (!config.detector_file.empty())
        arguments.insert(arguments.end(), {"--detector", config.detector_file.string()});
    arguments.insert(arguments.end(), {"--memory-only", "--", row.model});
    auto const end = run_child({.arguments = arguments});
    auto const number = end.output.substr(0, end.output.find('\n'));
    return parse_number<double>(number).value_or(std::numeric_limits<double>::quiet_NaN());
}

void time_once(Variant& variant, double least_seconds)
{
    auto const start = std::chrono::steady_clock::now();
    std::size_t showers = 0;
    do {
        variant.make(showers);
        showers += variant.showers;
    } while (seconds_since(start) < least_seconds);
    variant.seconds.push_back(seconds_since(start) / static_cast<double>(showers));
    double alone = 0;
    for (auto const& step : variant.generator->plan().steps()) alone += step->seconds_alone();
    variant.seconds_alone.push_back(alone / static_cast<double>(variant.generator->batch()));
}

Variant make_variant(BenchmarkRow row, TransposedMethod method, BenchmarkConfig const& config)
{
    Variant variant{.row = std::move(row)};
    auto const start = std::chrono::steady_clock::now();
    variant.generator = std::make_unique<runtime::ShowerGenerator>(
        variant.row.model, runtime::ShowerGenerator::Config{
                               .threads = variant.row.threads,
                               .batch = variant.row.batch,
                               .precision = runtime::parse_precision(variant.row.precision),
                               .transposed = method,
                               .detector = config.detector,
                               .ports = config.ports});
    variant.row.load_ms = 1e3 * seconds_since(start);
    auto const& plan = variant.generator->plan();
    variant.row.plan_mb = static_cast<double>(plan.constant_bytes()) / 1e6;
    variant.row.workspace_mb = static_cast<double>(plan.workspace_bytes()) / 1e6;
    variant.row.precision = runtime::name_of(variant.generator->precision());
    variant.showers = static_cast<std::size_t>(variant.row.batch) *
                      static_cast<std::size_t>(variant.row.threads) * 2;
    variant.cells.resize(variant.showers * variant.generator->detector().cells());
    variant.make(0);  // warm
    return variant;
}

std::vector<Variant> make_variants(BenchmarkConfig const& config)
{
    std::vector<Variant> variants;
    for (auto const& model : config.models) {
        BenchmarkRow row{.model = model.string(), .arch = architecture_of(model)};
        row.file_mb = static_cast<double>(graph::network_bytes(model)) / 1e6;
        for (auto const& precision : config.precisions)
            for (auto const method : config.transposed)
                for (auto const threads : config.threads)
                    for (auto const batch : config.batches) {
                        row.precision = precision;
                        row.transposed = name_of(method);
                        row.threads = threads;
                        row.batch = batch;
                        variants.push_back(make_variant(row, method, config));
                    }
    }
    return variants;
}

void summarise(Variant& variant, BenchmarkConfig const& config)
{
    auto& row = variant.row;
    double const seconds = median(variant.seconds);
    auto const& generator = *variant.generator;
    double const macs = generator.plan().macs() / static_cast<double>(generator.batch());
    row.us_per_shower = 1e6 * seconds;
    row.us_spread = 1e6 * quartile_spread(variant.seconds);
    row.gmac_per_s = macs / seconds / 1e9 / row.threads;
    row.peak_fraction = median(variant.seconds_alone) / (seconds * row.threads);
    row.monte_carlo_ratio = config.monte_carlo_seconds > 0
                                ? config.monte_carlo_seconds / (seconds * row.threads)
                                : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::vector<BenchmarkRow> run_benchmark(BenchmarkConfig const& config)
{
    auto variants = make_variants(config);
    auto const rounds = static_cast<std::size_t>(std::max(1, config.rounds));
    Progress progress({.label = "bench", .total = rounds * variants.size()});
    for (std::size_t round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < variants.size(); ++i) {
            time_once(variants[i], config.round_seconds);
            progress.update(round * variants.size() + i + 1);
        }
    std::vector<BenchmarkRow> rows;
    for (auto& variant : variants) {
        summarise(variant, config);
        variant.row.rss_mb = memory_of(variant.row, config);
        rows.push_back(variant.row);
    }
    progress.finish();
    return rows;
}

double mean_monte_carlo_seconds(std::filesystem::path const& reference,
                                std::optional<Detector> const& detector)
{
    // Of the showers only their times are looked at.
    data::ShowerReader reader(reference,
                              {.negative_cells = data::NegativeCells::keep, .detector = detector});
    double sum = 0;
    std::size_t count = 0;
    auto const step = data::showers_per_block(reader.detector());
    for (std::size_t first = 0; first < reader.count(); first += step) {
        auto const block = reader.read(first, step);
        for (auto const seconds : block.monte_carlo_seconds) sum += static_cast<double>(seconds);
        count += block.monte_carlo_seconds.size();
    }
    return count == 0 ? 0.0 : sum / static_cast<double>(count);
}

double measure_memory(std::filesystem::path const& model,
                      runtime::ShowerGenerator::Config const& config)
{
    runtime::ShowerGenerator const generator(model, config);
    auto const showers =
        static_cast<std::size_t>(config.batch) * static_cast<std::size_t>(config.threads);
    auto const inputs = bench_inputs(generator, 0, showers);
    std::vector<float> cells(showers * generator.detector().cells());
    for (std::uint64_t i = 0; i < 2; ++i)
        generator.generate({.seed = 1,
                            .first = i * showers,
                            .energies = inputs.primary_energy,
                            .conditions = needed_conditions(inputs, generator.needed_conditions())},
                           cells);
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) * 1024 / 1e6;
    return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace lowcal::workflows
