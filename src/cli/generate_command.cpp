#include "cli/generate_command.hpp"

#include "cli/options/detector_option.hpp"
#include "cli/options/input_options.hpp"
#include "cli/options/network_help.hpp"
#include "cli/options/number_option.hpp"
#include "core/error.hpp"
#include "core/files/network_file.hpp"
#include "core/files/output_path.hpp"
#include "core/printable.hpp"
#include "workflows/generate/production.hpp"

#include <fmt/format.h>

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::cli {
namespace {

namespace fs = std::filesystem;

/// Showers of one command: at 20 us each, more than half a year of a core.
constexpr std::uint64_t most_showers = 1'000'000'000'000;

struct GenerateOptions {
    std::vector<std::string> networks{"lean.int8"};
    std::vector<double> weights;
    workflows::ProductionConfig production;
    workflows::InputOptions inputs;
    std::optional<data::Layout> layout;
    fs::path detector;
    int threads = 0;
    std::int64_t batch = 0;
    std::string precision = "f32";
};

void require_possible(GenerateOptions const& options)
{
    auto const& production = options.production;
    if (options.inputs.energy.empty() == options.inputs.file.empty())
        throw UsageError("--energy", "give either it or --energies-from: showers need energies");
    if (production.count - 1 > std::numeric_limits<std::uint64_t>::max() - production.first)
        throw UsageError(
            "--first",
            fmt::format("with --count {} the last index would be beyond 2^64", production.count));
    require_output_path(production.out, FileKind::hdf5);
}

workflows::ShowerInputs make_inputs(GenerateOptions const& options,
                                    runtime::ShowerEnsemble const& networks)
{
    auto const& production = options.production;
    workflows::ShowerInputs inputs(options.inputs, networks, production.seed);
    if (auto const limit = inputs.limit();
        limit && (production.first > *limit || production.count > *limit - production.first))
        throw InputError(fmt::format("--first {} --count {}", production.first, production.count),
                         fmt::format("{} holds {} showers", options.inputs.file.string(), *limit));
    return inputs;
}

void remark_on_range(workflows::ShowerInputs const& inputs, runtime::ShowerEnsemble const& networks)
{
    auto const [low, high] = inputs.energy_range();
    auto const& made_for = networks.detector().primary_energies;
    if (made_for.empty() ||
        (static_cast<double>(low) >= made_for.low && static_cast<double>(high) <= made_for.high))
        return;
    fmt::print(stderr, "Warning: energies of {} to {} GeV; the {} made for {} to {} GeV\n", low,
               high, networks.members().size() == 1 ? "network is" : "networks are all",
               made_for.low, made_for.high);
}

/// By how much of their range conditions may be beyond it: samples do not reach their ends.
constexpr double range_slack = 0.01;

/// Of conditions that a network was not trained with.
void remark_on_conditions(workflows::ShowerInputs const& inputs,
                          runtime::ShowerEnsemble const& networks)
{
    for (auto const& member : networks.members())
        for (auto const& [name, known] : member.generator.condition_ranges()) {
            auto const range = inputs.range_of(name);
            auto const slack = range_slack * (known.second - known.first);
            if (!range || (static_cast<double>(range->first) >= known.first - slack &&
                           static_cast<double>(range->second) <= known.second + slack))
                continue;
            fmt::print(stderr, "Warning: {} of {} to {} {}; {} was trained with {} to {}\n", name,
                       range->first, range->second, find_condition(name)->unit,
                       printable(member.file.filename().string()), known.first, known.second);
        }
}

runtime::ShowerEnsemble load_networks(GenerateOptions const& options, runtime::Precision precision)
{
    std::vector<fs::path> files;
    for (auto const& network : options.networks) files.push_back(find_network(network));
    return {files,
            {.weights = options.weights,
             .generator = {.threads = thread_count(options.threads),
                           .batch = options.batch,
                           .precision = precision,
                           .detector = read_detector_option(options.detector),
                           .ports = options.production.ports}}};
}

/// What a network does otherwise than was asked for.
void remark_on(runtime::ShowerEnsemble::Member const& member, GenerateOptions const& options,
               runtime::Precision wanted)
{
    auto const& network = member.generator;
    auto const name = options.networks.size() == 1 ? "" : printable(member.file.string()) + ": ";
    if (wanted != network.precision() && network.precision() == runtime::Precision::float32)
        fmt::print(stderr, "{}This CPU does not multiply {}: running {}.\n", name,
                   options.precision, runtime::name_of(network.precision()));
    if (!network.batch_note().empty())
        fmt::print(stderr, "{}Showers per run of the network: {}. {}\n", name, network.batch(),
                   printable(network.batch_note()));
}

/// What suits the detector where the user does not say it.
data::Layout layout_of(GenerateOptions const& options, Detector const& detector)
{
    if (options.layout) return *options.layout;
    return detector.geometry == Geometry::cylindrical ? data::Layout::calochallenge
                                                      : data::Layout::clic;
}

void run(GenerateOptions const& options)
{
    require_possible(options);
    auto const wanted = runtime::parse_precision(options.precision);
    auto const networks = load_networks(options, wanted);
    for (auto const& member : networks.members()) remark_on(member, options, wanted);
    auto const inputs = make_inputs(options, networks);
    remark_on_range(inputs, networks);
    remark_on_conditions(inputs, networks);
    auto production = options.production;
    production.layout = layout_of(options, networks.detector());
    workflows::produce(production, networks, inputs);
}

void add_network_options(CLI::App& command, GenerateOptions& options)
{
    command
        .add_option("models", options.networks,
                    std::string(network_help) +
                        "; several are an ensemble: each shower is made by one of them, drawn by "
                        "the weights")
        ->capture_default_str();
    add_numbers(command, "--weights", options.weights,
                "Of the networks of an ensemble, in their order; if not given, all alike",
                {.least = 0})
        ->allow_extra_args(false);
    add_detector_option(command, options.detector, "Of a network that does not say its own");
    add_ports_option(command, options.production.ports);
    add_threads(command, options.threads, "0: all");
    add_number(command, "--batch", options.batch, "Showers at once, at most; 0: as suits the cache",
               {.least = 0, .most = most_batch})
        ->capture_default_str();
    command
        .add_option("--precision", options.precision,
                    "f32, bf16 or f16, of layers of which the network says nothing")
        ->check(CLI::IsMember({"f32", "bf16", "f16", "int8"}))
        ->capture_default_str();
}

void add_shower_options(CLI::App& command, GenerateOptions& options)
{
    auto& production = options.production;
    add_input_options(command, options.inputs);
    add_number(command, "--count", production.count, "Showers", {.least = 1, .most = most_showers})
        ->required();
    add_number(command, "--first", production.first, "Index of the first shower in the production")
        ->capture_default_str();
    add_number(command, "--seed", production.seed, "Of the production")->capture_default_str();
    command.add_flag_callback(
        "--skip-bad-showers", [&production] { production.bad_showers = data::BadShowers::skip; },
        "Drop and count showers with NaN, infinite or negative cells; they keep their indices");
}

void add_file_options(CLI::App& command, GenerateOptions& options)
{
    auto& production = options.production;
    command.add_option("--out", production.out, "Shower file to write (HDF5)")->required();
    add_layout(command, "--layout", options.layout,
               "Of the file; if not given, clic, or calochallenge for cylinders");
    add_number(command, "--compression", production.compression, "gzip level; 0: none",
               {.least = 0, .most = 9})
        ->capture_default_str();
    command.add_flag("--keep-latents", production.keep_latents,
                     "Write each shower's latent vector too (data set 'latent'), for runs of the "
                     "same inputs through another engine");
    add_number(command, "--shard-showers", production.shard_showers,
               "Write shards of so many showers; those that are there already are kept, "
               "so that the same command resumes a stopped production",
               {.least = 0, .most = most_showers})
        ->capture_default_str();
}

}  // namespace

void add_generate_command(CLI::App& app)
{
    auto* const command = app.add_subcommand("generate", "Make showers with a trained network");
    auto const options = std::make_shared<GenerateOptions>();
    add_network_options(*command, *options);
    add_shower_options(*command, *options);
    add_file_options(*command, *options);
    command->callback([options] { run(*options); });
}

}  // namespace lowcal::cli
