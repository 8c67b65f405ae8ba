#include "data/production/shard.hpp"

#include "core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace lowcal::data {
namespace {

using Attributes = std::map<std::string, std::string>;

std::string value_of(Attributes const& attributes, std::string const& name)
{
    auto const found = attributes.find(name);
    return found == attributes.end() ? std::string{} : found->second;
}

std::string require_attribute(Attributes const& attributes, std::string const& name,
                              std::filesystem::path const& path)
{
    auto value = value_of(attributes, name);
    if (value.empty())
        throw InputError("cannot merge " + path.string(), "it has no attribute " + name,
                         "merge joins the shards that lowcal generate writes");
    return value;
}

std::uint64_t require_number(Attributes const& attributes, std::string const& name,
                             std::filesystem::path const& path)
{
    auto const text = require_attribute(attributes, name, path);
    std::uint64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size())
        throw InputError("cannot merge " + path.string(),
                         fmt::format("its attribute {} is {}, not a whole number", name, text));
    return number;
}

/// The showers that were dropped lie in the shard's range, and the others are in the file.
void require_exact_account(Shard const& shard)
{
    auto const problem = "cannot merge " + shard.path.string();
    if (shard.range == 0 || shard.range != shard.count + shard.dropped.size())
        throw InputError(problem, fmt::format("its attribute count is {}, but it holds {} showers",
                                              shard.range, shard.count));
    if (shard.first > UINT64_MAX - (shard.range - 1))
        throw InputError(problem, fmt::format("its attribute first_index is {}", shard.first));
    if (!shard.dropped.empty() &&
        (shard.dropped.front() < shard.first || shard.dropped.back() - shard.first >= shard.range))
        throw InputError(problem, "dropped_showers lists indices beyond its range");
}

std::vector<std::string> column_texts(ShowerFileContent const& content)
{
    std::vector<std::string> texts;
    for (auto const& [name, width] : content.columns)
        texts.push_back(fmt::format("{} [{}]", name, width));
    std::sort(texts.begin(), texts.end());
    return texts;
}

/// What must agree where no identity says what does: all but what each shard has of its own.
ProductionIdentity stand_in_for_identity(Attributes attributes)
{
    for (auto const* own : {"first_index", "count", "isa"}) attributes.erase(own);
    return attributes;
}

}  // namespace

Shard inspect_shard(ShardInspector& inspect, std::filesystem::path const& path,
                    std::vector<std::string> const& drop)
{
    auto [content, dropped] = inspect(path);
    require_all_carried(content, path, drop);
    Shard shard{.path = path,
                .attributes = content.attributes,
                .identity = {},
                .layout = content.layout,
                .detector = content.detector,
                .count = content.count,
                .dropped = std::move(dropped),
                .columns = column_texts(content),
                .data_sets = content.data_sets};
    shard.first = require_number(shard.attributes, "first_index", path);
    shard.range = require_number(shard.attributes, "count", path);
    require_exact_account(shard);
    require_attribute(shard.attributes, "model_sha256", path);
    require_attribute(shard.attributes, "seed", path);
    auto const identity = value_of(shard.attributes, identity_attribute);
    if (!identity.empty()) shard.identity = parse_identity(identity, path);
    return shard;
}

void require_same_production(Shard const& one, Shard const& other)
{
    auto const problem =
        fmt::format("cannot merge {} with {}", other.path.string(), one.path.string());
    if (one.identity.has_value() != other.identity.has_value())
        throw InputError(problem,
                         "only one of them records the identity of its production; an older LowCal "
                         "wrote the other",
                         "generate that one again");
    if (one.layout != other.layout)
        throw InputError(problem, fmt::format("the layouts differ: {} and {}",
                                              layout_name(other.layout), layout_name(one.layout)));
    auto const difference = cells_difference(other.detector, one.detector);
    if (!difference.empty()) throw InputError(problem, "the detectors differ: " + difference);
    auto const identity_of = [](Shard const& shard) {
        return shard.identity ? *shard.identity : stand_in_for_identity(shard.attributes);
    };
    auto const differences = identity_differences(identity_of(other), identity_of(one));
    if (!differences.empty())
        throw InputError(problem, "they are of different productions: " + differences);
    for (auto const& [more, less] : {std::pair{&one, &other}, std::pair{&other, &one}})
        for (auto const& column : more->columns)
            if (std::ranges::find(less->columns, column) == less->columns.end())
                throw InputError(
                    problem, fmt::format("only {} has a data set {}", more->path.string(), column));
}

void require_complete(std::vector<Shard> const& shards)
{
    for (std::size_t i = 1; i < shards.size(); ++i) {
        auto const& before = shards[i - 1];
        auto const& after = shards[i];
        auto const last = before.last();
        auto const problem =
            fmt::format("cannot merge {} with {}", after.path.string(), before.path.string());
        if (after.first <= last)
            throw InputError(problem, fmt::format("both hold showers {} to {}", after.first,
                                                  std::min(last, after.last())));
        if (after.first - last > 1)
            throw InputError(
                problem,
                fmt::format("showers {} to {} between them are missing", last + 1, after.first - 1),
                "name all shards, or generate the missing range again");
    }
}

std::vector<Shard> inspect_shards(std::vector<std::filesystem::path> const& paths,
                                  std::vector<std::string> const& drop)
{
    ShardInspector inspect;
    std::vector<Shard> shards;
    shards.reserve(paths.size());
    for (auto const& path : paths) shards.push_back(inspect_shard(inspect, path, drop));
    std::sort(shards.begin(), shards.end(), [](Shard const& left, Shard const& right) {
        return std::pair(left.first, left.path) < std::pair(right.first, right.path);
    });
    for (auto const& shard : shards) require_same_production(shards.front(), shard);
    require_complete(shards);
    return shards;
}

std::map<std::string, std::string> joint_attributes(std::vector<Shard> const& shards)
{
    Attributes joint;
    std::uint64_t range = 0;
    for (auto const& shard : shards) {
        range += shard.range;
        for (auto const& [name, value] : shard.attributes) {
            if (name == "first_index" || name == "count") continue;
            auto& text = joint[name];
            bool const known = (", " + text + ", ").find(", " + value + ", ") != std::string::npos;
            if (!known) text += (text.empty() ? "" : ", ") + value;
        }
    }
    joint["first_index"] = std::to_string(shards.front().first);
    joint["count"] = std::to_string(range);
    return joint;
}

}  // namespace lowcal::data
