#include "core/detector/binning_xml.hpp"

#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <optional>
#include <pugixml.hpp>
#include <string_view>
#include <vector>

namespace lowcal {
namespace {

constexpr char const* spaces = " \t\r\n";

std::string_view trimmed(std::string_view text)
{
    auto const first = text.find_first_not_of(spaces);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

/// Nothing where the text is not that number and no more.
template <class Number>
std::optional<Number> number_of(std::string_view text)
{
    text = trimmed(text);
    Number value{};
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// One layer's element; complaints name it.
class LayerElement {
public:
    LayerElement(pugi::xml_node element, std::size_t number, std::string const& label)
        : element_(element), number_(number), label_(label)
    {
    }

    LayerRings rings() const
    {
        if (number_of<std::size_t>(attribute("id")) != number_)
            refuse("its id is '" + attribute("id") + "'; layers are counted from 0 in order");
        LayerRings layer{.edges = edges(), .angles = angles()};
        return layer.rings() == 0 ? LayerRings{} : layer;
    }

private:
    pugi::xml_node element_;
    std::size_t number_;
    std::string const& label_;

    [[noreturn]] void refuse(std::string const& why) const
    {
        throw InputError(label_ + ": layer " + std::to_string(number_), why);
    }

    std::string attribute(char const* name) const
    {
        auto const found = element_.attribute(name);
        if (!found) refuse(std::string("it has no attribute ") + name);
        return found.value();
    }

    std::vector<double> edges() const
    {
        auto const text = attribute("r_edges");
        std::string_view rest = text;
        std::vector<double> edges;
        while (edges.size() <= most_ring_edges) {
            auto const comma = std::min(rest.find(','), rest.size());
            auto const edge = number_of<double>(rest.substr(0, comma));
            if (!edge || !std::isfinite(*edge) || *edge < 0)
                refuse("its r_edges have '" + std::string(rest.substr(0, comma)) +
                       "' in place of a radius");
            if (!edges.empty() && *edge <= edges.back()) refuse("its r_edges do not ascend");
            edges.push_back(*edge);
            if (comma == rest.size()) return edges;
            rest.remove_prefix(comma + 1);
        }
        refuse("it has more than " + std::to_string(most_ring_edges) + " r_edges");
    }

    std::size_t angles() const
    {
        auto const count = number_of<std::size_t>(attribute("n_bin_alpha"));
        if (!count || *count == 0 || *count > most_cells)
            refuse("its n_bin_alpha is '" + attribute("n_bin_alpha") +
                   "', not a whole number from 1 to " + std::to_string(most_cells));
        return *count;
    }
};

std::string names_in(pugi::xml_node root)
{
    std::string names;
    for (auto const element : root.children())
        names += (names.empty() ? "" : ", ") + std::string(element.attribute("name").value());
    return names;
}

pugi::xml_node find_particle(pugi::xml_node root, std::string const& name, std::string const& label)
{
    pugi::xml_node found;
    for (auto const element : root.children()) {
        if (!name.empty() && element.attribute("name").value() != name) continue;
        if (found)
            throw InputError(label, "it has several particles: " + names_in(root),
                             "name one of them behind a colon, as BINNING.xml:photon");
        found = element;
    }
    if (!found && name.empty()) throw InputError(label, "it has no particle");
    if (!found) throw InputError(label, "it has no particle " + name + ", but " + names_in(root));
    return found;
}

std::vector<LayerRings> layers_of(pugi::xml_node particle, std::string const& label)
{
    std::vector<LayerRings> layers;
    for (auto const element : particle.children()) {
        if (layers.size() == most_unlike_layers)
            throw InputError(label,
                             "it has more than " + std::to_string(most_unlike_layers) + " layers");
        layers.push_back(LayerElement(element, layers.size(), label).rings());
    }
    if (std::ranges::all_of(layers, [](LayerRings const& layer) { return layer.rings() == 0; }))
        throw InputError(label, "it has no cells");
    return layers;
}

/// The width of a layer's rings where all have the same, from the axis on.
std::optional<double> width_of_rings(LayerRings const& layer)
{
    if (layer.rings() == 0 || layer.edges.front() != 0.0) return std::nullopt;
    double const width = layer.edges.back() / static_cast<double>(layer.rings());
    constexpr double rounding = 1e-6;  // edges are decimal texts
    for (std::size_t i = 0; i < layer.edges.size(); ++i)
        if (std::abs(layer.edges[i] - width * static_cast<double>(i)) > rounding * width)
            return std::nullopt;
    return width;
}

/// One that has the same rings and angles, and says more of them.
Detector const* find_known(Detector detector)
{
    for (auto const* const known : {&calochallenge_2(), &calochallenge_3()}) {
        detector.axes[0].size = known->axes[0].size;
        if (same_cells(detector, *known)) return known;
    }
    return nullptr;
}

}  // namespace

Detector detector_from_binning(std::string const& text, std::string const& particle,
                               std::string const& label)
{
    pugi::xml_document document;
    auto const parsed = document.load_buffer(text.data(), text.size());
    if (!parsed)
        throw InputError(label, std::string("it is no XML: ") + parsed.description() +
                                    ", at byte " + std::to_string(parsed.offset));
    auto const element = find_particle(document.document_element(), particle, label);
    auto layers = layers_of(element, label);
    Detector detector;
    detector.name = std::string("binning of ") + element.attribute("name").value();
    detector.geometry = Geometry::cylindrical;
    detector.depth = 0;
    std::size_t angles = 0;
    std::size_t rings = 0;
    for (auto const& layer : layers) {
        angles = std::max(angles, layer.angles);
        rings = std::max(rings, layer.rings());
    }
    detector.axes = {Axis{.name = "layer", .cells = layers.size()},
                     Axis{.name = "angle", .cells = angles, .periodic = true},
                     Axis{.name = "radius", .cells = rings}};
    auto const width = width_of_rings(layers.front());
    bool const alike = std::ranges::all_of(
        layers, [&](LayerRings const& layer) { return layer == layers.front(); });
    if (alike && width) {
        detector.axes[1].size = 2.0 * std::numbers::pi / static_cast<double>(angles);
        detector.axes[2].size = *width;
    } else {
        detector.layer_rings = std::move(layers);
    }
    require_sound(detector, label);
    auto const* const known = find_known(detector);
    return known != nullptr ? *known : detector;
}

}  // namespace lowcal
