#include "workflows/info/shard_folder_info.hpp"

#include "core/error.hpp"
#include "core/progress.hpp"
#include "data/production/shard.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace lowcal::workflows {
namespace {

namespace fs = std::filesystem;
using data::Shard;

/// Shower files of a folder, sorted, and how many parts of them lie there.
std::pair<std::vector<fs::path>, std::size_t> files_of(fs::path const& folder)
{
    std::error_code error;
    std::vector<fs::path> files;
    std::size_t unfinished = 0;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        auto const extension = entry->path().extension();
        if (extension == ".part") ++unfinished;
        if (extension == ".h5" || extension == ".hdf5") files.push_back(entry->path());
    }
    if (error) throw InputError("cannot read the folder " + folder.string(), error.message());
    std::ranges::sort(files);
    return {std::move(files), unfinished};
}

/// Whether a range begins where, or before, the one that ends at `last` ends.
bool touches(std::uint64_t first, std::uint64_t last)
{
    return first <= last || first - last == 1;
}

void add_range(FolderProduction& production, IndexRange range)
{
    auto& ranges = production.ranges;
    if (ranges.empty() || !touches(range.first, ranges.back().last)) {
        ranges.push_back(range);
        return;
    }
    auto& last = ranges.back().last;
    if (range.first <= last)
        production.overlaps.push_back({range.first, std::min(last, range.last)});
    last = std::max(last, range.last);
}

/// `shards` in the order of their first indices.
FolderProduction production_of(data::ProductionIdentity identity,
                               std::vector<Shard const*> const& shards)
{
    FolderProduction production{
        .identity = std::move(identity), .shards = shards.size(), .ranges = {}, .overlaps = {}};
    std::set<std::string> machines;
    for (auto const* shard : shards) {
        production.showers += shard->count;
        production.bytes += fs::file_size(shard->path);
        add_range(production, {shard->first, shard->last()});
        if (auto const isa = shard->attributes.find("isa"); isa != shard->attributes.end())
            machines.insert(isa->second);
    }
    production.machines.assign(machines.begin(), machines.end());
    return production;
}

std::vector<FolderProduction> productions_of(std::vector<Shard> const& shards)
{
    std::map<data::ProductionIdentity, std::vector<Shard const*>> sorted;
    for (auto const& shard : shards)
        sorted[shard.identity.value_or(data::ProductionIdentity{})].push_back(&shard);
    std::vector<FolderProduction> all;
    for (auto& [identity, members] : sorted) {
        std::ranges::stable_sort(members, {}, [](Shard const* shard) { return shard->first; });
        all.push_back(production_of(identity, members));
    }
    std::ranges::stable_sort(all, std::greater<>(), &FolderProduction::showers);
    return all;
}

nlohmann::json json_of(std::vector<IndexRange> const& ranges)
{
    auto list = nlohmann::json::array();
    for (auto const& range : ranges) list.push_back({{"first", range.first}, {"last", range.last}});
    return list;
}

}  // namespace

ShardFolderInfo shard_folder_info(fs::path const& folder)
{
    auto const [files, unfinished] = files_of(folder);
    if (files.empty() && unfinished == 0)
        throw InputError("cannot tell what " + folder.string() + " is",
                         "it is a folder without shower files");
    ShardFolderInfo info{
        .folder = folder, .productions = {}, .others = {}, .unfinished = unfinished};
    Progress progress({.label = "look", .total = files.size()});
    data::ShardInspector inspect;
    std::vector<Shard> shards;
    std::size_t done = 0;
    for (auto const& file : files) {
        try {
            shards.push_back(data::inspect_shard(inspect, file));
        } catch (InputError const& error) {
            info.others.emplace_back(error.what());
        }
        progress.update(++done);
    }
    progress.finish();
    info.productions = productions_of(shards);
    return info;
}

std::string shard_folder_info_json(ShardFolderInfo const& info)
{
    auto productions = nlohmann::json::array();
    for (auto const& one : info.productions)
        productions.push_back({{"identity", one.identity},
                               {"shards", one.shards},
                               {"showers", one.showers},
                               {"bytes", one.bytes},
                               {"ranges", json_of(one.ranges)},
                               {"overlaps", json_of(one.overlaps)},
                               {"machines", one.machines}});
    nlohmann::json const object{{"folder", info.folder.string()},
                                {"productions", std::move(productions)},
                                {"others", info.others},
                                {"unfinished", info.unfinished}};
    return object.dump(2, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace lowcal::workflows
