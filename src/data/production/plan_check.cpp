#include "data/production/plan_check.hpp"

#include "core/error.hpp"
#include "data/production/shard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace lowcal::data {
namespace {

namespace fs = std::filesystem;

/// A file and its row.
struct Found {
    PlannedShard const* row = nullptr;
    Shard shard;
};

/// Throws InputError where a file does not hold what its row says.
void require_as_planned(Found const& found)
{
    auto const& [row, shard] = found;
    auto const name = shard.path.string();
    if (shard.first != row->first || shard.range != row->count)
        throw InputError(
            fmt::format("{} holds showers {} to {}", name, shard.first, shard.last()),
            fmt::format("line {} of the plan says {} to {}", row->line, row->first, row->last()));
    if (!shard.identity)
        throw InputError(name + " does not say what its showers depend on",
                         "an older LowCal wrote it", "generate it again");
    for (auto const& [key, value] : row->wanted) {
        auto const known = shard.identity->find(key);
        if (known != shard.identity->end() && known->second == value) continue;
        auto const is = known == shard.identity->end() ? "not recorded" : known->second;
        throw InputError(name + " is not of the plan's production",
                         fmt::format("{} is {}, not {}", key, is, value));
    }
}

Found look_into(PlannedShard const& row, ShardInspector& inspect)
{
    std::error_code error;
    if (!fs::exists(row.file, error))
        throw InputError(row.file.string() + " is not there",
                         fmt::format("showers {} to {}", row.first, row.last()));
    Found found{.row = &row, .shard = inspect_shard(inspect, row.file)};
    require_as_planned(found);
    return found;
}

/// A file of the production that most files are of.
Shard const& usual(std::vector<Found> const& all)
{
    std::map<ProductionIdentity, std::size_t> counts;
    for (auto const& found : all) ++counts[*found.shard.identity];
    auto const most = std::ranges::max_element(
        counts, [](auto const& one, auto const& other) { return one.second < other.second; });
    return std::ranges::find_if(
               all, [&](Found const& found) { return *found.shard.identity == most->first; })
        ->shard;
}

}  // namespace

PlanCheck check_plan(ProductionPlan const& plan,
                     std::function<void(std::size_t done)> const& progress)
{
    ShardInspector inspect;
    std::vector<Found> all;
    std::map<std::size_t, ShardProblem> problems;  // by line
    std::size_t done = 0;
    for (auto const& row : plan.shards) {
        try {
            all.push_back(look_into(row, inspect));
        } catch (InputError const& error) {
            problems[row.line] = {row.file, error.what()};
        }
        if (progress) progress(++done);
    }
    PlanCheck check;
    std::set<std::string> machines;
    auto const* const model = all.empty() ? nullptr : &usual(all);
    for (auto const& found : all) {
        auto const& shard = found.shard;
        try {
            require_same_production(*model, shard);
        } catch (InputError const& error) {
            problems[found.row->line] = {shard.path, error.what()};
            continue;
        }
        check.indices += shard.range;
        check.showers += shard.count;
        check.bytes += fs::file_size(shard.path);
        if (auto const isa = shard.attributes.find("isa"); isa != shard.attributes.end())
            machines.insert(isa->second);
    }
    for (auto const& row : plan.shards)
        if (auto const problem = problems.find(row.line); problem != problems.end())
            check.problems.push_back(problem->second);
    check.machines.assign(machines.begin(), machines.end());
    return check;
}

}  // namespace lowcal::data
