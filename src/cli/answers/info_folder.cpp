#include "cli/answers/info_folder.hpp"

#include "core/printable.hpp"
#include "workflows/info/shard_folder_info.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>

namespace lowcal::cli {
namespace {

/// More of them are counted.
constexpr std::size_t most_shown = 10;

template <class List, class Print>
void print_some(List const& list, Print&& print)
{
    for (std::size_t i = 0; i < std::min(most_shown, list.size()); ++i) print(list[i]);
    if (list.size() > most_shown) fmt::print("  ... {} more\n", list.size() - most_shown);
}

void print_gaps(std::vector<workflows::IndexRange> const& ranges)
{
    std::vector<workflows::IndexRange> gaps;
    for (std::size_t i = 1; i < ranges.size(); ++i)
        gaps.push_back({ranges[i - 1].last + 1, ranges[i].first - 1});
    print_some(gaps, [](auto const& gap) {
        fmt::print("  showers {} to {} are missing\n", gap.first, gap.last);
    });
}

void print_production(workflows::FolderProduction const& production)
{
    fmt::print(
        "\n{} shards, {} showers, {:.4g} GB, {:.4g} kB a shower\n", production.shards,
        production.showers, static_cast<double>(production.bytes) / 1e9,
        static_cast<double>(production.bytes) / 1e3 / static_cast<double>(production.showers));
    fmt::print("  indices          {} to {}\n", production.ranges.front().first,
               production.ranges.back().last);
    fmt::print("  made on          {}\n",
               printable(fmt::format("{}", fmt::join(production.machines, ", "))));
    for (auto const& [name, value] : production.identity)
        fmt::print("  {:<16} {}\n", printable(name), printable(value));
    print_gaps(production.ranges);
    print_some(production.overlaps, [](auto const& range) {
        fmt::print("  showers {} to {} are there more than once\n", range.first, range.last);
    });
}

}  // namespace

void print_folder_info(std::filesystem::path const& folder, bool json)
{
    auto const info = workflows::shard_folder_info(folder);
    if (json) {
        fmt::print("{}\n", workflows::shard_folder_info_json(info));
        return;
    }
    fmt::print("{}: {} productions\n", printable(folder.string()), info.productions.size());
    for (auto const& production : info.productions) print_production(production);
    if (!info.others.empty()) fmt::print("\n{} files are no shards\n", info.others.size());
    print_some(info.others, [](auto const& text) { fmt::print("  {}\n", printable(text)); });
    if (info.unfinished > 0)
        fmt::print("\n{} files are being written, or were left by writers that were killed\n",
                   info.unfinished);
}

}  // namespace lowcal::cli
