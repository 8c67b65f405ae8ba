#include "cli/merge_command.hpp"

#include "core/progress.hpp"
#include "data/merge.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace lowcal::cli {
namespace {

struct MergeOptions {
    std::vector<std::filesystem::path> shards;
    std::filesystem::path output;
    int compression = 1;
};

void run(MergeOptions const& options)
{
    std::optional<Progress> progress;
    auto const report = [&](std::size_t done, std::size_t total) {
        if (!progress) progress.emplace(Progress::Config{.label = "merge", .total = total}, stderr);
        progress->update(done);
    };
    auto const count = data::merge_shards(options.shards, options.output,
                                          {.compression = options.compression, .progress = report});
    if (progress) progress->finish();
    fmt::print("{}: {} showers of {} shards\n", options.output.string(), count,
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
    command
        ->add_option("--compression", options->compression,
                     "gzip level; 1 is fastest for showers, 0 is none")
        ->check(CLI::Range(0, 9))
        ->capture_default_str();
    command->callback([options] { run(*options); });
}

}  // namespace lowcal::cli
