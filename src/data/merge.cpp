#include "data/merge.hpp"

#include "core/error.hpp"
#include "data/shower_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace lowcal::data {
namespace {

using Attributes = std::map<std::string, std::string>;

struct Shard {
    std::filesystem::path path;
    Attributes attributes;
    Layout layout;
    std::uint64_t first;
    std::size_t count;
};

constexpr std::array must_agree{"model_sha256", "seed", "precision"};

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

Shard inspect(std::filesystem::path const& path)
{
    ShowerReader const reader(path);
    Shard shard{path, reader.attributes(), reader.layout(), 0, reader.count()};
    shard.first = require_number(shard.attributes, "first_index", path);
    auto const claimed = require_number(shard.attributes, "count", path);
    if (claimed != shard.count)
        throw InputError("cannot merge " + path.string(),
                         fmt::format("its attribute count is {}, but it holds {} showers", claimed,
                                     shard.count));
    if (shard.first > UINT64_MAX - shard.count)
        throw InputError("cannot merge " + path.string(),
                         fmt::format("its attribute first_index is {}", shard.first));
    require_attribute(shard.attributes, "model_sha256", path);
    require_attribute(shard.attributes, "seed", path);
    return shard;
}

void require_same_production(Shard const& one, Shard const& other)
{
    auto const problem =
        fmt::format("cannot merge {} with {}", other.path.string(), one.path.string());
    if (one.layout != other.layout)
        throw InputError(problem, fmt::format("the layouts differ: {} and {}",
                                              layout_name(other.layout), layout_name(one.layout)));
    for (auto const* name : must_agree) {
        auto const here = value_of(one.attributes, name);
        auto const there = value_of(other.attributes, name);
        if (here == there) continue;
        throw InputError(problem, fmt::format("they are of different productions: {} is {} and {}",
                                              name, there.empty() ? "not recorded" : there,
                                              here.empty() ? "not recorded" : here));
    }
}

/// The shards' ranges, in order, must follow each other.
void require_complete(std::vector<Shard> const& shards)
{
    for (std::size_t i = 1; i < shards.size(); ++i) {
        auto const& before = shards[i - 1];
        auto const& after = shards[i];
        auto const end = before.first + before.count;
        if (after.first == end) continue;
        if (after.first < end)
            throw InputError(
                fmt::format("cannot merge {} with {}", after.path.string(), before.path.string()),
                fmt::format("both hold showers {} to {}", after.first,
                            std::min(end, after.first + after.count) - 1));
        throw InputError(
            fmt::format("cannot merge {} with {}", after.path.string(), before.path.string()),
            fmt::format("showers {} to {} between them are missing", end, after.first - 1),
            "name all shards, or generate the missing range again");
    }
}

/// Attributes of the output: those of the shards, differing values joined in order.
Attributes joint_attributes(std::vector<Shard> const& shards)
{
    Attributes joint;
    for (auto const& shard : shards) {
        for (auto const& [name, value] : shard.attributes) {
            auto& text = joint[name];
            bool const known = (", " + text + ", ").find(", " + value + ", ") != std::string::npos;
            if (!known) text += (text.empty() ? "" : ", ") + value;
        }
    }
    std::size_t count = 0;
    for (auto const& shard : shards) count += shard.count;
    joint["first_index"] = std::to_string(shards.front().first);
    joint["count"] = std::to_string(count);
    return joint;
}

/// Data sets that a file may lack; unknown before the first shard.
struct OptionalSets {
    std::optional<bool> seconds{}, entry_points{};
};

void require_as_before(std::optional<bool>& before, bool here, Shard const& shard,
                       char const* data_set)
{
    if (before.value_or(here) != here)
        throw InputError("cannot merge " + shard.path.string(),
                         fmt::format("only some of the shards have a data set {}", data_set));
    before = here;
}

/// Appends a shard's showers; `sets` is what the shards before it carry.
void append_shard(ShowerWriter& writer, Shard const& shard, OptionalSets& sets,
                  std::function<void(std::size_t)> const& progress)
{
    ShowerReader reader(shard.path);
    for (std::size_t first = 0; first < reader.count(); first += showers_per_block) {
        auto const block = reader.read(first, showers_per_block);
        require_as_before(sets.seconds, !block.monte_carlo_seconds.empty(), shard, "cpu_seconds");
        require_as_before(sets.entry_points, !block.entry_point.empty(), shard, "vertex_mm");
        writer.append(block);
        if (progress) progress(writer.count());
    }
}

}  // namespace

std::size_t merge_shards(std::vector<std::filesystem::path> const& inputs,
                         std::filesystem::path const& output, MergeConfig const& config)
{
    if (inputs.empty()) throw InputError("cannot merge", "no shard is given");
    std::vector<Shard> shards;
    for (auto const& path : inputs) shards.push_back(inspect(path));
    std::sort(shards.begin(), shards.end(), [](Shard const& left, Shard const& right) {
        return std::pair(left.first, left.path) < std::pair(right.first, right.path);
    });
    for (auto const& shard : shards) require_same_production(shards.front(), shard);
    require_complete(shards);

    std::size_t total = 0;
    for (auto const& shard : shards) total += shard.count;
    ShowerWriter writer(output, {.layout = shards.front().layout,
                                 .compression = config.compression,
                                 .provenance = joint_attributes(shards)});
    std::function<void(std::size_t)> progress;
    if (config.progress) progress = [&](std::size_t done) { config.progress(done, total); };
    OptionalSets sets;
    for (auto const& shard : shards) append_shard(writer, shard, sets, progress);
    writer.close();
    return total;
}

}  // namespace lowcal::data
