#include "validation/report/shower_scene.hpp"

#include "physics/columns.hpp"
#include "validation/report/html_report.hpp"
#include "validation/report/shower_scene_script.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace lowcal::validation {
namespace {

using Point = std::array<double, 3>;

/// Where each cell of a detector stands: across, across, in depth; mm where sizes are known.
std::vector<Point> places_of(Detector const& detector)
{
    auto const size_of = [&](std::size_t axis) {
        auto const size = detector.axes[axis].size;
        return size > 0 ? size : 1.0;
    };
    auto const across = detector.transverse();
    std::array<double, 2> unit{1.0, 1.0};  // of Column::place
    if (detector.geometry == Geometry::cartesian)
        unit = {size_of(across[0]), size_of(across[1])};
    else if (detector.is_grid())
        unit.fill(size_of(detector.axes[across[0]].periodic ? across[1] : across[0]));
    auto const step = detector.is_grid() ? detector.stride(detector.depth) : 1;
    std::vector<Point> places(detector.cells());
    for (auto const& column : physics::columns_of(detector))
        for (std::size_t i = 0; i < column.layers; ++i)
            places[column.first_cell + i * step] = {
                unit[0] * column.place[0], unit[1] * column.place[1],
                size_of(detector.depth) * (static_cast<double>(column.first_layer + i) + 0.5)};
    return places;
}

/// The box that holds all cells.
struct Box {
    Point low, size;
};

Box box_of(std::vector<Point> const& places)
{
    Box box{places.front(), places.front()};
    for (auto const& place : places)
        for (std::size_t i = 0; i < place.size(); ++i) {
            box.low[i] = std::min(box.low[i], place[i]);
            box.size[i] = std::max(box.size[i], place[i]);
        }
    for (std::size_t i = 0; i < box.size.size(); ++i)
        box.size[i] = std::max(box.size[i] - box.low[i], 1e-3);
    return box;
}

/// Decades of the energies that are shown.
struct Decades {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();
};

/// Faint cells beyond so many decades under the brightest have the colour of the faintest.
constexpr double most_decades = 4.0;

Decades decades_of(std::vector<ShowerPair> const& pairs)
{
    Decades decades;
    for (auto const& pair : pairs)
        for (auto const* cells : {&pair.reference.cells, &pair.candidate.cells})
            for (float const cell : *cells) {
                if (!(cell > 0.0F)) continue;
                auto const decade = std::log10(static_cast<double>(cell));
                decades.low = std::min(decades.low, decade);
                decades.high = std::max(decades.high, decade);
            }
    decades.low = std::max(decades.low, decades.high - most_decades);
    return decades;
}

nlohmann::json shower_json(std::string const& name, data::ShowerBlock const& shower,
                           std::vector<Point> const& places, Decades const& decades)
{
    auto const box = box_of(places);
    auto cells = nlohmann::json::array();
    for (std::size_t i = 0; i < shower.cells.size(); ++i) {
        if (!(shower.cells[i] > 0.0F)) continue;
        for (std::size_t axis = 0; axis < 3; ++axis)
            cells.push_back(std::lround(1000 * (places[i][axis] - box.low[axis]) / box.size[axis]));
        auto const above = std::log10(static_cast<double>(shower.cells[i])) - decades.low;
        cells.push_back(std::lround(100 * std::max(0.0, above)));
    }
    return {{"text", fmt::format("{}: {:.4g} GeV, {} cells", name, shower.primary_energy[0],
                                 cells.size() / 4)},
            {"cells", std::move(cells)}};
}

/// Whatever users name: within a script nothing ends it.
std::string within_script(std::string const& text)
{
    std::string result;
    for (char const letter : text)
        if (letter == '<')
            result += "\\u003c";
        else
            result += letter;
    return result;
}

}  // namespace

std::string shower_scene(std::vector<ShowerPair> const& pairs)
{
    auto const decades = decades_of(pairs);
    if (pairs.empty() || !std::isfinite(decades.high)) return "";
    auto const places = places_of(pairs.front().detector);
    nlohmann::json scene{{"box", box_of(places).size},
                         {"span", std::lround(100 * std::max(decades.high - decades.low, 0.01))},
                         {"pairs", nlohmann::json::array()}};
    std::string choices;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        auto const& pair = pairs[i];
        scene["pairs"].push_back(
            {{"reference", shower_json(pair.reference_name, pair.reference, places, decades)},
             {"candidate", shower_json(pair.candidate_name, pair.candidate, places, decades)}});
        choices += fmt::format("<option value=\"{}\">{}</option>", i, escaped(pair.candidate_name));
    }
    return fmt::format(
        "<h2>Showers to turn about</h2>\n<p><label>Beside {}: <select id=\"scene-choice\">{}"
        "</select></label></p>\n<div class=\"scene\"><figure><canvas id=\"scene-reference\" "
        "tabindex=\"0\" aria-label=\"Shower of the reference\"></canvas><figcaption "
        "id=\"scene-name-reference\"></figcaption></figure><figure><canvas id=\"scene-candidate\" "
        "tabindex=\"0\" aria-label=\"Shower of the candidate\"></canvas><figcaption "
        "id=\"scene-name-candidate\"></figcaption></figure></div>\n<p class=\"quiet\">Single "
        "showers "
        "of the same energy, as far as there are; drag, or use the arrow keys. Cells above zero, "
        "dark and large where hot: {:.3g} to {:.3g} MeV.</p>\n<script type=\"application/json\" "
        "id=\"scene-data\">{}</script>\n<script>{}</script>\n",
        escaped(pairs.front().reference_name), choices, std::pow(10.0, decades.low + 3),
        std::pow(10.0, decades.high + 3), within_script(scene.dump()), scene_script);
}

}  // namespace lowcal::validation
