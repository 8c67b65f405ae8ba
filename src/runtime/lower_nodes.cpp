#include "core/error.hpp"
#include "runtime/copy_step.hpp"
#include "runtime/float_steps.hpp"
#include "runtime/lowering.hpp"

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

void Lowering::lower_concatenation(graph::Node const& node)
{
    auto const& shape = shapes_.at(node.outputs.front());
    auto const rank = static_cast<std::int64_t>(shape.size());
    auto axis = graph::int_attribute(node, "axis", 0);
    if (axis < 0) axis += rank;
    CopyStep::Config config;
    config.axis = static_cast<std::size_t>(axis);
    std::int64_t first = 0;
    for (auto const& input : node.inputs) {
        auto const part = value(input);
        config.parts.push_back({.source = part, .first = first});
        first += part.shape[static_cast<std::size_t>(axis)];
    }
    // Convolutions read channels last; anything else keeps the first part's order.
    auto const order = rank >= 4 ? channels_last(shape.size()) : config.parts.front().source.order;
    // Levels of one scale are joined as they are; anything that differs meets in float32.
    auto const& sample = config.parts.front().source;
    bool const alike =
        std::all_of(config.parts.begin(), config.parts.end(), [&](CopyStep::Part const& part) {
            return part.source.element == sample.element && part.source.levels == sample.levels;
        });
    config.destination = new_value(shape, order, alike ? sample.element : Element::float32);
    if (alike) config.destination.levels = sample.levels;
    for (auto const& part : config.parts) read(part.source.buffer);
    define(node.outputs.front(), config.destination);
    add_step(std::make_unique<CopyStep>(node.name, std::move(config)));
}

Levels Lowering::levels_of(graph::Node const& node) const
{
    auto const* const scale = constant(node.inputs[1]);
    auto const* const zero = node.inputs.size() > 2 ? constant(node.inputs[2]) : nullptr;
    bool const usable = scale != nullptr && scale->floats.size() == 1 && zero != nullptr &&
                        zero->type == graph::ElementType::uint8;
    if (!usable)
        throw InputError("cannot run " + graph::describe(node),
                         "the runtime takes activations as uint8 with one constant scale");
    return {.scale = scale->floats.front(),
            .zero_point = static_cast<std::int32_t>(zero->integers.front())};
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

bool Lowering::lower_dense(graph::Node const& node)
{
    bool const gemm = node.op == "Gemm";
    if (!gemm && node.op != "MatMul") return false;
    auto const* const weights = constant(node.inputs[1]);
    bool const plain = weights != nullptr && weights->shape.size() == 2 &&
                       shapes_.at(node.inputs[0]).size() == 2 &&
                       graph::float_attribute(node, "alpha", 1.0F) == 1.0F &&
                       graph::float_attribute(node, "beta", 1.0F) == 1.0F &&
                       graph::int_attribute(node, "transA", 0) == 0;
    if (!plain) return false;
    bool const transposed = gemm && graph::int_attribute(node, "transB", 0) != 0;
    auto const rows = static_cast<std::size_t>(weights->shape[0]);
    auto const columns = static_cast<std::size_t>(weights->shape[1]);
    DenseStep::Config config{.inputs = transposed ? columns : rows,
                             .outputs = transposed ? rows : columns,
                             .weights = weights->floats,
                             .bias = {}};
    if (transposed)
        for (std::size_t o = 0; o < rows; ++o)
            for (std::size_t k = 0; k < columns; ++k)
                config.weights[k * rows + o] = weights->floats[o * columns + k];
    config.bias.assign(config.outputs, 0.0F);
    if (gemm && node.inputs.size() > 2 && !node.inputs[2].empty()) {
        auto const& bias = constant_floats(node, 2);
        if (bias.size() != config.outputs && bias.size() != 1) return false;
        for (std::size_t o = 0; o < config.outputs; ++o)
            config.bias[o] = bias[bias.size() == 1 ? 0 : o];
    }
    auto const source = row_major_floats(node.inputs[0], node);
    auto const made = new_value(shapes_.at(node.outputs.front()), row_major(2), Element::float32);
    read(source.buffer);
    config.rows = static_cast<std::size_t>(source.shape[0]);
    config.source = source.buffer;
    config.destination = made.buffer;
    add_step(std::make_unique<DenseStep>(node.name, std::move(config)));
    define(node.outputs.front(), made);
    return true;
}

bool Lowering::lower_binary(graph::Node const& node)
{
    static std::map<std::string, BinaryOperation> const operations{
        {"Add", BinaryOperation::add},
        {"Sub", BinaryOperation::subtract},
        {"Mul", BinaryOperation::multiply},
        {"Div", BinaryOperation::divide},
        {"Max", BinaryOperation::maximum}};
    auto const found = operations.find(node.op);
    if (found == operations.end() || node.inputs.size() != 2) return false;
    for (auto const& input : node.inputs) {
        auto const* const tensor = constant(input);
        if (tensor != nullptr && tensor->floats.empty()) return false;  // integers
    }
    auto const first = row_major_floats(node.inputs[0], node);
    auto const second = row_major_floats(node.inputs[1], node);
    auto const& shape = shapes_.at(node.outputs.front());
    auto const made = new_value(shape, row_major(shape.size()), Element::float32);
    read(first.buffer);
    read(second.buffer);
    add_step(std::make_unique<BinaryStep>(
        node.name,
        BinaryStep::Config{
            .operation = found->second, .first = first, .second = second, .result = made}));
    define(node.outputs.front(), made);
    return true;
}

void Lowering::lower_by_reference(graph::Node const& node)
{
    ReferenceStep::Config config;
    config.graph.name = node.name;
    config.graph.opset = graph_.opset;
    config.graph.nodes = {node};
    std::vector<PlanValue> sources;
    for (auto const& input : node.inputs) {
        if (input.empty() || config.graph.constants.contains(input)) continue;
        if (auto const* const tensor = constant(input)) {
            config.graph.constants[input] = *tensor;
            continue;
        }
        sources.push_back(row_major_floats(input, node));
        config.graph.inputs.push_back({.name = input, .shape = sources.back().shape});
    }
    for (auto const& output : node.outputs) {
        if (output.empty()) continue;
        auto const& shape = shapes_.at(output);
        auto const made = new_value(shape, row_major(shape.size()), Element::float32);
        config.graph.outputs.push_back({.name = output, .shape = shape});
        config.outputs.push_back(made);
        define(output, made);
    }
    for (auto const& source : sources) read(source.buffer);
    config.inputs = std::move(sources);
    add_step(std::make_unique<ReferenceStep>(node.name, std::move(config)));
}

}  // namespace lowcal::runtime
