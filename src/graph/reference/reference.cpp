#include "graph/reference/reference.hpp"

#include "core/error.hpp"
#include "graph/model/constant_node.hpp"
#include "graph/model/element_type.hpp"
#include "graph/model/memory_budget.hpp"
#include "graph/reference/evaluate.hpp"
#include "graph/reference/reference_operators.hpp"
#include "graph/shapes/shape_inference.hpp"

#include <algorithm>
#include <cassert>
#include <optional>

namespace lowcal::graph {
namespace {

using Tensors = std::map<std::string, Tensor>;
using Infos = std::map<std::string, ValueInfo>;

std::map<std::string, ReferenceOperator> const& reference_operators()
{
    static std::map<std::string, ReferenceOperator> const operators = [] {
        auto all = dense_reference();
        all.merge(comparison_reference());
        all.merge(convolution_reference());
        all.merge(elementwise_reference());
        all.merge(layout_reference());
        all.merge(normalisation_reference());
        all.merge(passes_reference());
        all.merge(pool_reference());
        all.merge(quantisation_reference());
        all.merge(resize_reference());
        all.merge(split_reference());
        return all;
    }();
    return operators;
}

Tensor const& required_input(Value const& value, Tensors const& inputs)
{
    auto const found = inputs.find(value.name);
    if (found == inputs.end())
        throw InputError("cannot run the network", "its input '" + value.name + "' is not given");
    check_constant(found->second, "input '" + value.name + "'");
    return found->second;
}

/// The number of showers, from the first input that has it.
std::int64_t batch_of(Graph const& graph, Tensors const& inputs)
{
    for (auto const& value : graph.inputs) {
        if (value.shape.empty() || value.shape.front() != batch_dimension) continue;
        auto const& shape = required_input(value, inputs).shape;
        if (!shape.empty() && shape.front() >= 1) return shape.front();
        throw InputError("cannot run the network",
                         "its input '" + value.name + "' holds no showers");
    }
    return 1;
}

void require_fitting(Value const& value, ValueInfo const& wanted, Tensor const& given)
{
    if (given.shape == wanted.shape && given.type == wanted.type) return;
    throw InputError("cannot run the network",
                     "its input '" + value.name + "' needs " + describe(wanted.type) + " " +
                         describe(wanted.shape) + ", given is " + describe(given.type) + " " +
                         describe(given.shape));
}

Tensor empty_tensor(ValueInfo const& info)
{
    Tensor tensor{info.type, info.shape, {}, {}};
    auto const count = static_cast<std::size_t>(element_count(info.shape));
    if (is_floating(info.type))
        tensor.floats.resize(count);
    else
        tensor.integers.resize(count);
    return tensor;
}

/// Everything that a run will hold, before it holds it.
void require_memory(Infos const& infos)
{
    constexpr std::int64_t float_bytes = 4, integer_bytes = 8, position_bytes = 24;
    MemoryBudget budget("the reference run");
    std::int64_t most = 0;
    for (auto const& [name, info] : infos) {
        auto const count = element_count(info.shape);
        most = std::max(most, count);
        budget.take(count * (is_floating(info.type) ? float_bytes : integer_bytes),
                    "the value '" + name + "' of shape " + describe(info.shape));
    }
    budget.take(most * position_bytes, "the list of positions of its largest value");
}

/// Values computed so far; constants are looked up in the graph.
class Run {
public:
    Run(Graph const& graph, Infos const& infos) : graph_(graph), infos_(infos) {}

    void set(std::string const& name, Tensor tensor) { values_[name] = std::move(tensor); }

    Tensor const& value(std::string const& name) const
    {
        auto const computed = values_.find(name);
        return computed != values_.end() ? computed->second : graph_.constants.at(name);
    }

    void visit(Node const& node)
    {
        if (node.op == "Constant") return set(node.outputs.front(), constant_of(node));
        std::vector<Tensor const*> inputs;
        for (auto const& name : node.inputs)
            inputs.push_back(name.empty() ? nullptr : &value(name));
        std::vector<Tensor> outputs;
        for (auto const& name : node.outputs) outputs.push_back(empty_tensor(infos_.at(name)));
        reference_operators().at(node.op)({node, std::move(inputs), outputs});
        for (std::size_t i = 0; i < outputs.size(); ++i)
            set(node.outputs[i], std::move(outputs[i]));
    }

    Tensors outputs() const
    {
        Tensors result;
        for (auto const& output : graph_.outputs) result[output.name] = value(output.name);
        return result;
    }

    Tensors all_values() &&
    {
        auto result = outputs();  // an output may be a constant
        result.merge(values_);
        return result;
    }

private:
    Graph const& graph_;
    Infos const& infos_;
    Tensors values_;
};

}  // namespace

Operands ReferenceCall::operands() const
{
    std::vector<Operand> known;
    for (auto const* tensor : inputs)
        known.push_back(tensor ? Operand{true, {tensor->type, tensor->shape}, tensor} : Operand{});
    return {node, std::move(known)};
}

std::vector<Tensor> evaluate(Operands const& operands, std::vector<ValueInfo> const& infos)
{
    auto const& node = operands.node();
    std::vector<Tensor const*> inputs;
    for (std::size_t i = 0; i < operands.count(); ++i)
        inputs.push_back(operands.has(i) ? &operands.constant(i, "a number") : nullptr);
    std::vector<Tensor> outputs;
    outputs.reserve(infos.size());
    for (auto const& info : infos) outputs.push_back(empty_tensor(info));
    reference_operators().at(node.op)({node, std::move(inputs), outputs});
    return outputs;
}

void copy_element(Tensor const& from, std::size_t source, Tensor& to, std::size_t destination)
{
    assert(from.type == to.type);
    if (is_floating(to.type))
        to.floats[destination] = from.floats[source];
    else
        to.integers.set(destination, from.integers[source]);
}

std::size_t position_of(Shape const& index, Shape const& shape)
{
    std::int64_t position = 0;
    for (std::size_t d = 0; d < shape.size(); ++d) position = position * shape[d] + index[d];
    return static_cast<std::size_t>(position);
}

std::map<std::string, Tensor> run_reference(Graph const& given_graph,
                                            std::map<std::string, Tensor> const& inputs,
                                            ReferenceOptions options)
{
    auto const with_numbers = at_batch(given_graph, batch_of(given_graph, inputs));
    auto const& graph = with_numbers ? *with_numbers : given_graph;
    auto const infos = infer_values(graph, batch_of(graph, inputs));
    require_memory(infos);
    Run run(graph, infos);
    for (auto const& value : graph.inputs) {
        auto const& given = required_input(value, inputs);
        require_fitting(value, infos.at(value.name), given);
        run.set(value.name, given);
    }
    for (auto const& node : graph.nodes) run.visit(node);
    return options.keep == Keep::outputs ? run.outputs() : std::move(run).all_values();
}

}  // namespace lowcal::graph
