#include "cli/generate_command.hpp"

#include "core/error.hpp"
#include "core/progress.hpp"
#include "core/random.hpp"
#include "data/background_writer.hpp"
#include "data/shower_reader.hpp"
#include "data/shower_writer.hpp"
#include "graph/onnx_file.hpp"
#include "runtime/shower_generator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <thread>

namespace lowcal::cli {
namespace {

namespace fs = std::filesystem;

struct GenerateOptions {
    fs::path model = "models/lean.int8.onnx";
    std::string energy;
    fs::path energies_from;
    std::uint64_t count = 0;
    std::uint64_t first = 0;
    std::uint64_t seed = 1;
    int threads = 0;
    std::int64_t batch = 0;
    std::string precision = "f32";
    fs::path out;
    std::string layout = "clic";
    int compression = 1;
    std::uint64_t shard_showers = 0;
    bool keep_latents = false;
};

/// Primary energies of a production: shower i's is a pure function of i.
class EnergySource {
public:
    explicit EnergySource(GenerateOptions const& options) : seed_(options.seed)
    {
        if (!options.energies_from.empty()) {
            file_ = data::ShowerReader(options.energies_from).read_primary_energies();
        } else if (auto const colon = options.energy.find(':'); colon != std::string::npos) {
            low_ = parse(options.energy.substr(0, colon));
            high_ = parse(options.energy.substr(colon + 1));
            if (!(low_ < high_))
                throw InputError("--energy " + options.energy, "the range is empty");
        } else {
            low_ = high_ = parse(options.energy);
        }
    }

    std::uint64_t limit() const { return file_.size(); }

    float operator()(std::uint64_t shower) const
    {
        if (!file_.empty()) return file_[shower];
        if (low_ == high_) return low_;
        float uniform = 0;
        ItemRandom({.seed = seed_, .stream = RandomStream::energy}, shower).uniform({&uniform, 1});
        return low_ + uniform * (high_ - low_);
    }

private:
    std::uint64_t seed_;
    float low_ = 0;
    float high_ = 0;
    std::vector<float> file_;

    static float parse(std::string const& text)
    {
        std::size_t used = 0;
        float value = 0;
        try {
            value = std::stof(text, &used);
        } catch (std::exception const&) {
            used = 0;
        }
        if (used != text.size() || text.empty() || !(value > 0))
            throw InputError("--energy: '" + text + "' is no energy in GeV",
                             "expected E or MIN:MAX");
        return value;
    }
};

struct Range {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
};

std::map<std::string, std::string> provenance(GenerateOptions const& options,
                                              runtime::ShowerGenerator const& generator,
                                              Range range, std::string const& model_sha256)
{
    return {{"model", options.model.filename().string()},
            {"model_sha256", model_sha256},
            {"seed", std::to_string(options.seed)},
            {"first_index", std::to_string(range.first)},
            {"count", std::to_string(range.count)},
            {"precision", std::string(runtime::name_of(generator.precision()))},
            {"isa", runtime::instruction_set()},
            {"versions", "LowCal " LOWCAL_VERSION ", oneDNN " + runtime::onednn_version()}};
}

/// Showers of a range, in the memory of a block that is no longer needed.
data::ShowerBlock make_block(GenerateOptions const& options,
                             runtime::ShowerGenerator const& generator,
                             EnergySource const& energies, Range range, data::ShowerBlock block)
{
    block.primary_energy.resize(range.count);
    for (std::uint64_t i = 0; i < range.count; ++i)
        block.primary_energy[i] = energies(range.first + i);
    block.cells.resize(range.count * Window::cells);
    runtime::GenerateRequest const request{
        .seed = options.seed, .first = range.first, .energies = block.primary_energy};
    generator.generate(request, block.cells);
    if (options.keep_latents) {
        block.latent.resize(range.count * generator.latent_size());
        generator.latents(request, block.latent);
    }
    return block;
}

/// Makes one file of showers, block by block: one is written while the next is made.
void write_file(GenerateOptions const& options, runtime::ShowerGenerator const& generator,
                EnergySource const& energies, Range range, fs::path const& path,
                std::string const& model_sha256, Progress& progress, std::uint64_t done_before)
{
    constexpr std::uint64_t block_showers = 256;
    data::ShowerWriter writer(
        path,
        {.layout = options.layout == "clic" ? data::Layout::clic : data::Layout::calochallenge,
         .compression = options.compression,
         .provenance = provenance(options, generator, range, model_sha256)});
    data::BackgroundWriter background(writer);
    for (std::uint64_t done = 0; done < range.count; done += block_showers) {
        auto const count = std::min(block_showers, range.count - done);
        background.append(make_block(options, generator, energies, {range.first + done, count},
                                     background.take_written()));
        progress.update(done_before + done + count);
    }
    background.finish();
    writer.close();
}

fs::path shard_path(fs::path const& out, Range range)
{
    auto const name = fmt::format("{}.{:09}-{:09}{}", out.stem().string(), range.first,
                                  range.first + range.count - 1, out.extension().string());
    return out.parent_path() / name;
}

/// Throws InputError where a shard that is there already belongs to another production.
void require_same_production(fs::path const& shard,
                             std::map<std::string, std::string> const& wanted)
{
    auto const found = data::ShowerReader(shard).attributes();
    for (auto const* key : {"model_sha256", "seed", "precision"}) {
        auto const value = found.find(key);
        if (value == found.end() || value->second != wanted.at(key))
            throw InputError(
                shard.string() + " is of another production",
                fmt::format("its {} is {}, not {}", key,
                            value == found.end() ? "unknown" : value->second, wanted.at(key)),
                "remove it or choose another --out");
    }
}

void generate_all(GenerateOptions const& options, runtime::ShowerGenerator const& generator,
                  EnergySource const& energies)
{
    auto const sha256 = graph::file_sha256(options.model);
    Progress progress({.label = "generate", .total = options.count}, stderr);
    if (options.shard_showers == 0) {
        write_file(options, generator, energies, {options.first, options.count}, options.out,
                   sha256, progress, 0);
        return progress.finish();
    }
    std::uint64_t kept = 0;
    for (std::uint64_t done = 0; done < options.count; done += options.shard_showers) {
        Range const range{options.first + done,
                          std::min(options.shard_showers, options.count - done)};
        auto const path = shard_path(options.out, range);
        if (fs::exists(path)) {  // shards are complete or absent: an earlier run made it
            require_same_production(path, provenance(options, generator, range, sha256));
            ++kept;
            continue;
        }
        write_file(options, generator, energies, range, path, sha256, progress, done);
    }
    progress.finish();
    if (kept > 0) fmt::print(stderr, "{} shards were there already.\n", kept);
}

void run(GenerateOptions const& options)
{
    if (options.energy.empty() == options.energies_from.empty())
        throw InputError("give either --energy or --energies-from", "showers need energies");
    if (options.out.has_parent_path() && !fs::is_directory(options.out.parent_path()))
        throw InputError("no folder " + options.out.parent_path().string(), "--out is in it");
    EnergySource const energies(options);
    if (energies.limit() > 0 && options.first + options.count > energies.limit())
        throw InputError(
            fmt::format("--first {} --count {}", options.first, options.count),
            fmt::format("{} holds {} energies", options.energies_from.string(), energies.limit()));
    auto const wanted = runtime::parse_precision(options.precision);
    auto const threads = options.threads > 0
                             ? options.threads
                             : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    runtime::ShowerGenerator const generator(
        options.model, {.threads = threads, .batch = options.batch, .precision = wanted});
    if (wanted != generator.precision() && generator.precision() == runtime::Precision::float32)
        fmt::print(stderr, "This CPU does not multiply {}: running {}.\n", options.precision,
                   runtime::name_of(generator.precision()));
    if (!generator.batch_note().empty())
        fmt::print(stderr, "Showers per run of the network: {}. {}\n", generator.batch(),
                   generator.batch_note());
    generate_all(options, generator, energies);
}

void set_up(CLI::App& command, GenerateOptions& options)
{
    command.add_option("model", options.model, "Network (ONNX)")->capture_default_str();
    command.add_option("--energy", options.energy,
                       "Primary energy in GeV, or MIN:MAX for uniform energies");
    command.add_option("--energies-from", options.energies_from,
                       "Take shower i's energy from shower i of this file (HDF5)");
    command.add_option("--count", options.count, "Showers")->required()->check(CLI::PositiveNumber);
    command.add_option("--first", options.first, "Index of the first shower in the production")
        ->capture_default_str();
    command.add_option("--seed", options.seed, "Of the production")->capture_default_str();
    command.add_option("--threads", options.threads, "0: all")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command.add_option("--batch", options.batch, "Showers at once, at most; 0: as suits the cache")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    command
        .add_option("--precision", options.precision,
                    "f32, bf16 or f16, of layers of which the network says nothing")
        ->check(CLI::IsMember({"f32", "bf16", "f16", "int8"}))
        ->capture_default_str();
    command.add_option("--out", options.out, "Shower file to write (HDF5)")->required();
    command.add_option("--layout", options.layout)
        ->check(CLI::IsMember({"clic", "calochallenge"}))
        ->capture_default_str();
    command.add_option("--compression", options.compression, "gzip level; 0: none")
        ->check(CLI::Range(0, 9))
        ->capture_default_str();
    command.add_flag("--keep-latents", options.keep_latents,
                     "Write each shower's latent vector too (data set 'latent'), for runs of the "
                     "same inputs through another engine");
    command
        .add_option("--shard-showers", options.shard_showers,
                    "Write shards of so many showers; those that are there already are kept, "
                    "so that the same command resumes a stopped production")
        ->capture_default_str();
}

}  // namespace

void add_generate_command(CLI::App& app)
{
    auto* const command = app.add_subcommand("generate", "Make showers with a trained network");
    auto const options = std::make_shared<GenerateOptions>();
    set_up(*command, *options);
    command->callback([options] { run(*options); });
}

}  // namespace lowcal::cli
