#include "core/error.hpp"
#include "graph/shapes/broadcast.hpp"
#include "runtime/lower/lowering.hpp"
#include "runtime/steps/copy_step.hpp"
#include "runtime/steps/float_steps.hpp"

#include <algorithm>

namespace lowcal::runtime {

void Lowering::lower_view(graph::Node const& node)
{
    auto source = value(node.inputs[0]);
    auto const& shape = shapes_.at(node.outputs.front());
    if (shape != source.shape) {
        source = in_order(source, row_major(source.shape.size()), source.element, node.name);
        source.shape = shape;
        source.order = row_major(shape.size());
    }
    define(node.outputs.front(), source);
}

void Lowering::lower_transposition(graph::Node const& node)
{
    auto const source = value(node.inputs[0]);
    auto const rank = source.shape.size();
    std::vector<std::int64_t> reversed;
    for (std::size_t i = rank; i-- > 0;) reversed.push_back(static_cast<std::int64_t>(i));
    auto const permutation = graph::ints_attribute(node, "perm", reversed);
    PlanValue view = source;
    std::vector<std::size_t> new_axis(rank);
    for (std::size_t i = 0; i < rank; ++i) {
        auto const old_axis = static_cast<std::size_t>(permutation[i]);
        view.shape[i] = source.shape[old_axis];
        new_axis[old_axis] = i;
    }
    for (std::size_t i = 0; i < rank; ++i) view.order[i] = new_axis[source.order[i]];
    define(node.outputs.front(), view);
}

Levels Lowering::levels_of(graph::Node const& node) const
{
    auto const* const scale = constant(node.inputs[1]);
    auto const* const zero = node.inputs.size() > 2 ? constant(node.inputs[2]) : nullptr;
    bool const usable = scale != nullptr && scale->floats.size() == 1 &&
                        (zero == nullptr || zero->type == graph::ElementType::uint8);
    if (!usable)
        throw InputError("cannot run " + graph::describe(node),
                         "the runtime takes activations as uint8 with one constant scale");
    return {.scale = scale->floats.front(),
            .zero_point = zero == nullptr ? 0 : static_cast<std::int32_t>(zero->integers.front())};
}

/// Levels and what they stand for are the same tensor here: uint8 with its scale.
void Lowering::lower_quantisation(graph::Node const& node)
{
    auto source = value(node.inputs[0]);
    auto const levels = levels_of(node);
    if (node.op == "DequantizeLinear") {
        if (source.element != Element::uint8 || source.levels != levels)
            throw InputError("cannot run " + graph::describe(node),
                             "it does not undo the QuantizeLinear before it");
        return define(node.outputs.front(), source);
    }
    auto made = new_value(source.shape, source.order, Element::uint8);
    made.levels = levels;
    read(source.buffer);
    add_step(std::make_unique<CopyStep>(
        node.name, CopyStep::Config{.destination = made, .parts = {{.source = source}}}));
    define(node.outputs.front(), made);
}

bool Lowering::lower_binary(graph::Node const& node)
{
    static std::map<std::string, BinaryOperation> const operations{
        {"Add", BinaryOperation::add},
        {"And", BinaryOperation::both},
        {"Div", BinaryOperation::divide},
        {"Equal", BinaryOperation::equal},
        {"Greater", BinaryOperation::greater},
        {"GreaterOrEqual", BinaryOperation::greater_or_equal},
        {"Less", BinaryOperation::less},
        {"LessOrEqual", BinaryOperation::less_or_equal},
        {"Max", BinaryOperation::maximum},
        {"Min", BinaryOperation::minimum},
        {"Mul", BinaryOperation::multiply},
        {"Or", BinaryOperation::either},
        {"PRelu", BinaryOperation::parametric_relu},
        {"Sub", BinaryOperation::subtract},
        {"Sum", BinaryOperation::add}};
    auto const found = operations.find(node.op);
    if (found == operations.end() || node.inputs.size() < 2) return false;
    bool const whole = infos_.at(node.outputs.front()).type != graph::ElementType::float32;
    if (whole && node.op == "Div") return false;  // loses the fraction
    for (auto const& input : node.inputs) {
        auto const* const tensor = constant(input);
        if (tensor != nullptr && tensor->floats.empty()) return false;  // integers
    }
    auto so_far = value(node.inputs[0]);
    for (std::size_t i = 1; i < node.inputs.size(); ++i)
        so_far = add_binary(node, found->second, so_far, value(node.inputs[i]));
    define(node.outputs.front(), so_far);
    return true;
}

/// In the memory order of an operand that has the result's shape: of both, in that of the one whose
/// channels come last, as convolutions read them.
PlanValue Lowering::add_binary(graph::Node const& node, BinaryOperation operation, PlanValue first,
                               PlanValue second)
{
    auto const shape = graph::broadcast(first.shape, second.shape).value();
    auto order = row_major(shape.size());
    for (auto const* const operand : {&first, &second})
        if (operand->shape == shape && same_memory(shape, order, row_major(shape.size())))
            order = operand->order;
    auto const fitting = [&](PlanValue const& operand) {
        return in_order(operand, operand.shape == shape ? order : operand.order, Element::float32,
                        node.name);
    };
    first = fitting(first);
    second = fitting(second);
    auto made = new_value(shape, order, Element::float32);
    read(first.buffer);
    read(second.buffer);
    add_step(std::make_unique<BinaryStep>(
        node.name, BinaryStep::Config{
                       .operation = operation, .first = first, .second = second, .result = made}));
    return made;
}

void Lowering::lower_by_reference(graph::Node const& node)
{
    ReferenceStep::Config config;
    config.graph.name = node.name;
    config.graph.opset = graph_.opset;
    config.graph.nodes = {node};
    std::vector<PlanValue> sources;
    for (auto const& input : node.inputs) {
        bool const known = std::any_of(config.graph.inputs.begin(), config.graph.inputs.end(),
                                       [&](auto const& port) { return port.name == input; });
        if (input.empty() || known || config.graph.constants.contains(input)) continue;
        if (auto const* const tensor = constant(input)) {
            config.graph.constants[input] = *tensor;
            continue;
        }
        sources.push_back(row_major_floats(input, node));
        config.graph.inputs.push_back(
            {.name = input, .type = infos_.at(input).type, .shape = sources.back().shape});
    }
    for (auto const& output : node.outputs) {
        if (output.empty()) continue;
        auto const& shape = shapes_.at(output);
        auto const made = new_value(shape, row_major(shape.size()), Element::float32);
        config.graph.outputs.push_back(
            {.name = output, .type = infos_.at(output).type, .shape = shape});
        config.outputs.push_back(made);
        define(output, made);
    }
    for (auto const& source : sources) read(source.buffer);
    config.inputs = std::move(sources);
    add_step(std::make_unique<ReferenceStep>(node.name, std::move(config)));
}

}  // namespace lowcal::runtime
