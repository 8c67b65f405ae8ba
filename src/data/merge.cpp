#include "data/merge.hpp"

#include "core/error.hpp"
#include "core/files/output_path.hpp"
#include "data/writing/production_identity.hpp"
#include "data/writing/shower_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
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
    std::optional<ProductionIdentity> identity;  ///< none: of before there were identities
    Layout layout;
    Detector detector;
    std::uint64_t first;  ///< index
    std::uint64_t range;  ///< indices that the file accounts for
    std::size_t count;    ///< showers in the file
    std::vector<std::string> columns;
};

/// Merging must not alter what a shard holds.
ShowerReader::Config as_it_is()
{
    return {.quiet_cells = QuietCells::kept, .columns = Columns::all};
}

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
void require_exact_account(Shard const& shard, std::vector<std::uint64_t> const& dropped)
{
    auto const problem = "cannot merge " + shard.path.string();
    if (shard.range != shard.count + dropped.size())
        throw InputError(problem, fmt::format("its attribute count is {}, but it holds {} showers",
                                              shard.range, shard.count));
    if (shard.first > UINT64_MAX - (shard.range - 1))
        throw InputError(problem, fmt::format("its attribute first_index is {}", shard.first));
    if (!dropped.empty() &&
        (dropped.front() < shard.first || dropped.back() - shard.first >= shard.range))
        throw InputError(problem, "dropped_showers lists indices beyond its range");
}

Shard inspect(std::filesystem::path const& path, MergeConfig const& config)
{
    ShowerReader const reader(path, as_it_is());
    reader.require_all_carried(config.drop);
    Shard shard{.path = path,
                .attributes = reader.attributes(),
                .identity = {},
                .layout = reader.layout(),
                .detector = reader.detector(),
                .first = 0,
                .range = 0,
                .count = reader.count(),
                .columns = reader.columns()};
    shard.first = require_number(shard.attributes, "first_index", path);
    shard.range = require_number(shard.attributes, "count", path);
    require_exact_account(shard, reader.dropped_showers());
    require_attribute(shard.attributes, "model_sha256", path);
    require_attribute(shard.attributes, "seed", path);
    auto const identity = value_of(shard.attributes, identity_attribute);
    if (!identity.empty()) shard.identity = parse_identity(identity, path);
    return shard;
}

/// What must agree where no identity says what does: all but what each shard has of its own.
ProductionIdentity stand_in_for_identity(Attributes attributes)
{
    for (auto const* own : {"first_index", "count", "isa"}) attributes.erase(own);
    return attributes;
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

/// The shards' ranges, in order, must follow each other.
void require_complete(std::vector<Shard> const& shards)
{
    for (std::size_t i = 1; i < shards.size(); ++i) {
        auto const& before = shards[i - 1];
        auto const& after = shards[i];
        auto const last = before.first + (before.range - 1);  // first + range may be 2^64
        auto const problem =
            fmt::format("cannot merge {} with {}", after.path.string(), before.path.string());
        if (after.first <= last)
            throw InputError(problem, fmt::format("both hold showers {} to {}", after.first,
                                                  std::min(last, after.first + (after.range - 1))));
        if (after.first - last > 1)
            throw InputError(
                problem,
                fmt::format("showers {} to {} between them are missing", last + 1, after.first - 1),
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
    std::uint64_t range = 0;
    for (auto const& shard : shards) range += shard.range;
    joint["first_index"] = std::to_string(shards.front().first);
    joint["count"] = std::to_string(range);
    return joint;
}

/// Appends a shard's showers.
void append_shard(ShowerWriter& writer, Shard const& shard,
                  std::function<void(std::size_t)> const& progress)
{
    ShowerReader reader(shard.path, as_it_is());
    auto const step = showers_per_block(reader.detector());
    for (std::size_t first = 0; first < reader.count(); first += step) {
        writer.append(reader.read(first, step));
        if (progress) progress(writer.count());
    }
    writer.drop(reader.dropped_showers());
}

std::vector<Shard> inspect_all(std::vector<std::filesystem::path> const& inputs,
                               MergeConfig const& config)
{
    std::vector<Shard> shards;
    shards.reserve(inputs.size());
    for (auto const& path : inputs) shards.push_back(inspect(path, config));
    std::sort(shards.begin(), shards.end(), [](Shard const& left, Shard const& right) {
        return std::pair(left.first, left.path) < std::pair(right.first, right.path);
    });
    for (auto const& shard : shards) require_same_production(shards.front(), shard);
    require_complete(shards);
    return shards;
}

}  // namespace

MergeReport merge_shards(std::vector<std::filesystem::path> const& inputs,
                         std::filesystem::path const& output, MergeConfig const& config)
{
    if (inputs.empty()) throw InputError("cannot merge", "no shard is given");
    require_not_an_input(output, inputs);
    auto const shards = inspect_all(inputs, config);
    std::size_t total = 0;
    for (auto const& shard : shards) total += shard.count;
    ShowerWriter writer(output, shards.front().detector,
                        {.layout = shards.front().layout,
                         .compression = config.compression,
                         .provenance = joint_attributes(shards)});
    std::function<void(std::size_t)> progress;
    if (config.progress) progress = [&](std::size_t done) { config.progress(done, total); };
    for (auto const& shard : shards) append_shard(writer, shard, progress);
    writer.close();
    MergeReport report{.showers = total};
    if (!shards.front().identity)
        report.warnings.push_back(
            "these shards were written by an older LowCal, which did not record their energies: "
            "that they belong together is only known by their other attributes");
    return report;
}

}  // namespace lowcal::data
