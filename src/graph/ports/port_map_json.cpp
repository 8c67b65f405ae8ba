#include "core/detector/detector_file.hpp"
#include "core/detector/detector_json.hpp"
#include "core/error.hpp"
#include "graph/ports/port_map.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <sstream>

namespace lowcal::graph {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Larger than any that is meant.
constexpr std::uintmax_t longest_ports_file = std::uintmax_t{1} << 20;

struct Unit {
    char const* name;
    char const* of;     ///< "energy" or the condition that it is of
    double in_our_own;  ///< GeV, rad, mm
};
constexpr std::array<Unit, 9> units{{{"GeV", "energy", 1.0},
                                     {"MeV", "energy", 1e-3},
                                     {"keV", "energy", 1e-6},
                                     {"TeV", "energy", 1e3},
                                     {"rad", "angle", 1.0},
                                     {"deg", "angle", 0.017453292519943295},
                                     {"mm", "entry", 1.0},
                                     {"cm", "entry", 10.0},
                                     {"m", "entry", 1000.0}}};

struct FunctionName {
    char const* name;
    PartFunction function;
};
constexpr std::array<FunctionName, 5> functions{{{"log", PartFunction::log},
                                                 {"log10", PartFunction::log10},
                                                 {"sqrt", PartFunction::sqrt},
                                                 {"cos", PartFunction::cos},
                                                 {"sin", PartFunction::sin}}};

constexpr char const* roles_text =
    "roles are latent (or normal), uniform, energy, pdg, theta, phi, entry, constant";

/// An object of the file; what is wrong with it names its keys.
class Object {
public:
    Object(Json const& json, std::string label) : json_(json), label_(std::move(label))
    {
        if (!json.is_object()) refuse("it is no object");
    }
    [[noreturn]] void refuse(std::string const& why, std::string const& advice = {}) const
    {
        throw InputError(label_, why, advice);
    }
    void require_known(std::vector<std::string> const& keys) const
    {
        for (auto const& [key, value] : json_.items())
            if (std::ranges::find(keys, key) == keys.end())
                refuse("it has an unknown key '" + key + "'",
                       fmt::format("known are {}", fmt::join(keys, ", ")));
    }
    bool has(char const* key) const { return json_.contains(key); }
    Json const& at(char const* key) const
    {
        if (!has(key)) refuse("it has no key '" + std::string(key) + "'");
        return json_.at(key);
    }
    std::string text(char const* key, std::string fallback) const
    {
        if (!has(key)) return fallback;
        if (!at(key).is_string()) refuse(fmt::format("'{}' is no text", key));
        return at(key).get<std::string>();
    }
    double number(char const* key, double fallback) const
    {
        if (!has(key)) return fallback;
        if (!at(key).is_number() || !std::isfinite(at(key).get<double>()))
            refuse(fmt::format("'{}' is no number", key));
        return at(key).get<double>();
    }
    double divisor(char const* key, double fallback) const
    {
        auto const value = number(key, fallback);
        if (value == 0.0) refuse(fmt::format("'{}' is 0", key));
        return value;
    }
    std::vector<double> numbers(char const* key) const
    {
        auto const& json = at(key);
        if (json.is_number()) return {json.get<double>()};
        if (!json.is_array() || json.empty())
            refuse(fmt::format("'{}' is no list of numbers", key));
        std::vector<double> values;
        for (auto const& value : json) {
            if (!value.is_number()) refuse(fmt::format("'{}' is no list of numbers", key));
            values.push_back(value.get<double>());
        }
        return values;
    }

private:
    Json const& json_;
    std::string label_;
};

/// What one of the network's units of `kind` is in ours; 1 where none is said.
double unit_of(Object const& object, std::string const& kind)
{
    auto const name = object.text("unit", "");
    if (name.empty()) return 1.0;
    for (auto const& unit : units)
        if (name == unit.name && kind == unit.of) return unit.in_our_own;
    object.refuse("'unit' is '" + name + "', which is none of " + kind);
}

std::string unit_kind(PortPart const& part)
{
    if (part.role == PartRole::energy) return "energy";
    if (part.condition == nullptr) return "a number without unit";
    return part.condition->name == "entry" ? "entry"
           : part.condition->name == "pdg" ? "a number without unit"
                                           : "angle";
}

void set_role(PortPart& part, Object const& object, std::string const& role)
{
    if (role == "latent" || role == "normal")
        part.role = PartRole::normal;
    else if (role == "uniform")
        part.role = PartRole::uniform;
    else if (role == "energy")
        part.role = PartRole::energy;
    else if (role == "constant")
        part.role = PartRole::constant;
    else if ((part.condition = find_condition(role)) != nullptr)
        part.role = PartRole::condition;
    else
        object.refuse("'role' is '" + role + "'", roles_text);
}

void set_function(PortPart& part, Object const& object)
{
    auto const name = object.text("function", "");
    if (name.empty()) return;
    for (auto const& row : functions)
        if (name == row.name) part.function = row.function;
    if (part.function == PartFunction::none)
        object.refuse("'function' is '" + name + "'", "known are log, log10, sqrt, cos, sin");
}

PortPart part_of(Json const& json, std::string const& label)
{
    Json const whole = json.is_string() ? Json{{"role", json}} : json;
    Object const object(whole, label);
    object.require_known({"role", "width", "unit", "divide_by", "function", "scale", "add",
                          "values", "one_hot", "low", "high"});
    PortPart part;
    set_role(part, object, object.text("role", ""));
    auto const width = object.number("width", 0);
    if (width < 0 || width != std::floor(width) || width > static_cast<double>(most_cells))
        object.refuse("'width' is no number of numbers");
    part.width = static_cast<std::size_t>(width);
    part.divide_by = object.divisor("divide_by", 1.0) * unit_of(object, unit_kind(part));
    set_function(part, object);
    part.scale = object.number("scale", 1.0);
    part.add = object.number("add", 0.0);
    if (part.role == PartRole::constant) part.values = object.numbers("values");
    if (part.role != PartRole::constant && object.has("values"))
        object.refuse("'values' are of constants alone");
    if (object.has("one_hot")) {
        if (part.condition == nullptr || part.condition->name != "pdg")
            object.refuse("'one_hot' is of pdg alone");
        part.one_hot = object.numbers("one_hot");
    }
    if (object.has("low") || object.has("high")) {
        if (part.role != PartRole::uniform) object.refuse("'low' and 'high' are of uniform alone");
        part.add = object.number("low", 0.0);
        part.scale = object.number("high", 1.0) - part.add;
    }
    return part;
}

MappedInput input_of(std::string const& name, Json const& json, std::string const& label)
{
    MappedInput input{name, {}};
    if (!json.is_array()) {
        input.parts.push_back(part_of(json, label));
        return input;
    }
    for (std::size_t i = 0; i < json.size(); ++i)
        input.parts.push_back(part_of(json[i], fmt::format("{}, part {}", label, i)));
    if (input.parts.empty()) throw InputError(label, "it has no parts");
    return input;
}

MappedOutput output_of(Json const& json, std::string const& label)
{
    Object const object(json, label);
    object.require_known({"name", "axes", "unit", "divide_by", "power", "times", "crop"});
    MappedOutput output{.name = object.text("name", "")};
    output.divide_by = object.divisor("divide_by", 1.0) / unit_of(object, "energy");
    output.power = object.divisor("power", 1.0);
    if (object.has("crop"))
        for (auto const cells : object.numbers("crop")) {
            if (!(cells >= 1 && cells <= static_cast<double>(most_cells)) ||
                cells != std::floor(cells))
                object.refuse("'crop' is no list of numbers of cells");
            output.crop.push_back(static_cast<std::size_t>(cells));
        }
    auto const times = object.text("times", "");
    if (!times.empty() && times != "energy")
        object.refuse("'times' is '" + times + "'", "it may be energy");
    output.times_energy = !times.empty();
    if (!object.has("axes")) return output;
    if (!object.at("axes").is_array()) object.refuse("'axes' is no list of names");
    for (auto const& axis : object.at("axes")) {
        if (!axis.is_string()) object.refuse("'axes' is no list of names");
        output.axes.push_back(axis.get<std::string>());
    }
    return output;
}

Detector detector_of(Json const& json, std::string const& label, fs::path const& folder)
{
    if (json.is_string()) return read_detector(folder / json.get<std::string>());
    return detector_from_json(json.dump(), label + ": detector");
}

Json json_of(PortPart const& part)
{
    Json json;
    json["role"] = part.role == PartRole::normal     ? "latent"
                   : part.role == PartRole::uniform  ? "uniform"
                   : part.role == PartRole::energy   ? "energy"
                   : part.role == PartRole::constant ? "constant"
                                                     : std::string(part.condition->name);
    if (part.width != 0) json["width"] = part.width;
    if (part.divide_by != 1.0) json["divide_by"] = part.divide_by;
    for (auto const& row : functions)
        if (row.function == part.function) json["function"] = row.name;
    if (part.scale != 1.0) json["scale"] = part.scale;
    if (part.add != 0.0) json["add"] = part.add;
    if (!part.values.empty()) json["values"] = part.values;
    if (!part.one_hot.empty()) json["one_hot"] = part.one_hot;
    return json;
}

}  // namespace

PortMap port_map_from_json(std::string const& text, std::string const& label,
                           fs::path const& folder)
{
    auto const json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) throw InputError(label, "it is no JSON");
    Object const object(json, label);
    object.require_known({"inputs", "output", "detector"});
    PortMap map;
    Json const none = Json::object();
    auto const& inputs = object.has("inputs") ? object.at("inputs") : none;
    if (!inputs.is_object()) object.refuse("'inputs' is no object");
    for (auto const& [name, parts] : inputs.items())
        map.inputs.push_back(input_of(name, parts, label + ": input '" + name + "'"));
    if (object.has("output")) map.output = output_of(object.at("output"), label + ": output");
    if (object.has("detector")) map.detector = detector_of(object.at("detector"), label, folder);
    return map;
}

PortMap read_port_map(fs::path const& file)
{
    std::error_code failure;
    auto const bytes = fs::file_size(file, failure);
    if (failure) throw InputError("cannot open " + file.string(), failure.message());
    if (bytes > longest_ports_file)
        throw InputError(file.string(), "it is too large for a ports file");
    std::ifstream stream(file);
    std::stringstream text;
    text << stream.rdbuf();
    return port_map_from_json(text.str(), file.string(), file.parent_path());
}

std::string to_json(PortMap const& map)
{
    std::string text = "{\"inputs\": {";
    for (std::size_t i = 0; i < map.inputs.size(); ++i) {
        auto const& input = map.inputs[i];
        Json parts = Json::array();
        for (auto const& part : input.parts) parts.push_back(json_of(part));
        auto const escaped = Json(input.name).dump(-1, ' ', true, Json::error_handler_t::replace);
        text += fmt::format("{}{}: {}", i == 0 ? "" : ",\n            ", escaped,
                            (parts.size() == 1 ? parts[0] : parts).dump());
    }
    Json output;
    output["name"] = map.output.name;
    if (!map.output.axes.empty()) output["axes"] = map.output.axes;
    if (map.output.divide_by != 1.0) output["divide_by"] = map.output.divide_by;
    if (map.output.power != 1.0) output["power"] = map.output.power;
    if (map.output.times_energy) output["times"] = "energy";
    if (!map.output.crop.empty()) output["crop"] = map.output.crop;
    return text + "},\n \"output\": " + output.dump(-1, ' ', true, Json::error_handler_t::replace) +
           "}";
}

}  // namespace lowcal::graph
