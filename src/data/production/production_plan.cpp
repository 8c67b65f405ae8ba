#include "data/production/production_plan.hpp"

#include "core/error.hpp"
#include "core/number_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <utility>

namespace lowcal::data {
namespace {

namespace fs = std::filesystem;
using Fields = std::vector<std::string>;

constexpr std::uintmax_t most_bytes = std::uintmax_t{1} << 30U;

[[noreturn]] void refuse(fs::path const& plan, std::size_t line, std::string const& why)
{
    throw InputError(fmt::format("cannot read the plan {}, line {}", plan.string(), line), why);
}

/// The fields of a line; none where a quote is not closed.
std::optional<Fields> fields_of(std::string const& line)
{
    Fields fields(1);
    bool quoted = false;
    for (std::size_t at = 0; at < line.size(); ++at) {
        char const letter = line[at];
        if (letter == '"' && quoted && at + 1 < line.size() && line[at + 1] == '"')
            fields.back() += line[++at];
        else if (letter == '"')
            quoted = !quoted;
        else if (letter == ',' && !quoted)
            fields.emplace_back();
        else
            fields.back() += letter;
    }
    if (quoted) return std::nullopt;
    return fields;
}

/// Reads rows under the names of the first line.
class PlanReader {
public:
    explicit PlanReader(fs::path const& path) : path_(path), file_(path, std::ios::binary)
    {
        std::error_code error;
        if (!fs::is_regular_file(path, error) || !file_)
            throw InputError("cannot read the plan " + path.string(),
                             "it is no file that is there");
        if (fs::file_size(path) > most_bytes)
            throw InputError("cannot read the plan " + path.string(), "it is larger than 1 GiB");
        names_ = next().value_or(Fields{});
        for (auto const* name : {"first", "count", "file"})
            if (std::ranges::count(names_, name) != 1)
                refuse(path_, 1, fmt::format("it does not name one column {}", name));
    }

    std::vector<PlannedShard> rows()
    {
        std::vector<PlannedShard> rows;
        while (auto const fields = next()) {
            if (fields->size() != names_.size())
                refuse(path_, line_,
                       fmt::format("it has {} fields, line 1 names {}", fields->size(),
                                   names_.size()));
            rows.push_back(row_of(*fields));
        }
        if (rows.empty()) throw InputError("the plan " + path_.string(), "it has no shards");
        return rows;
    }

private:
    fs::path path_;
    std::ifstream file_;
    Fields names_;
    std::size_t line_ = 0;

    /// The next line that is not empty.
    std::optional<Fields> next()
    {
        std::string line;
        while (std::getline(file_, line)) {
            ++line_;
            if (!line.empty() && line.back() == '\r') line.pop_back();
            if (line.empty()) continue;
            auto fields = fields_of(line);
            if (!fields) refuse(path_, line_, "a quote is not closed");
            return fields;
        }
        return std::nullopt;
    }

    std::uint64_t number(std::string const& name, std::string const& text) const
    {
        auto const number = parse_number<std::uint64_t>(text);
        if (!number) refuse(path_, line_, fmt::format("{} '{}' is no whole number", name, text));
        return *number;
    }

    PlannedShard row_of(Fields const& fields) const
    {
        PlannedShard row{.file = {}, .wanted = {}, .line = line_};
        for (std::size_t i = 0; i < fields.size(); ++i) {
            auto const& name = names_[i];
            if (name == "first")
                row.first = number(name, fields[i]);
            else if (name == "count")
                row.count = number(name, fields[i]);
            else if (name == "file")
                row.file = fields[i].empty() ? fs::path() : path_.parent_path() / fields[i];
            else if (!fields[i].empty())
                row.wanted[name] = fields[i];
        }
        if (row.file.empty()) refuse(path_, line_, "it names no file");
        if (row.count == 0) refuse(path_, line_, "count is 0");
        if (row.first > UINT64_MAX - (row.count - 1))
            refuse(path_, line_, "its last index would be beyond 2^64");
        return row;
    }
};

void require_files_apart(ProductionPlan const& plan)
{
    std::map<fs::path, std::size_t> lines;
    for (auto const& shard : plan.shards)
        if (auto const [known, fresh] = lines.emplace(shard.file.lexically_normal(), shard.line);
            !fresh)
            throw InputError(fmt::format("the plan {}", plan.path.string()),
                             fmt::format("lines {} and {} name one file, {}", known->second,
                                         shard.line, shard.file.string()));
}

void require_ranges(ProductionPlan const& plan)
{
    auto const problem = fmt::format("the plan {}", plan.path.string());
    for (std::size_t i = 1; i < plan.shards.size(); ++i) {
        auto const& before = plan.shards[i - 1];
        auto const& after = plan.shards[i];
        auto const last = before.last();
        if (after.first <= last)
            throw InputError(
                problem,
                fmt::format("lines {} and {} overlap: both have showers {} to {}", before.line,
                            after.line, after.first, std::min(last, after.last())));
        if (after.first - last > 1)
            throw InputError(problem,
                             fmt::format("showers {} to {} are missing between lines {} and {}",
                                         last + 1, after.first - 1, before.line, after.line));
    }
}

}  // namespace

ProductionPlan read_plan(fs::path const& path)
{
    ProductionPlan plan{.path = path, .shards = PlanReader(path).rows()};
    std::ranges::sort(plan.shards, [](PlannedShard const& one, PlannedShard const& other) {
        return std::pair(one.first, one.line) < std::pair(other.first, other.line);
    });
    require_files_apart(plan);
    require_ranges(plan);
    return plan;
}

}  // namespace lowcal::data
