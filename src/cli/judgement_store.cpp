#include "cli/judgement_store.hpp"

#include "core/error.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

namespace lowcal::cli {
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

}  // namespace

JudgementStore::JudgementStore(std::filesystem::path path, std::string const& identity)
    : path_(std::move(path))
{
    std::ifstream file(path_);
    std::string line;
    if (!std::getline(file, line)) {
        file.close();
        std::ofstream fresh(path_);
        fresh << json{{"tuning", identity}}.dump() << '\n';
        if (!fresh.flush()) throw InputError("cannot write " + path_.string());
        return;
    }
    auto const head = json::parse(line, nullptr, false);
    if (head.is_discarded() || head.value("tuning", "") != identity)
        throw InputError(path_.string() + " holds another tuning", "of another network or settings",
                         "remove it, or give another --out");
    while (std::getline(file, line)) {
        auto const entry = json::parse(line, nullptr, false);
        if (!entry.is_discarded()) judgements_[entry.at("plan")] = judgement_of(entry);
    }
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

}  // namespace lowcal::cli
