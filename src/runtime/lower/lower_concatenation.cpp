// Concat and DepthToSpace: copies of slices, where one follows the other in one step.

#include "runtime/lower/lowering.hpp"
#include "runtime/steps/copy_step.hpp"

#include <algorithm>
#include <cassert>

namespace lowcal::runtime {
namespace {

/// Axes of an image whose channels are spread over blocks of cells: (N, block row, block column, C,
/// row, column).
constexpr std::size_t spread_channel_axis = 3;
AxisOrder const spread_channels_last{0, 4, 1, 5, 2, 3};

/// [N, C, H, W] as a spread image: each cell is (row, block row), (column, block column).
PlanValue as_spread(PlanValue image, std::int64_t block)
{
    auto const& shape = image.shape;
    AxisOrder order;
    for (auto const axis : image.order) {
        static std::vector<AxisOrder> const axes{{0}, {3}, {4, 1}, {5, 2}};
        order.insert(order.end(), axes[axis].begin(), axes[axis].end());
    }
    image.shape = {shape[0], block, block, shape[1], shape[2] / block, shape[3] / block};
    image.order = order;
    return image;
}

/// Parts of a concatenation in their order.
std::vector<CopyStep::Part> parts_of(std::vector<PlanValue> const& values, std::size_t axis)
{
    std::vector<CopyStep::Part> parts;
    std::int64_t first = 0;
    for (auto const& value : values) {
        parts.push_back({.source = value, .first = first});
        first += value.shape[axis];
    }
    return parts;
}

}  // namespace

/// True if a node joins channels, and none that wait for it are spread over other blocks.
bool Lowering::joins_spread(graph::Node const* node, std::int64_t block) const
{
    if (node == nullptr || node->op != "Concat" || graph::int_attribute(*node, "axis", 0) != 1)
        return false;
    return std::all_of(node->inputs.begin(), node->inputs.end(), [&](std::string const& input) {
        auto const found = spread_.find(input);
        return found == spread_.end() || found->second.shape[1] == block;
    });
}

bool Lowering::lower_depth_to_space(graph::Node const& node)
{
    if (node.op != "DepthToSpace" || constant(node.inputs[0]) != nullptr) return false;
    auto spread = value(node.inputs[0]);
    auto const block = graph::int_attribute(node, "blocksize", 1);
    bool const channels_first = graph::string_attribute(node, "mode", "DCR") == "CRD";
    AxisOrder order;
    for (auto const axis : spread.order) {
        if (axis != 1)
            order.push_back(axis == 0 ? 0 : axis + 2);
        else if (channels_first)
            order.insert(order.end(), {3, 1, 2});
        else
            order.insert(order.end(), {1, 2, 3});
    }
    auto const& shape = spread.shape;
    spread.shape = {shape[0], block, block, shape[1] / (block * block), shape[2], shape[3]};
    spread.order = order;
    auto const& output = node.outputs.front();
    if (joins_spread(sole_consumer(output), block))
        spread_[output] = spread;  // the concatenation puts it where it belongs
    else
        define(output, join_spread(node.name, {spread}, output));
    return true;
}

/// One step that joins spread images along their channels; what it makes is channels last.
PlanValue Lowering::join_spread(std::string const& step, std::vector<PlanValue> const& values,
                                std::string const& output)
{
    auto shape = values.front().shape;
    auto const& image = shapes_.at(output);
    shape[spread_channel_axis] = image[1];
    CopyStep::Config config{.destination = destination_of(values, shape, spread_channels_last),
                            .axis = spread_channel_axis,
                            .parts = parts_of(values, spread_channel_axis)};
    auto made = config.destination;
    made.shape = image;
    made.order = channels_last(image.size());
    for (auto const& value : values) read(value.buffer);
    add_step(std::make_unique<CopyStep>(step, std::move(config)));
    return made;
}

/// Levels of one scale are joined as they are; anything that differs meets in float32.
PlanValue Lowering::destination_of(std::vector<PlanValue> const& values, graph::Shape const& shape,
                                   AxisOrder const& order)
{
    auto const& sample = values.front();
    bool const alike = std::all_of(values.begin(), values.end(), [&](PlanValue const& value) {
        return value.element == sample.element && value.levels == sample.levels;
    });
    auto made = new_value(shape, order, alike ? sample.element : Element::float32);
    if (alike) made.levels = sample.levels;
    return made;
}

void Lowering::lower_concatenation(graph::Node const& node)
{
    auto const& output = node.outputs.front();
    auto const& shape = shapes_.at(output);
    auto const rank = static_cast<std::int64_t>(shape.size());
    auto axis = graph::int_attribute(node, "axis", 0);
    if (axis < 0) axis += rank;
    std::vector<PlanValue> values;
    std::int64_t block = 0;  // of the spread ones
    for (auto const& input : node.inputs) {
        auto const found = spread_.find(input);
        values.push_back(found == spread_.end() ? value(input) : found->second);
        if (found != spread_.end()) block = found->second.shape[1];
    }
    if (block > 0) {
        for (auto& value : values)
            if (value.shape.size() == shape.size()) value = as_spread(value, block);
        return define(output, join_spread(node.name, values, output));
    }
    // Convolutions read channels last; anything else keeps the first part's order.
    auto const order = rank >= 4 ? channels_last(shape.size()) : values.front().order;
    CopyStep::Config config{.destination = destination_of(values, shape, order),
                            .axis = static_cast<std::size_t>(axis),
                            .parts = parts_of(values, static_cast<std::size_t>(axis))};
    for (auto const& value : values) read(value.buffer);
    define(output, config.destination);
    add_step(std::make_unique<CopyStep>(node.name, std::move(config)));
}

}  // namespace lowcal::runtime
