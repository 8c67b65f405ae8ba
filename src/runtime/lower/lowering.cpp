#include "runtime/lower/lowering.hpp"

#include "core/error.hpp"
#include "graph/model/element_type.hpp"
#include "graph/reference/reference.hpp"
#include "graph/shapes/shape_inference.hpp"
#include "runtime/steps/copy_step.hpp"

#include <algorithm>

namespace lowcal::runtime {

Lowering::Lowering(graph::Graph const& graph, Plan::Config const& config)
    : settled_(graph::at_batch(graph, config.batch)),
      graph_(settled_ ? *settled_ : graph),
      config_(config),
      infos_(graph::infer_values(graph_, config.batch))
{
    for (auto const& [name, info] : infos_) shapes_[name] = info.shape;
    for (auto const& node : graph_.nodes)
        for (auto const& input : node.inputs) consumers_[input].push_back(&node);
    for (auto const& output : graph.outputs) kept_.insert(output.name);
    kept_.insert(config.watched.begin(), config.watched.end());
    fold_constants();
}

void Lowering::fold_constants()
{
    for (auto const& node : graph_.nodes) {
        bool const folds =
            node.op == "QuantizeLinear" || node.op == "DequantizeLinear" || node.op == "Cast";
        if (!folds || constant(node.inputs[0]) == nullptr) continue;
        auto const& output = node.outputs.front();
        auto const type = constant(node.inputs[0])->type;
        fused_.insert(&node);
        if (type == graph::ElementType::bfloat16) bfloat16_constants_.insert(output);
        if (node.op == "DequantizeLinear" && type == graph::ElementType::int8)
            int8_constants_[output] = &node;
        else
            fold(node);
    }
}

void Lowering::fold(graph::Node const& node) const
{
    graph::Graph one;
    one.name = node.name;
    one.opset = graph_.opset;
    one.nodes = {node};
    for (auto const& input : node.inputs)
        if (auto const* const tensor = constant(input)) one.constants[input] = *tensor;
    auto const& output = node.outputs.front();
    auto const& info = infos_.at(output);
    one.outputs = {{.name = output, .type = info.type, .shape = info.shape}};
    budget_.take(graph::element_count(info.shape) * std::int64_t{sizeof(float)},
                 "the constant '" + output + "'");
    folded_[output] = graph::run_reference(one, {}).at(output);
}

LoweredGraph Lowering::run()
{
    count_convolutions();
    find_cell_tails();
    add_inputs();
    for (auto const& node : graph_.nodes)
        if (!fused_.contains(&node)) lower(node);
    add_outputs();
    return std::move(result_);
}

/// What runs is float32, or levels between a QuantizeLinear and its DequantizeLinear; conditions
/// and places are kept as float32, which is exact up to 2^24.
void Lowering::require_types(graph::Node const& node) const
{
    static std::set<std::string> const take_levels{
        "Concat",   "DepthToSpace", "DequantizeLinear", "Dropout",   "Flatten",
        "Identity", "Reshape",      "Squeeze",          "Transpose", "Unsqueeze"};
    auto const is_plain = [](graph::ElementType type) {
        return type == graph::ElementType::float32 || type == graph::ElementType::boolean ||
               type == graph::ElementType::int32 || type == graph::ElementType::int64;
    };
    for (auto const& output : node.outputs) {
        auto const type = infos_.at(output).type;
        bool const levels = type == graph::ElementType::uint8 &&
                            (node.op == "QuantizeLinear" || take_levels.contains(node.op));
        if (!is_plain(type) && !levels)
            throw InputError("cannot run " + graph::describe(node),
                             "its output is of type " + graph::describe(type),
                             "the runtime computes in float32");
    }
    for (auto const& input : node.inputs) {
        if (input.empty() || constant(input) != nullptr) continue;
        auto const type = infos_.at(input).type;
        if (!is_plain(type) && !take_levels.contains(node.op))
            throw InputError("cannot run " + graph::describe(node),
                             "its input '" + input + "' is of type " + graph::describe(type),
                             "the runtime computes in float32");
    }
}

namespace {

/// Whether a Cast leaves numbers as they are, kept as float32: nothing is cut off or rounded.
bool keeps_numbers(graph::ElementType from, graph::ElementType to)
{
    using graph::ElementType;
    bool const levels = from == ElementType::uint8 || from == ElementType::int8;
    return to == ElementType::float32 && !levels && from != ElementType::float16 &&
           from != ElementType::bfloat16;
}

}  // namespace

void Lowering::lower(graph::Node const& node)
{
    lowered_ = &node;
    require_types(node);
    static std::set<std::string> const views{"Reshape",   "Flatten",  "Squeeze",
                                             "Unsqueeze", "Identity", "Dropout"};
    if (node.op == "Conv" || node.op == "ConvTranspose")
        lower_convolution(node);
    else if (views.contains(node.op))
        lower_view(node);
    else if (node.op == "Transpose")
        lower_transposition(node);
    else if (node.op == "Concat")
        lower_concatenation(node);
    else if (node.op == "QuantizeLinear" || node.op == "DequantizeLinear")
        lower_quantisation(node);
    else if (node.op == "Cast" &&
             keeps_numbers(infos_.at(node.inputs[0]).type, infos_.at(node.outputs[0]).type))
        lower_view(node);
    else if (!lower_cell_tail(node) && !lower_dense(node) && !lower_binary(node) &&
             !lower_around(node) && !lower_rows(node) && !lower_cells(node))
        lower_by_reference(node);
}

void Lowering::add_inputs()
{
    for (auto const& input : graph_.inputs) {
        if (input.type != graph::ElementType::float32)
            throw InputError("input '" + input.name + "' of the network is not float32",
                             "the runtime feeds float32");
        PlanValue value{.shape = shapes_.at(input.name),
                        .order = row_major(input.shape.size()),
                        .buffer = add_buffer(BufferKind::external, 0)};
        result_.inputs.push_back({input.name, value.shape, value.buffer});
        define(input.name, value);
    }
}

void Lowering::add_outputs()
{
    for (auto const& output : graph_.outputs) add_output(output.name);
    for (auto const& name : config_.watched) add_output(name);
}

void Lowering::add_output(std::string const& name)
{
    bool const own = std::any_of(graph_.outputs.begin(), graph_.outputs.end(),
                                 [&](auto const& output) { return output.name == name; });
    if (own && infos_.at(name).type != graph::ElementType::float32)
        throw InputError("output '" + name + "' of the network is of type " +
                             graph::describe(infos_.at(name).type),
                         "the runtime hands out float32");
    auto made = value(name);
    auto const order = row_major(made.shape.size());
    auto& buffer = result_.buffers[made.buffer];
    bool const direct = buffer.kind == BufferKind::arena && made.element == Element::float32 &&
                        same_memory(made.shape, made.order, order);
    if (direct) {
        buffer.kind = BufferKind::external;  // the last step writes where the caller wants it
    } else {
        auto copied = new_value(made.shape, order, Element::float32);
        result_.buffers[copied.buffer].kind = BufferKind::external;
        read(made.buffer);
        add_step(std::make_unique<CopyStep>(
            name + ".output",
            CopyStep::Config{.destination = copied, .parts = {{.source = made}}}));
        made = copied;
    }
    result_.outputs.push_back({name, made.shape, made.buffer});
}

std::size_t Lowering::add_buffer(BufferKind kind, std::size_t bytes)
{
    auto const now = result_.steps.size();
    result_.buffers.push_back({.kind = kind, .bytes = bytes, .first_use = now, .last_use = now});
    return result_.buffers.size() - 1;
}

PlanValue Lowering::new_value(graph::Shape shape, AxisOrder order, Element element)
{
    auto const bytes = elements(shape) * bytes_of(element);
    return {.shape = std::move(shape),
            .order = std::move(order),
            .buffer = add_buffer(BufferKind::arena, bytes),
            .element = element};
}

void Lowering::read(std::size_t buffer)
{
    result_.buffers[buffer].last_use = result_.steps.size();
}

void Lowering::add_step(std::unique_ptr<Step> step)
{
    budget_.take(static_cast<std::int64_t>(step->constant_bytes()), "step '" + step->name() + "'");
    result_.steps.push_back(std::move(step));
}

graph::Tensor const* Lowering::constant(std::string const& name) const
{
    if (auto const levels = int8_constants_.find(name);
        levels != int8_constants_.end() && !folded_.contains(name))
        fold(*levels->second);
    if (auto const found = folded_.find(name); found != folded_.end()) return &found->second;
    auto const found = graph_.constants.find(name);
    return found == graph_.constants.end() ? nullptr : &found->second;
}

graph::Operands Lowering::operands_of(graph::Node const& node) const
{
    std::vector<graph::Operand> operands;
    for (auto const& input : node.inputs) {
        auto const* const tensor = input.empty() ? nullptr : constant(input);
        graph::ValueInfo info;
        if (tensor != nullptr)
            info = {.type = tensor->type, .shape = tensor->shape};
        else if (!input.empty())
            info = infos_.at(input);
        operands.push_back({.present = !input.empty(), .info = info, .constant = tensor});
    }
    return {node, std::move(operands)};
}

std::vector<float> const& Lowering::constant_floats(graph::Node const& node,
                                                    std::size_t input) const
{
    auto const* const tensor = constant(node.inputs[input]);
    if (tensor == nullptr || tensor->floats.empty())
        throw InputError(graph::describe(node) + ": input '" + node.inputs[input] +
                             "' is not a constant of floating-point numbers",
                         "the runtime packs weights when a network is loaded");
    return tensor->floats;
}

PlanValue Lowering::value(std::string const& name)
{
    auto const found = values_.find(name);
    if (found != values_.end()) return found->second;
    auto const* const found_constant = constant(name);
    if (found_constant == nullptr || found_constant->floats.empty())
        throw InputError(
            "cannot run " + (lowered_ == nullptr ? "the network" : graph::describe(*lowered_)),
            "'" + name + "' is no tensor of floating-point numbers");
    auto const& tensor = *found_constant;
    budget_.take(static_cast<std::int64_t>(tensor.floats.size() * sizeof(float)),
                 "the constant '" + name + "'");
    result_.constants.push_back(std::make_unique<std::vector<float>>(tensor.floats));
    PlanValue made{.shape = tensor.shape,
                   .order = row_major(tensor.shape.size()),
                   .buffer = add_buffer(BufferKind::constant, 0)};
    result_.buffers[made.buffer].constant =
        reinterpret_cast<std::byte*>(result_.constants.back()->data());
    define(name, made);
    return made;
}

PlanValue Lowering::in_order(PlanValue const& value, AxisOrder const& order, Element element,
                             std::string const& wanted_by)
{
    if (value.element == element && same_memory(value.shape, value.order, order)) {
        auto same = value;
        same.order = order;
        return same;
    }
    auto copied = new_value(value.shape, order, element);
    if (element == Element::uint8) copied.levels = value.levels;
    read(value.buffer);
    add_step(std::make_unique<CopyStep>(
        wanted_by + ".order",
        CopyStep::Config{.destination = copied, .parts = {{.source = value}}}));
    return copied;
}

PlanValue Lowering::row_major_floats(std::string const& name, graph::Node const& node)
{
    auto const source = value(name);
    return in_order(source, row_major(source.shape.size()), Element::float32, node.name);
}

}  // namespace lowcal::runtime
