#include "workflows/precision/judgement_store.hpp"

#include "core/error.hpp"
#include "core/files/atomic_file.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace lowcal::workflows {
namespace {

using nlohmann::json;
using quantisation::Judgement;

json json_of(std::string const& plan, Judgement const& judgement)
{
    auto criteria = json::array();
    for (auto const& criterion : judgement.criteria)
        criteria.push_back({criterion.name, criterion.shift, criterion.error, criterion.noise});
    return {{"plan", plan}, {"us_per_shower", judgement.us_per_shower}, {"criteria", criteria}};
}

Judgement judgement_of(json const& line)
{
    Judgement judgement{.criteria = {}, .us_per_shower = line.at("us_per_shower")};
    for (auto const& entry : line.at("criteria"))
        judgement.criteria.push_back({.name = entry.at(0),
                                      .shift = entry.at(1),
                                      .error = entry.at(2),
                                      .noise = entry.at(3)});
    return judgement;
}

/// A judgement and its plan; nothing where a line is neither.
std::optional<std::pair<std::string, Judgement>> entry_of(std::string const& line)
{
    try {
        auto const entry = json::parse(line);
        return std::pair{entry.at("plan").get<std::string>(), judgement_of(entry)};
    } catch (json::exception const&) {
        return std::nullopt;
    }
}

struct Lines {
    std::vector<std::string> whole{};
    bool torn = false;  ///< something behind the last end of a line
};

Lines lines_of(std::filesystem::path const& path)
{
    Lines lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        lines.torn = file.eof();
        if (!lines.torn) lines.whole.push_back(std::move(line));
    }
    return lines;
}

}  // namespace

JudgementStore::JudgementStore(std::filesystem::path path, std::string const& identity)
    : path_(std::move(path))
{
    auto const lines = lines_of(path_);
    torn_lines_ = lines.torn ? 1 : 0;
    auto content = json{{"tuning", identity}}.dump() + "\n";
    if (!lines.whole.empty() && is_head(lines.whole.front(), identity)) {
        for (auto const& line : std::span(lines.whole).subspan(1)) {
            auto const entry = entry_of(line);
            torn_lines_ += !entry;
            if (!entry) continue;
            judgements_[entry->first] = entry->second;
            content += line + "\n";
        }
    } else if (!lines.whole.empty()) {  // nothing says what these are judgements of
        torn_lines_ += lines.whole.size();
        auto aside = path_;
        std::filesystem::rename(path_, aside += ".unreadable");
    }
    write_file_atomically(path_, content);
}

bool JudgementStore::is_head(std::string const& line, std::string const& identity) const
{
    auto const head = json::parse(line, nullptr, false);
    if (!head.is_object() || !head.contains("tuning")) return false;
    if (head["tuning"] == identity) return true;
    throw InputError(path_.string() + " holds another tuning", "of another network or settings",
                     "remove it, or give another --out");
}

std::optional<Judgement> JudgementStore::find(std::string const& plan) const
{
    auto const found = judgements_.find(plan);
    return found == judgements_.end() ? std::nullopt : std::optional(found->second);
}

void JudgementStore::keep(std::string const& plan, Judgement const& judgement)
{
    std::ofstream file(path_, std::ios::app);
    file << json_of(plan, judgement).dump() << '\n';
    if (!file.flush()) throw InputError("cannot write " + path_.string());
    judgements_[plan] = judgement;
}

}  // namespace lowcal::workflows
