// What turns a network's answer into cell energies: one step instead of a score of operators.

#include "runtime/cell_tail/cell_tail_step.hpp"
#include "runtime/lower/lowering.hpp"

#include <algorithm>

namespace lowcal::runtime {
namespace {

/// [layers][cells] -> [cells][layers]
std::vector<float> layers_last(std::vector<float> const& image, std::size_t layers)
{
    auto const cells = image.size() / layers;
    std::vector<float> result(image.size());
    for (std::size_t z = 0; z < layers; ++z)
        for (std::size_t i = 0; i < cells; ++i) result[i * layers + z] = image[z * cells + i];
    return result;
}

/// With the row's numbers `step` apart side by side, the numbers of a cell's layers are, too: place
/// j has number (step j) mod period. More places by `layers` than the period, so that none wraps.
std::vector<std::uint32_t> noise_order(std::int64_t step, std::int64_t period, std::int64_t layers)
{
    std::vector<std::uint32_t> order;
    for (std::int64_t j = 0; j < period + layers; ++j)
        order.push_back(static_cast<std::uint32_t>(j % period * step % period));
    return order;
}

/// Of the number of each cell's first layer: `start` and those after it.
std::vector<std::uint32_t> noise_places(std::vector<std::uint32_t> const& order, std::int64_t start,
                                        std::int64_t period, std::size_t cells)
{
    std::vector<std::uint32_t> place_of(static_cast<std::size_t>(period));
    for (std::size_t j = 0; j < place_of.size(); ++j)
        place_of[order[j]] = static_cast<std::uint32_t>(j);
    std::vector<std::uint32_t> places;
    for (std::size_t i = 0; i < cells; ++i)
        places.push_back(place_of[(static_cast<std::size_t>(start) + i) % place_of.size()]);
    return places;
}

}  // namespace

bool Lowering::can_fuse(graph::CellTailMatch const& tail) const
{
    auto const& shape = shapes_.at(tail.result);
    if (shape.size() != 4 || shapes_.at(tail.answer) != shape ||
        shapes_.at(tail.noise_image) != shape || shapes_.at(tail.noise)[0] != shape[0])
        return false;
    graph::Shape const per_layer{shape[0], shape[1], 1, 1};
    auto const layers = static_cast<std::size_t>(shape[1]);
    graph::Shape const image{shape[1], shape[2], shape[3]};
    bool const shapes_fit =
        shapes_.at(tail.layer_roots) == per_layer && shapes_.at(tail.layer_energies) == per_layer &&
        constant(tail.base)->shape == image && constant(tail.scatter)->shape == image &&
        constant(tail.scatter_low)->shape == image && layers >= CellTail::least_layers &&
        layers <= CellTail::most_layers;
    auto const within = [&](graph::Node const* reader) {
        return std::find(tail.nodes.begin(), tail.nodes.end(), reader) != tail.nodes.end();
    };
    return shapes_fit &&
           std::all_of(tail.nodes.begin(), tail.nodes.end() - 1, [&](graph::Node const* node) {
               auto const& value = node->outputs.front();
               auto const& readers = consumers_.at(value);
               return !kept_.contains(value) && std::all_of(readers.begin(), readers.end(), within);
           });
}

void Lowering::find_cell_tails()
{
    graph::CellTailMatcher const matcher(
        graph_, shapes_, [this](std::string const& name) { return constant(name); });
    for (auto const& node : graph_.nodes) {
        auto tail = matcher.ending_in(node);
        if (!tail || !can_fuse(*tail)) continue;
        fused_.insert(tail->nodes.begin(), tail->nodes.end());
        fused_.erase(&node);
        cell_tails_.emplace(&node, std::move(*tail));
    }
}

bool Lowering::lower_cell_tail(graph::Node const& node)
{
    auto const found = cell_tails_.find(&node);
    if (found == cell_tails_.end()) return false;
    auto const& tail = found->second;
    auto const& shape = shapes_.at(tail.result);
    auto const layers = static_cast<std::size_t>(shape[1]);
    auto const rows = static_cast<std::size_t>(shape[2]);
    auto const columns = static_cast<std::size_t>(shape[3]);
    auto const image = [&](std::string const& name) {
        return layers_last(constant(name)->floats, layers);
    };
    auto const period = shapes_.at(tail.noise).back();
    auto const order = noise_order(tail.noise_step, period, shape[1]);
    CellTailStep::Config config{
        .tail = {.rows = rows, .columns = columns, .layers = layers, .form = tail.form},
        .base = image(tail.base),
        .scatter = image(tail.scatter),
        .scatter_low = image(tail.scatter_low),
        .noise_order = order,
        .noise_places = noise_places(order, tail.noise_start, period, rows * columns),
        .noise = row_major_floats(tail.noise, node),
        .answer = in_order(value(tail.answer), channels_last(4), Element::float32, node.name),
        .layer_roots = row_major_floats(tail.layer_roots, node),
        .layer_energies = row_major_floats(tail.layer_energies, node),
        .result = {}};
    config.result = new_value(shape, channels_last(4), Element::float32);
    for (auto const& source :
         {config.noise, config.answer, config.layer_roots, config.layer_energies})
        read(source.buffer);
    define(tail.result, config.result);
    add_step(std::make_unique<CellTailStep>(node.name, std::move(config)));
    return true;
}

}  // namespace lowcal::runtime
