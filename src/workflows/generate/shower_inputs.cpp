#include "workflows/generate/shower_inputs.hpp"

#include "core/error.hpp"
#include "data/reading/shower_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lowcal::workflows {
namespace {

constexpr ConditionOption drawn[] = {
    {"pdg", RandomStream::pdg, NumberKind::whole, "PDG code of the primaries, or A/B/... in turn"},
    {"theta", RandomStream::theta, NumberKind::any,
     "Angle of the primaries' direction in rad: a number, MIN:MAX or A/B/... in turn"},
    {"phi", RandomStream::phi, NumberKind::any, "The same"},
    {"entry", RandomStream::entry, NumberKind::any,
     "Where the primaries enter, both coordinates in mm: a number or MIN:MAX"}};

ConditionOption const& drawn_of(std::string_view name)
{
    return *std::ranges::find(
        drawn, name, [](ConditionOption const& row) { return std::string_view(row.name); });
}

NumberSource energy_source(InputOptions const& options, Detector const& detector,
                           std::uint64_t seed)
{
    NumberSource::Config const config{.seed = seed, .stream = RandomStream::energy, .unit = "GeV"};
    if (options.file.empty()) return {options.energy, config};
    return {data::ShowerReader(options.file, {.detector = detector}).read_primary_energies(),
            config};
}

NumberSource condition_source(ConditionInfo const& info, InputOptions const& options,
                              Detector const& detector, std::uint64_t seed)
{
    std::string const name(info.name);
    NumberSource::Config const config{.seed = seed,
                                      .stream = drawn_of(name).stream,
                                      .width = info.width,
                                      .unit = name == "pdg" ? "" : std::string(info.unit)};
    if (auto const option = options.values.find(name); option != options.values.end())
        return {option->second, config};
    if (options.file.empty())
        throw InputError("the network needs the showers' " + name, "no --" + name + " is given",
                         "give it, or a file that has it by --energies-from");
    return {data::ShowerReader(options.file, {.detector = detector}).read_condition(info), config};
}

}  // namespace

std::span<ConditionOption const> condition_options()
{
    return drawn;
}

ShowerInputs::ShowerInputs(InputOptions const& options, runtime::ShowerEnsemble const& networks,
                           std::uint64_t seed)
    : file_(options.file), energies_(energy_source(options, networks.detector(), seed))
{
    auto const needed = networks.needed_conditions();
    for (auto const& name : needed)
        conditions_.emplace(
            name, condition_source(*find_condition(name), options, networks.detector(), seed));
    for (auto const& [name, text] : options.values) {
        if (std::ranges::find(needed, name) != needed.end()) continue;
        if (name != "pdg") throw UsageError("--" + name, "the network has no such input");
        // What the primaries are said to be, where the network does not say it itself.
        if (networks.pdg() != 0 && text != std::to_string(networks.pdg()))
            throw UsageError("--pdg", fmt::format("the network is made for {}", networks.pdg()));
    }
    if (conditions_.contains("pdg")) return;
    auto const option = options.values.find("pdg");
    if (option == options.values.end() && networks.pdg() == 0) return;
    auto const text =
        option == options.values.end() ? std::to_string(networks.pdg()) : option->second;
    conditions_.emplace("pdg", NumberSource(text, {.seed = seed, .stream = RandomStream::pdg}));
}

void ShowerInputs::fill(data::ShowerBlock& block, std::uint64_t first, std::size_t count) const
{
    block.primary_energy.resize(count);
    for (std::size_t i = 0; i < count; ++i) block.primary_energy[i] = energies_(first + i);
    for (auto const& [name, source] : conditions_) {
        auto const& info = *find_condition(name);
        auto const width = info.width;
        auto& values = data::condition_of(block, info);
        values.resize(count * width);
        for (std::size_t i = 0; i < count; ++i)
            source(first + i, std::span(values).subspan(i * width, width));
    }
}

std::optional<std::uint64_t> ShowerInputs::limit() const
{
    auto least = energies_.limit();
    for (auto const& [name, source] : conditions_)
        if (auto const limit = source.limit()) least = std::min(least.value_or(*limit), *limit);
    return least;
}

std::optional<std::pair<float, float>> ShowerInputs::range_of(std::string const& condition) const
{
    auto const found = conditions_.find(condition);
    if (found == conditions_.end()) return std::nullopt;
    return found->second.range();
}

std::map<std::string, std::string> ShowerInputs::identity() const
{
    std::map<std::string, std::string> parts{{"energy", energies_.identity()}};
    for (auto const& [name, source] : conditions_) parts[name] = source.identity();
    return parts;
}

Conditions needed_conditions(data::ShowerBlock const& block, std::vector<std::string> const& names)
{
    auto const all = data::conditions_of(block);
    Conditions needed;
    for (auto const& name : names) {
        auto const member = find_condition(name)->values;
        needed.*member = all.*member;
    }
    return needed;
}

}  // namespace lowcal::workflows
