#include "cli/generate_command.hpp"

#include "cli/number_option.hpp"
#include "cli/production.hpp"
#include "core/calorimeter.hpp"
#include "core/error.hpp"
#include "core/output_path.hpp"

#include <fmt/format.h>

#include <limits>
#include <map>
#include <memory>
#include <string>

namespace lowcal::cli {
namespace {

namespace fs = std::filesystem;

/// Showers of one command: at 20 us each, more than half a year of a core.
constexpr std::uint64_t most_showers = 1'000'000'000'000;

struct GenerateOptions {
    ProductionConfig production{.model = "models/lean.int8.onnx"};
    std::string energy;
    fs::path energies_from;
    int threads = 0;
    std::int64_t batch = 0;
    std::string precision = "f32";
};

void require_possible(GenerateOptions const& options)
{
    auto const& production = options.production;
    if (options.energy.empty() == options.energies_from.empty())
        wrong_usage("--energy", "give either it or --energies-from: showers need energies");
    if (production.count - 1 > std::numeric_limits<std::uint64_t>::max() - production.first)
        wrong_usage("--first", fmt::format("with --count {} the last index would be beyond 2^64",
                                           production.count));
    require_output_path(production.out);
}

EnergySource make_energies(GenerateOptions const& options)
{
    if (options.energies_from.empty()) return {options.energy, options.production.seed};
    EnergySource energies(options.energies_from);
    auto const& production = options.production;
    if (auto const limit = energies.limit();
        limit && (production.first > *limit || production.count > *limit - production.first))
        throw InputError(
            fmt::format("--first {} --count {}", production.first, production.count),
            fmt::format("{} holds {} energies", options.energies_from.string(), *limit));
    return energies;
}

void remark_on_range(EnergySource const& energies)
{
    auto const [low, high] = energies.range();
    if (low >= lowest_primary_energy && high <= highest_primary_energy) return;
    fmt::print(stderr, "Warning: energies of {} to {} GeV; networks are made for {} to {} GeV\n",
               low, high, lowest_primary_energy, highest_primary_energy);
}

void run(GenerateOptions const& options)
{
    require_possible(options);
    auto const energies = make_energies(options);
    auto const wanted = runtime::parse_precision(options.precision);
    runtime::ShowerGenerator const generator(
        options.production.model,
        {.threads = thread_count(options.threads), .batch = options.batch, .precision = wanted});
    if (wanted != generator.precision() && generator.precision() == runtime::Precision::float32)
        fmt::print(stderr, "This CPU does not multiply {}: running {}.\n", options.precision,
                   runtime::name_of(generator.precision()));
    if (!generator.batch_note().empty())
        fmt::print(stderr, "Showers per run of the network: {}. {}\n", generator.batch(),
                   generator.batch_note());
    remark_on_range(energies);
    produce(options.production, generator, energies);
}

void add_network_options(CLI::App& command, GenerateOptions& options)
{
    command.add_option("model", options.production.model, "Network (ONNX)")->capture_default_str();
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
    command
        .add_option("--energy", options.energy,
                    "Primary energy in GeV, or MIN:MAX for uniform energies")
        ->check(problem_with_energy, "E or MIN:MAX");
    command.add_option("--energies-from", options.energies_from,
                       "Take shower i's energy from shower i of this file (HDF5)");
    add_number(command, "--count", production.count, "Showers", {.least = 1, .most = most_showers})
        ->required();
    add_number(command, "--first", production.first, "Index of the first shower in the production")
        ->capture_default_str();
    add_number(command, "--seed", production.seed, "Of the production")->capture_default_str();
    command.add_flag_callback(
        "--skip-bad-showers", [&production] { production.bad_showers = data::BadShowers::skip; },
        "Drop and count showers with NaN, infinite or negative cells; they keep their indices");
}

void add_file_options(CLI::App& command, ProductionConfig& production)
{
    command.add_option("--out", production.out, "Shower file to write (HDF5)")->required();
    std::map<std::string, data::Layout> const layouts{
        {"clic", data::Layout::clic}, {"calochallenge", data::Layout::calochallenge}};
    command.add_option("--layout", production.layout, "clic (if not given) or calochallenge")
        ->transform(CLI::CheckedTransformer(layouts));
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
    add_file_options(*command, options->production);
    command->callback([options] { run(*options); });
}

}  // namespace lowcal::cli
