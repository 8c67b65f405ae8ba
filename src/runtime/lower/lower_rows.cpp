// Rows of numbers that are normalised or reduced, and elements that are picked or interpolated.

#include "graph/shapes/broadcast.hpp"
#include "graph/shapes/layout_arguments.hpp"
#include "graph/shapes/picked_axes.hpp"
#include "graph/shapes/resize_taps.hpp"
#include "runtime/lower/lowering.hpp"
#include "runtime/rows/row_steps.hpp"

#include <algorithm>
#include <numeric>

namespace lowcal::runtime {
namespace {

/// Numbers from an axis on.
std::size_t count_from(graph::Shape const& shape, std::size_t axis)
{
    return elements({shape.begin() + static_cast<std::ptrdiff_t>(axis), shape.end()});
}

std::size_t axis_of(graph::Operands const& operands)
{
    return graph::resolved_axis(operands, graph::int_attribute(operands.node(), "axis", -1),
                                operands.rank(0));
}

/// Constants of this shape stretched over another.
std::vector<float> stretched(graph::Tensor const& tensor, graph::Shape const& shape)
{
    std::vector<float> result;
    for (auto const position : graph::broadcast_positions(tensor.shape, shape))
        result.push_back(tensor.floats[position]);
    return result;
}

}  // namespace

bool Lowering::lower_rows(graph::Node const& node)
{
    if (!node.inputs.empty() && constant(node.inputs[0]) != nullptr && node.op != "Where")
        return false;
    return lower_normalisation(node) || lower_softmax(node) || lower_reduction(node) ||
           lower_resize(node) || lower_pick(node) || lower_where(node) || lower_product(node);
}

bool Lowering::lower_normalisation(graph::Node const& node)
{
    bool const by_row = node.op == "InstanceNormalization";
    if (!by_row && node.op != "LayerNormalization") return false;
    auto const& shape = shapes_.at(node.inputs[0]);
    auto const first = by_row ? 2 : axis_of(operands_of(node));
    auto const* const scale = constant(node.inputs[1]);
    bool const shifted = node.inputs.size() > 2 && !node.inputs[2].empty();
    auto const* const shift = shifted ? constant(node.inputs[2]) : nullptr;
    if (scale == nullptr || (shifted && shift == nullptr)) return false;
    auto const source = value(node.inputs[0]);
    auto const last = channels_last(shape.size());
    auto const order =
        by_row && same_memory(shape, source.order, last) ? last : row_major(shape.size());
    NormaliseStep::Config config{.length = count_from(shape, first),
                                 .epsilon = graph::float_attribute(node, "epsilon", 1e-5F),
                                 .by_row = by_row,
                                 .source = in_order(source, order, Element::float32, node.name),
                                 .result = {}};
    graph::Shape const own =
        by_row ? graph::Shape{shape[1]}
               : graph::Shape(shape.begin() + static_cast<std::ptrdiff_t>(first), shape.end());
    config.scales = stretched(*scale, own);
    config.shifts =
        shift == nullptr ? std::vector<float>(config.scales.size(), 0.0F) : stretched(*shift, own);
    config.result = new_value(shape, order, Element::float32);
    read(config.source.buffer);
    define(node.outputs.front(), config.result);
    add_step(std::make_unique<NormaliseStep>(node.name, std::move(config)));
    return true;
}

/// In a memory order in which the axis comes last.
bool Lowering::lower_softmax(graph::Node const& node)
{
    if (node.op != "Softmax") return false;
    auto const axis = axis_of(operands_of(node));
    auto const source = value(node.inputs[0]);
    auto order = source.order;
    std::erase(order, axis);
    order.push_back(axis);
    SoftmaxStep::Config config{.length = static_cast<std::size_t>(source.shape[axis]),
                               .source = in_order(source, order, Element::float32, node.name),
                               .result = new_value(source.shape, order, Element::float32)};
    read(config.source.buffer);
    define(node.outputs.front(), config.result);
    add_step(std::make_unique<SoftmaxStep>(node.name, std::move(config)));
    return true;
}

/// In a memory order in which the reduced axes come last.
bool Lowering::lower_reduction(graph::Node const& node)
{
    static std::map<std::string, Reduction> const reductions{
        {"GlobalAveragePool", Reduction::mean},    {"GlobalMaxPool", Reduction::largest},
        {"ReduceL1", Reduction::absolute_sum},     {"ReduceL2", Reduction::norm},
        {"ReduceMax", Reduction::largest},         {"ReduceMean", Reduction::mean},
        {"ReduceMin", Reduction::smallest},        {"ReduceSum", Reduction::sum},
        {"ReduceSumSquare", Reduction::square_sum}};
    auto const found = reductions.find(node.op);
    if (found == reductions.end()) return false;
    std::vector<std::size_t> axes;
    auto const& shape = shapes_.at(node.inputs[0]);
    if (node.op.starts_with("Global"))
        for (std::size_t d = 2; d < shape.size(); ++d) axes.push_back(d);
    else
        axes = graph::reduced_axes(operands_of(node));
    if (axes.empty()) return false;
    ReduceStep::Config config{.reduction = found->second, .source = {}, .result = {}};
    AxisOrder order, reduced;
    auto const is_reduced = [&](std::size_t axis) {
        return std::find(axes.begin(), axes.end(), axis) != axes.end();
    };
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        (is_reduced(axis) ? reduced : order).push_back(axis);
    for (auto const axis : reduced) config.count *= static_cast<std::size_t>(shape[axis]);
    order.insert(order.end(), reduced.begin(), reduced.end());
    config.source = in_order(value(node.inputs[0]), order, Element::float32, node.name);
    // What is left is row-major: axes that are kept stand in their order, others are of one.
    auto const& result = shapes_.at(node.outputs.front());
    config.result = new_value(result, row_major(result.size()), Element::float32);
    read(config.source.buffer);
    define(node.outputs.front(), config.result);
    add_step(std::make_unique<ReduceStep>(node.name, std::move(config)));
    return true;
}

bool Lowering::lower_pick(graph::Node const& node)
{
    if (!graph::picks_elements(node)) return false;
    // Resize makes lists of one tap each on the way.
    constexpr std::size_t nearest_bytes =
        sizeof(std::vector<graph::ResizeTap>) + 2 * sizeof(graph::ResizeTap);
    take_lists(node, sizeof(std::int64_t) + (node.op == "Resize" ? nearest_bytes : 0));
    auto const operands = operands_of(node);
    auto const axes = graph::picked_axes(operands);
    if (!axes) return false;
    PickStep::Config config{.source = value(node.inputs[0]), .result = {}};
    if (node.op == "Pad" && operands.has(2)) {
        if (!operands.is_constant(2)) return false;
        config.outside = operands.constant(2, "what it pads with").floats.front();
    }
    // The axis of a single index is gone: in row-major order the rest stays as it is.
    auto const& shape = shapes_.at(node.outputs.front());
    bool const loses_axis = shape.size() != config.source.shape.size();
    if (loses_axis) config.source = row_major_floats(node.inputs[0], node);
    bool const levels = config.source.element == Element::uint8 && config.outside == 0.0F;
    auto const element = levels ? Element::uint8 : Element::float32;  // zero has a level
    config.source = in_order(config.source, config.source.order, element, node.name);
    for (auto const axis : config.source.order) config.axes.push_back((*axes)[axis]);
    config.result =
        new_value(shape, loses_axis ? row_major(shape.size()) : config.source.order, element);
    if (levels) config.result.levels = config.source.levels;
    read(config.source.buffer);
    define(node.outputs.front(), config.result);
    add_step(std::make_unique<PickStep>(node.name, std::move(config)));
    return true;
}

/// Before lists of so many bytes for each place along each axis of the outputs are made.
void Lowering::take_lists(graph::Node const& node, std::size_t bytes)
{
    for (auto const& output : node.outputs)
        for (auto const size : shapes_.at(output))
            lists_.take(graph::element_count({size, static_cast<std::int64_t>(bytes)}),
                        "node '" + node.name + "'");
}

/// Pieces of levels along an axis, as they are.
bool Lowering::split_levels(graph::Node const& node, PlanValue const& source, std::size_t axis)
{
    take_lists(node, sizeof(std::int64_t));
    std::int64_t first = 0;
    for (auto const& output : node.outputs) {
        auto const& shape = shapes_.at(output);
        PickStep::Config config{.source = source, .result = {}};
        for (auto const along : source.order) {
            auto& places = config.axes.emplace_back(static_cast<std::size_t>(shape[along]));
            std::iota(places.begin(), places.end(), along == axis ? first : 0);
        }
        first += shape[axis];
        config.result = new_value(shape, source.order, Element::uint8);
        config.result.levels = source.levels;
        read(source.buffer);
        define(output, config.result);
        add_step(std::make_unique<PickStep>(node.name, std::move(config)));
    }
    return true;
}

/// Axis after axis; those to the nearest element are picked.
bool Lowering::lower_resize(graph::Node const& node)
{
    if (node.op != "Resize" || graph::resizes_to_nearest(node)) return false;
    constexpr std::size_t usual_taps = 4;
    using Tap = InterpolateStep::Tap;
    take_lists(node, sizeof(std::vector<Tap>) + usual_taps * sizeof(Tap));
    auto const axes = graph::resize_axes(operands_of(node));
    auto so_far = value(node.inputs[0]);
    so_far = in_order(so_far, so_far.order, Element::float32, node.name);
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        auto const size = so_far.shape[axis];
        if (axes[axis].output == size && axes[axis].scale == 1.0F) continue;
        InterpolateStep::Config config{
            .length = static_cast<std::size_t>(size), .source = so_far, .result = {}};
        bool behind = false;
        for (auto const other : so_far.order) {
            if (other == axis)
                behind = true;
            else
                (behind ? config.inner : config.outer) *=
                    static_cast<std::size_t>(so_far.shape[other]);
        }
        for (auto const& taps : graph::resize_taps(node, axes[axis], size)) {
            config.taps.emplace_back();
            for (auto const& tap : taps)
                config.taps.back().push_back({static_cast<std::size_t>(tap.source), tap.weight});
        }
        auto shape = so_far.shape;
        shape[axis] = axes[axis].output;
        read(so_far.buffer);
        so_far = new_value(shape, so_far.order, Element::float32);
        config.result = so_far;
        add_step(std::make_unique<InterpolateStep>(node.name, std::move(config)));
    }
    define(node.outputs.front(), so_far);
    return true;
}

bool Lowering::lower_where(graph::Node const& node)
{
    if (node.op != "Where") return false;
    for (auto const& input : node.inputs) {
        auto const* const tensor = constant(input);
        if (tensor != nullptr && tensor->floats.empty()) return false;
    }
    auto const& shape = shapes_.at(node.outputs.front());
    WhereStep::Config config{.condition = row_major_floats(node.inputs[0], node),
                             .chosen = row_major_floats(node.inputs[1], node),
                             .other = row_major_floats(node.inputs[2], node),
                             .result = new_value(shape, row_major(shape.size()), Element::float32)};
    for (auto const* const operand : {&config.condition, &config.chosen, &config.other})
        read(operand->buffer);
    define(node.outputs.front(), config.result);
    add_step(std::make_unique<WhereStep>(node.name, std::move(config)));
    return true;
}

}  // namespace lowcal::runtime
