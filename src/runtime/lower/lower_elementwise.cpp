// Functions of single elements, sums and pieces: what stands around the convolutions.

#include "graph/shapes/layout_arguments.hpp"
#include "runtime/lower/lowering.hpp"
#include "runtime/steps/elementwise_steps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace lowcal::runtime {
namespace {

/// Exponents and bounds are single constants; anything else goes to the reference.
std::optional<float> single_number(graph::Tensor const* tensor)
{
    if (tensor == nullptr || tensor->floats.size() != 1) return std::nullopt;
    return tensor->floats.front();
}

/// The attributes of activations.
void set_numbers(graph::Node const& node, UnaryStep::Config& config)
{
    if (node.op == "Elu") config.first = graph::float_attribute(node, "alpha", 1.0F);
    if (node.op == "HardSigmoid") {
        config.first = graph::float_attribute(node, "alpha", 0.2F);
        config.second = graph::float_attribute(node, "beta", 0.5F);
    }
    if (node.op == "Selu") {
        config.first = graph::float_attribute(node, "alpha", 1.67326319217681884765625F);
        config.second = graph::float_attribute(node, "gamma", 1.05070102214813232421875F);
    }
}

}  // namespace

bool Lowering::lower_around(graph::Node const& node)
{
    return lower_unary(node) || lower_sum(node) || lower_split(node) || lower_slice(node) ||
           lower_depth_to_space(node);
}

bool Lowering::lower_unary(graph::Node const& node)
{
    static std::map<std::string, UnaryOperation> const operations{
        {"Abs", UnaryOperation::absolute},
        {"Clip", UnaryOperation::clip},
        {"Cos", UnaryOperation::cosine},
        {"Elu", UnaryOperation::elu},
        {"Erf", UnaryOperation::erf},
        {"Exp", UnaryOperation::exponential},
        {"HardSigmoid", UnaryOperation::hard_sigmoid},
        {"HardSwish", UnaryOperation::hard_swish},
        {"LeakyRelu", UnaryOperation::leaky_relu},
        {"Log", UnaryOperation::logarithm},
        {"Neg", UnaryOperation::negate},
        {"Not", UnaryOperation::negation},
        {"Pow", UnaryOperation::power},
        {"Reciprocal", UnaryOperation::reciprocal},
        {"Relu", UnaryOperation::relu},
        {"Selu", UnaryOperation::selu},
        {"Sigmoid", UnaryOperation::sigmoid},
        {"Sin", UnaryOperation::sine},
        {"Softplus", UnaryOperation::softplus},
        {"Softsign", UnaryOperation::softsign},
        {"Sqrt", UnaryOperation::root},
        {"Tanh", UnaryOperation::tanh}};
    auto const found = operations.find(node.op);
    if (found == operations.end() || constant(node.inputs[0]) != nullptr) return false;
    UnaryStep::Config config{.operation = found->second, .source = {}, .result = {}};
    if (node.op == "LeakyRelu") config.first = graph::float_attribute(node, "alpha", 0.01F);
    set_numbers(node, config);
    if (node.op == "Pow") {
        auto const exponent = single_number(constant(node.inputs[1]));
        if (!exponent || constant(node.inputs[1])->shape.size() > 1) return false;
        config.first = *exponent;
        if (*exponent == 1.0F / 3.0F) config.operation = UnaryOperation::cube_root;
        if (*exponent == 2.0F) config.operation = UnaryOperation::square;
    }
    if (node.op == "Clip") {
        auto bound = [&](std::size_t input, float fallback) -> std::optional<float> {
            bool const absent = node.inputs.size() <= input || node.inputs[input].empty();
            return absent ? fallback : single_number(constant(node.inputs[input]));
        };
        auto const low = bound(1, -std::numeric_limits<float>::infinity());
        auto const high = bound(2, std::numeric_limits<float>::infinity());
        if (!low || !high || std::isnan(*low) || std::isnan(*high)) return false;
        config.first = *low;
        config.second = *high;
    }
    auto const source = value(node.inputs[0]);
    if (source.shape != shapes_.at(node.outputs.front())) return false;  // a Pow that broadcasts
    config.source = in_order(source, source.order, Element::float32, node.name);
    config.result = new_value(source.shape, source.order, Element::float32);
    read(config.source.buffer);
    define(node.outputs.front(), config.result);
    add_step(std::make_unique<UnaryStep>(node.name, std::move(config)));
    return true;
}

bool Lowering::lower_sum(graph::Node const& node)
{
    auto const* const axes =
        node.op == "ReduceSum" && node.inputs.size() == 2 ? constant(node.inputs[1]) : nullptr;
    if (axes == nullptr || axes->integers.empty()) return false;
    auto const& shape = shapes_.at(node.inputs[0]);
    auto const rank = static_cast<std::int64_t>(shape.size());
    std::vector<bool> summed(shape.size(), false);
    for (auto const axis : axes->integers)
        summed[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)] = true;
    auto const first = std::find(summed.begin(), summed.end(), true);
    if (std::find(first, summed.end(), false) != summed.end()) return false;  // not innermost
    SumStep::Config config{.source = row_major_floats(node.inputs[0], node), .result = {}};
    for (auto axis = static_cast<std::size_t>(first - summed.begin()); axis < shape.size(); ++axis)
        config.count *= static_cast<std::size_t>(shape[axis]);
    auto const& result = shapes_.at(node.outputs.front());
    config.result = new_value(result, row_major(result.size()), Element::float32);
    read(config.source.buffer);
    define(node.outputs.front(), config.result);
    add_step(std::make_unique<SumStep>(node.name, std::move(config)));
    return true;
}

bool Lowering::lower_split(graph::Node const& node)
{
    if (node.op != "Split" || constant(node.inputs[0]) != nullptr) return false;
    auto const rank = static_cast<std::int64_t>(shapes_.at(node.inputs[0]).size());
    auto const axis = graph::int_attribute(node, "axis", 0);
    if (auto const levels = value(node.inputs[0]); levels.element == Element::uint8)
        return split_levels(node, levels, static_cast<std::size_t>(axis < 0 ? axis + rank : axis));
    SplitStep::Config config{.axis = static_cast<std::size_t>(axis < 0 ? axis + rank : axis),
                             .source = row_major_floats(node.inputs[0], node),
                             .pieces = {}};
    std::int64_t first = 0;
    for (auto const& output : node.outputs) {
        auto const& shape = shapes_.at(output);
        auto const piece = new_value(shape, row_major(shape.size()), Element::float32);
        config.pieces.push_back({.value = piece, .first = first});
        first += shape[config.axis];
        define(output, piece);
    }
    read(config.source.buffer);
    add_step(std::make_unique<SplitStep>(node.name, std::move(config)));
    return true;
}

/// A piece along one axis, its numbers one behind the other.
bool Lowering::lower_slice(graph::Node const& node)
{
    if (node.op != "Slice" || constant(node.inputs[0]) != nullptr) return false;
    auto const axes = graph::slice_axes(operands_of(node));
    auto const& whole = shapes_.at(node.inputs[0]);
    std::optional<std::size_t> cut;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        if (axes[i].start == 0 && axes[i].step == 1 && axes[i].count == whole[i]) continue;
        if (cut || axes[i].step != 1) return false;
        cut = i;
    }
    if (!cut) return define(node.outputs.front(), value(node.inputs[0])), true;
    if (value(node.inputs[0]).element == Element::uint8) return false;  // picked as they are
    auto const& output = node.outputs.front();
    auto const piece = new_value(shapes_.at(output), row_major(whole.size()), Element::float32);
    SplitStep::Config config{.axis = *cut,
                             .source = row_major_floats(node.inputs[0], node),
                             .pieces = {{.value = piece, .first = axes[*cut].start}}};
    read(config.source.buffer);
    add_step(std::make_unique<SplitStep>(node.name, std::move(config)));
    define(output, piece);
    return true;
}

}  // namespace lowcal::runtime
