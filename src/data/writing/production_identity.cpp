#include "data/writing/production_identity.hpp"

#include "core/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>

namespace lowcal::data {
namespace {

std::string value_of(ProductionIdentity const& identity, std::string const& name)
{
    auto const found = identity.find(name);
    return found == identity.end() ? "not recorded" : found->second;
}

}  // namespace

std::string identity_text(ProductionIdentity const& identity)
{
    return nlohmann::json(identity).dump();
}

ProductionIdentity parse_identity(std::string const& text, std::filesystem::path const& file)
{
    auto const problem =
        fmt::format("cannot read {}: attribute {}", file.string(), identity_attribute);
    auto const json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) throw InputError(problem, "it is no JSON object");
    ProductionIdentity identity;
    for (auto const& [name, value] : json.items()) {
        if (!value.is_string()) throw InputError(problem, "its values are not all strings");
        identity[name] = value.get<std::string>();
    }
    return identity;
}

std::string identity_differences(ProductionIdentity const& found, ProductionIdentity const& wanted)
{
    std::set<std::string> names;
    for (auto const& [name, value] : found) names.insert(name);
    for (auto const& [name, value] : wanted) names.insert(name);
    std::string text;
    for (auto const& name : names) {
        auto const here = value_of(found, name);
        auto const there = value_of(wanted, name);
        if (here == there) continue;
        text += fmt::format("{}{} is {}, not {}", text.empty() ? "" : "; ", name, here, there);
    }
    return text;
}

}  // namespace lowcal::data
