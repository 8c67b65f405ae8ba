#include "graph/shapes/picked_axes.hpp"

#include "graph/shapes/broadcast.hpp"
#include "graph/shapes/layout_arguments.hpp"
#include "graph/shapes/resize_taps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

namespace lowcal::graph {
namespace {

using Axes = std::vector<PickedAxis>;

PickedAxis all_of(std::int64_t size)
{
    PickedAxis axis(static_cast<std::size_t>(size));
    std::iota(axis.begin(), axis.end(), 0);
    return axis;
}

Axes slice(Operands const& operands)
{
    Axes axes;
    for (auto const& part : slice_axes(operands)) {
        axes.emplace_back();
        for (std::int64_t i = 0; i < part.count; ++i)
            axes.back().push_back(part.start + i * part.step);
    }
    return axes;
}

Axes tile(Operands const& operands)
{
    auto const repeats = tile_repeats(operands);
    Axes axes;
    for (std::size_t d = 0; d < repeats.size(); ++d) {
        auto const once = all_of(operands.shape(0)[d]);
        axes.emplace_back();
        for (std::int64_t i = 0; i < repeats[d]; ++i)
            axes.back().insert(axes.back().end(), once.begin(), once.end());
    }
    return axes;
}

std::int64_t padded_source(std::int64_t place, std::int64_t size, std::string const& mode)
{
    if (place >= 0 && place < size) return place;
    if (mode == "edge") return place < 0 ? 0 : size - 1;
    if (mode == "reflect") return place < 0 ? -place : 2 * (size - 1) - place;
    return outside_picked;
}

Axes pad(Operands const& operands)
{
    auto const pads = pad_axes(operands);
    auto const mode = string_attribute(operands.node(), "mode", "constant");
    Axes axes;
    for (std::size_t d = 0; d < pads.size(); ++d) {
        auto const size = operands.shape(0)[d];
        axes.emplace_back();
        for (auto place = -pads[d].begin; place < size + pads[d].end; ++place)
            axes.back().push_back(padded_source(place, size, mode));
    }
    return axes;
}

Axes resize(Operands const& operands)
{
    auto const sizes = resize_axes(operands);
    Axes axes;
    for (std::size_t d = 0; d < sizes.size(); ++d) {
        axes.emplace_back();
        for (auto const& taps : resize_taps(operands.node(), sizes[d], operands.shape(0)[d]))
            axes.back().push_back(taps.front().source);
    }
    return axes;
}

std::optional<Axes> expand(Operands const& operands)
{
    auto const shape = broadcast(operands.shape(0), operands.integers(1, "the shape"));
    if (!shape || shape->size() != operands.shape(0).size()) return std::nullopt;
    Axes axes;
    for (std::size_t d = 0; d < shape->size(); ++d)
        axes.push_back(operands.shape(0)[d] == 1
                           ? PickedAxis(static_cast<std::size_t>((*shape)[d]), 0)
                           : all_of((*shape)[d]));
    return axes;
}

std::optional<Axes> gather(Operands const& operands)
{
    if (!operands.is_constant(1) || operands.rank(1) > 1) return std::nullopt;
    auto const axis =
        resolved_axis(operands, int_attribute(operands.node(), "axis", 0), operands.rank(0));
    Axes axes;
    for (std::size_t d = 0; d < operands.shape(0).size(); ++d) {
        auto const size = operands.shape(0)[d];
        if (d != axis) {
            axes.push_back(all_of(size));
            continue;
        }
        axes.emplace_back();
        for (auto const index : operands.integers(1, "the indices"))
            axes.back().push_back(gathered_index(operands, index, size));
    }
    return axes;
}

using Picker = std::function<std::optional<Axes>(Operands const&)>;

std::map<std::string, Picker> const& pickers()
{
    static std::map<std::string, Picker> const by_operator{{"Slice", slice},   {"Tile", tile},
                                                           {"Pad", pad},       {"Resize", resize},
                                                           {"Expand", expand}, {"Gather", gather}};
    return by_operator;
}

}  // namespace

std::int64_t gathered_index(Operands const& operands, std::int64_t index, std::int64_t size)
{
    if (index < -size || index >= size)
        operands.reject(fmt::format("its index {} is beyond the {} that there are", index, size));
    return index < 0 ? index + size : index;
}

bool picks_elements(Node const& node)
{
    return pickers().count(node.op) != 0 && (node.op != "Resize" || resizes_to_nearest(node));
}

std::optional<Axes> picked_axes(Operands const& operands)
{
    if (!picks_elements(operands.node())) return std::nullopt;
    return pickers().at(operands.node().op)(operands);
}

}  // namespace lowcal::graph
