#include "cli/merge_command.hpp"

#include "cli/options/number_option.hpp"
#include "core/error.hpp"
#include "core/printable.hpp"
#include "core/progress.hpp"
#include "data/merge.hpp"
#include "data/production/plan_check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lowcal::cli {
namespace {

struct MergeOptions {
    std::vector<std::filesystem::path> shards;
    std::filesystem::path plan;
    std::filesystem::path output;
    data::MergeForm form = data::MergeForm::copy;
    int compression = 1;
    std::vector<std::string> drop;
};

/// More problems than these are counted.
constexpr std::size_t most_problems_shown = 20;

void require_possible(MergeOptions const& options)
{
    if (options.plan.empty() && options.shards.empty())
        throw UsageError("shards", "name them, or a plan that does by --check-complete");
    if (!options.plan.empty() && !options.shards.empty())
        throw UsageError("--check-complete", "the plan names the shards; name no others");
    if (options.plan.empty() && options.output.empty())
        throw UsageError("--out", "the file to write is not given");
}

/// Throws InputError where a file of the plan is not as it should be, after it was named.
data::ProductionPlan check_complete(std::filesystem::path const& path)
{
    auto plan = data::read_plan(path);
    Progress progress({.label = "check", .total = plan.shards.size()});
    auto const check = data::check_plan(plan, [&](std::size_t done) { progress.update(done); });
    progress.finish();
    for (std::size_t i = 0; i < check.problems.size() && i < most_problems_shown; ++i)
        fmt::print(stderr, "{}\n", printable(check.problems[i].text));
    if (!check.problems.empty())
        throw InputError(fmt::format("{} of {} files of the plan {} are not as they should be",
                                     check.problems.size(), plan.shards.size(), path.string()));
    fmt::print(
        "{}: complete: showers {} to {}, each once, in {} files of {:.4g} GB; {} are not "
        "there because they were bad; made on {}\n",
        printable(path.string()), plan.shards.front().first, plan.shards.back().last(),
        plan.shards.size(), static_cast<double>(check.bytes) / 1e9, check.indices - check.showers,
        printable(fmt::format("{}", fmt::join(check.machines, ", "))));
    return plan;
}

void run(MergeOptions options)
{
    require_possible(options);
    if (!options.plan.empty())
        for (auto& shard : check_complete(options.plan).shards)
            options.shards.push_back(std::move(shard.file));
    if (options.output.empty()) return;
    std::optional<Progress> progress;
    auto const report = [&](std::size_t done, std::size_t total) {
        if (!progress) progress.emplace(Progress::Config{.label = "merge", .total = total});
        progress->update(done);
    };
    auto const merged = data::merge_shards(options.shards, options.output,
                                           {.form = options.form,
                                            .compression = options.compression,
                                            .drop = options.drop,
                                            .progress = report});
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
    command->add_option("shards", options->shards, "Files of lowcal generate, in any order");
    command->add_option("--check-complete", options->plan,
                        "A plan (CSV: first, count, file, ...) in place of shards: prove that its "
                        "files hold every shower once, of one production; then merge, if there is "
                        "--out");
    command->add_option("--out", options->output, "File to write");
    command->add_flag_callback(
        "--virtual", [options] { options->form = data::MergeForm::virtual_sets; },
        "Write a small file whose showers stay in the shards (HDF5 virtual data sets), which must "
        "lie in its folder or below");
    add_number(*command, "--compression", options->compression,
               "gzip level; 1 is fastest for showers, 0 is none", {.least = 0, .most = 9})
        ->capture_default_str();
    command->add_option("--drop", options->drop,
                        "Leave out what is named so and cannot be carried to another file");
    command->callback([options] { run(*options); });
}

}  // namespace lowcal::cli
