#include "core/detector/detector_json.hpp"

#include "core/error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>

namespace lowcal {
namespace {

using Json = nlohmann::ordered_json;

Json range_json(EnergyBin const& bin)
{
    return Json::array({bin.low, bin.high});
}

Json axis_json(Axis const& axis)
{
    Json json{{"name", axis.name}, {"cells", axis.cells}};
    if (axis.size > 0) json[axis.periodic ? "size_rad" : "size_mm"] = axis.size;
    if (axis.periodic) json["periodic"] = true;
    return json;
}

Json layer_json(LayerRings const& layer)
{
    return {{"angles", layer.angles}, {"radii_mm", layer.edges}};
}

/// An object of the text; what is wrong with it names its keys.
class Object {
public:
    Object(Json const& json, std::string label) : json_(json), label_(std::move(label))
    {
        if (!json.is_object()) refuse("it is no object");
    }

    [[noreturn]] void refuse(std::string const& why) const { throw InputError(label_, why); }

    void require_known(std::initializer_list<std::string_view> keys) const
    {
        for (auto const& [key, value] : json_.items())
            if (std::ranges::find(keys, key) == keys.end())
                refuse("it has an unknown key '" + key + "'");
    }
    bool has(char const* key) const { return json_.contains(key); }

    Json const& at(char const* key) const
    {
        if (!has(key)) refuse("it has no key '" + std::string(key) + "'");
        return json_.at(key);
    }
    std::string text(char const* key) const
    {
        if (!at(key).is_string()) refuse_value(key, "a text");
        return at(key).get<std::string>();
    }
    double number(char const* key) const
    {
        if (!at(key).is_number()) refuse_value(key, "a number");
        return at(key).get<double>();
    }
    std::size_t count(char const* key) const
    {
        if (!at(key).is_number_integer() || at(key) < 0 || at(key) > most_cells)
            refuse_value(key, "a whole number from 0 to " + std::to_string(most_cells));
        return at(key).get<std::size_t>();
    }
    bool flag(char const* key) const
    {
        if (!has(key)) return false;
        if (!at(key).is_boolean()) refuse_value(key, "true or false");
        return at(key).get<bool>();
    }
    std::vector<double> numbers(char const* key) const
    {
        std::vector<double> values;
        if (!has(key)) return values;
        if (!at(key).is_array()) refuse_value(key, "a list of numbers");
        for (auto const& value : at(key)) {
            if (!value.is_number()) refuse_value(key, "a list of numbers");
            values.push_back(value.get<double>());
        }
        return values;
    }
    EnergyBin range(char const* key) const
    {
        auto const ends = numbers(key);
        if (ends.empty()) return {};
        if (ends.size() != 2) refuse_value(key, "a list of two numbers");
        return {ends[0], ends[1]};
    }

private:
    Json const& json_;
    std::string label_;

    [[noreturn]] void refuse_value(char const* key, std::string const& expected) const
    {
        refuse("its key '" + std::string(key) + "' is not " + expected);
    }
};

Axis axis_from(Json const& json, std::string const& label)
{
    Object const object(json, label + ": an axis");
    object.require_known({"name", "cells", "size_mm", "size_rad", "periodic"});
    Axis axis{.name = object.text("name"),
              .cells = object.count("cells"),
              .size = 0,
              .periodic = object.flag("periodic")};
    char const* const size = axis.periodic ? "size_rad" : "size_mm";
    if (object.has(axis.periodic ? "size_mm" : "size_rad"))
        object.refuse("a periodic axis has a size_rad, another a size_mm");
    if (object.has(size)) axis.size = object.number(size);
    return axis;
}

std::vector<LayerRings> layers_from(Json const& json, std::string const& label)
{
    if (!json.is_array() || json.size() > most_unlike_layers)
        throw InputError(label, "its key 'layers' is not a list of at most " +
                                    std::to_string(most_unlike_layers) + " layers");
    std::vector<LayerRings> layers;
    for (auto const& one : json) {
        Object const object(one, label + ": a layer");
        object.require_known({"angles", "radii_mm"});
        layers.push_back({.edges = object.numbers("radii_mm"), .angles = object.count("angles")});
    }
    return layers;
}

Json parse(std::string const& text, std::string const& label)
{
    if (text.size() > longest_detector_text) throw InputError(label, "the text is too long");
    auto json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) throw InputError(label, "it is no JSON");
    return json;
}

}  // namespace

std::string to_json(Detector const& detector)
{
    Json json{{"name", detector.name},
              {"geometry", detector.geometry == Geometry::cartesian ? "cartesian" : "cylindrical"}};
    json["axes"] = Json::array();
    for (auto const& axis : detector.axes) json["axes"].push_back(axis_json(axis));
    json["depth"] = detector.axes[detector.depth].name;
    for (auto const& layer : detector.layer_rings) json["layers"].push_back(layer_json(layer));
    if (detector.primary_energies != EnergyBin{})
        json["primary_energies_gev"] = range_json(detector.primary_energies);
    if (!detector.energy_edges.empty()) json["energy_edges_gev"] = detector.energy_edges;
    if (detector.low_energies != EnergyBin{})
        json["low_energies_gev"] = range_json(detector.low_energies);
    if (!detector.hit_thresholds.empty()) json["hit_thresholds_gev"] = detector.hit_thresholds;
    if (detector.smallest_cell > 0) json["smallest_cell_gev"] = detector.smallest_cell;
    return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Detector detector_from_json(std::string const& text, std::string const& label)
{
    auto const json = parse(text, label);
    Object const object(json, label);
    object.require_known({"name", "geometry", "axes", "depth", "layers", "primary_energies_gev",
                          "energy_edges_gev", "low_energies_gev", "hit_thresholds_gev",
                          "smallest_cell_gev"});
    Detector detector;
    if (object.has("name")) detector.name = object.text("name");
    auto const geometry = object.text("geometry");
    if (geometry != "cartesian" && geometry != "cylindrical")
        object.refuse("its key 'geometry' is neither cartesian nor cylindrical");
    detector.geometry = geometry == "cartesian" ? Geometry::cartesian : Geometry::cylindrical;
    auto const& axes = object.at("axes");
    if (!axes.is_array() || axes.size() != detector.axes.size())
        object.refuse("its key 'axes' is not a list of three axes");
    for (std::size_t i = 0; i < detector.axes.size(); ++i)
        detector.axes[i] = axis_from(axes[i], label);
    auto const depth = object.text("depth");
    auto const found = std::ranges::find(detector.axes, depth, &Axis::name);
    if (found == detector.axes.end()) object.refuse("its key 'depth' names none of its axes");
    detector.depth = static_cast<std::size_t>(found - detector.axes.begin());
    if (object.has("layers")) detector.layer_rings = layers_from(object.at("layers"), label);
    detector.primary_energies = object.range("primary_energies_gev");
    detector.energy_edges = object.numbers("energy_edges_gev");
    detector.low_energies = object.range("low_energies_gev");
    detector.hit_thresholds = object.numbers("hit_thresholds_gev");
    if (object.has("smallest_cell_gev"))
        detector.smallest_cell = object.number("smallest_cell_gev");
    require_sound(detector, label);
    return detector;
}

}  // namespace lowcal
