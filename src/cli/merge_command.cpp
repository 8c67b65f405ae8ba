#include "cli/merge_command.hpp"

#include "cli/options/number_option.hpp"
#include "core/printable.hpp"
#include "core/progress.hpp"
#include "data/merge.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::cli {
namespace {

struct MergeOptions {
    std::vector<std::filesystem::path> shards;
    std::filesystem::path output;
    int compression = 1;
    std::vector<std::string> drop;
};

void run(MergeOptions const& options)
{
    std::optional<Progress> progress;
    auto const report = [&](std::size_t done, std::size_t total) {
        if (!progress) progress.emplace(Progress::Config{.label = "merge", .total = total});
        progress->update(done);
    };
    auto const merged = data::merge_shards(
        options.shards, options.output,
        {.compression = options.compression, .drop = options.drop, .progress = report});
    if (progress) progress->finish();
    for (auto const& warning : merged.warnings)
        fmt::print(stderr, "Warning: {}\n", printable(warning));
    fmt::print("{}: {} showers of {} shards\n", printable(options.output.string()), merged.showers,
               options.shards.size());
}

}  // namespace

void add_merge_command(CLI::App& app)
{
    auto const options = std::make_shared<MergeOptions>();
    auto* const command =
        app.add_subcommand("merge", "Join the shards of one production into one file");
    command->add_option("shards", options->shards, "Files of lowcal generate, in any order")
        ->required();
    command->add_option("--out", options->output, "File to write")->required();
    add_number(*command, "--compression", options->compression,
               "gzip level; 1 is fastest for showers, 0 is none", {.least = 0, .most = 9})
        ->capture_default_str();
    command->add_option("--drop", options->drop,
                        "Leave out what is named so and cannot be carried to another file");
    command->callback([options] { run(*options); });
}

}  // namespace lowcal::cli
