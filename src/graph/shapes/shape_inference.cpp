#include "graph/shapes/shape_inference.hpp"

#include "core/error.hpp"
#include "graph/check.hpp"
#include "graph/model/constant_node.hpp"
#include "graph/model/element_type.hpp"
#include "graph/reference/evaluate.hpp"
#include "graph/shapes/layout_arguments.hpp"
#include "graph/shapes/shape_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <list>

namespace lowcal::graph {
namespace {

std::map<std::string, ShapeRule> const& shape_rules()
{
    static std::map<std::string, ShapeRule> const rules = [] {
        auto all = dense_shape_rules();
        all.merge(elementwise_shape_rules());
        all.merge(layout_shape_rules());
        all.merge(reduction_shape_rules());
        return all;
    }();
    return rules;
}

/// Values that follow from the number of showers alone are computed up to this size: shapes, masks
/// and constants that are repeated for each shower.
constexpr std::int64_t largest_computed = std::int64_t{1} << 20;

Shape with_batch(Shape shape, std::int64_t batch)
{
    if (!shape.empty() && shape.front() == batch_dimension) shape.front() = batch;
    return shape;
}

/// Walks through the nodes in order and collects what is known.
class Inference {
public:
    Inference(Graph const& graph, std::int64_t batch) : batch_(batch)
    {
        for (auto const& [name, tensor] : graph.constants) add_constant(name, tensor);
        for (auto const& input : graph.inputs)
            known_[input.name] = {
                true, bounded({input.type, with_batch(input.shape, batch)}, input.name), nullptr};
    }

    void visit(Node const& node, SeeNode const& see)
    {
        if (node.op == "Constant") {
            add_constant(node.outputs.front(), constants_.emplace_back(constant_of(node)));
            return;
        }
        std::vector<Operand> inputs;
        for (auto const& input : node.inputs)
            inputs.push_back(input.empty() ? Operand{} : known_.at(input));
        Operands const operands(node, std::move(inputs));
        auto const infos = infer_outputs(operands);
        assert(infos.size() == node.outputs.size());
        for (std::size_t i = 0; i < infos.size(); ++i)
            known_[node.outputs[i]] = {true, bounded(infos[i], describe(node)), nullptr};
        if (follows_from_batch(operands, infos)) return compute(operands, infos);
        if (see) see(operands, infos);
    }

    void require_declared(Value const& output) const
    {
        auto const& info = known_.at(output.name).info;
        auto const declared = with_batch(output.shape, batch_);
        if (!declared.empty() && declared != info.shape)
            throw InputError(
                "cannot use the network",
                fmt::format("its output '{}' is declared as {} but has shape {}", output.name,
                            describe(output.shape), describe(info.shape)));
        if (output.type != info.type)
            throw InputError("cannot use the network",
                             fmt::format("its output '{}' is declared as {} but is of type {}",
                                         output.name, describe(output.type), describe(info.type)));
    }

    std::map<std::string, Tensor> computed() &&
    {
        std::map<std::string, Tensor> tensors;
        for (auto const& [name, tensor] : computed_) tensors[name] = std::move(*tensor);
        return tensors;
    }

    std::map<std::string, ValueInfo> values() const
    {
        std::map<std::string, ValueInfo> infos;
        for (auto const& [name, operand] : known_) infos[name] = operand.info;
        return infos;
    }

private:
    /// Shapes, and what is computed of them and constants alone.
    bool follows_from_batch(Operands const& operands, std::vector<ValueInfo> const& infos) const
    {
        auto const& node = operands.node();
        for (auto const& info : infos)
            if (element_count(info.shape) > largest_computed) return false;
        if (node.op == "Shape" || node.op == "Size") return true;
        bool any = node.op == "ConstantOfShape" || node.op == "Range";
        for (auto const& input : node.inputs) {
            if (input.empty()) continue;
            if (known_.at(input).constant == nullptr) return false;
            any = any || computed_.contains(input);
        }
        return any;
    }

    void compute(Operands const& operands, std::vector<ValueInfo> const& infos)
    {
        auto const& node = operands.node();
        std::vector<Tensor> outputs;
        if (node.op == "Shape" || node.op == "Size")
            outputs = {shape_value(operands)};
        else
            outputs = evaluate(operands, infos);
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            auto& tensor = constants_.emplace_back(std::move(outputs[i]));
            computed_[node.outputs[i]] = &tensor;
            known_[node.outputs[i]].constant = &tensor;
        }
    }

    static Tensor shape_value(Operands const& operands)
    {
        auto const& shape = operands.shape(0);
        if (operands.node().op == "Size")
            return {ElementType::int64, {}, {}, {element_count(shape)}};
        auto const [first, last] = shape_part(operands);
        return {ElementType::int64,
                {last - first},
                {},
                Shape(shape.begin() + first, shape.begin() + last)};
    }

    void add_constant(std::string const& name, Tensor const& tensor)
    {
        known_[name] = {true, {tensor.type, tensor.shape}, &tensor};
    }

    static ValueInfo bounded(ValueInfo info, std::string const& where)
    {
        if (info.shape.size() > most_dimensions)
            throw InputError("cannot use " + where,
                             fmt::format("its output would have {} dimensions; {} are supported",
                                         info.shape.size(), most_dimensions));
        // Lists of sizes may be empty: what follows the last axis.
        std::int64_t const least = is_floating(info.type) || info.shape.size() != 1 ? 1 : 0;
        if (bounded_element_count(info.shape).value_or(-1) < least)
            throw InputError("cannot use " + where, "its output would have the shape " +
                                                        describe(info.shape) +
                                                        ", which is empty or too large");
        return info;
    }

    std::int64_t batch_;
    std::map<std::string, Operand> known_;
    std::list<Tensor> constants_;  // of Constant nodes, and computed; addresses must not change
    std::map<std::string, Tensor*> computed_;
};

}  // namespace

std::vector<ValueInfo> infer_outputs(Operands const& operands)
{
    return shape_rules().at(operands.node().op)(operands);
}

std::map<std::string, ValueInfo> infer_values(Graph const& graph, std::int64_t batch)
{
    return infer_values(graph, batch, {});
}

std::map<std::string, ValueInfo> infer_values(Graph const& graph, std::int64_t batch,
                                              SeeNode const& see)
{
    if (batch < 1)
        throw InputError("cannot use the network",
                         fmt::format("{} showers at once were asked for", batch));
    check(graph);
    Inference inference(graph, batch);
    for (auto const& node : graph.nodes) inference.visit(node, see);
    for (auto const& output : graph.outputs) inference.require_declared(output);
    return inference.values();
}

std::optional<Graph> at_batch(Graph const& graph, std::int64_t batch)
{
    auto const needed = [](Node const& node) {
        return node.op == "Shape" || node.op == "Size" || node.op == "ConstantOfShape" ||
               node.op == "Range";
    };
    if (std::none_of(graph.nodes.begin(), graph.nodes.end(), needed)) return std::nullopt;
    check(graph);
    Inference inference(graph, batch);
    for (auto const& node : graph.nodes) inference.visit(node, {});
    auto computed = std::move(inference).computed();
    auto result = graph;
    std::erase_if(result.nodes,
                  [&](auto const& node) { return computed.contains(node.outputs.front()); });
    result.constants.merge(computed);
    return result;
}

std::map<std::string, Shape> infer_shapes(Graph const& graph, std::int64_t batch)
{
    std::map<std::string, Shape> shapes;
    for (auto const& [name, info] : infer_values(graph, batch)) shapes[name] = info.shape;
    return shapes;
}

}  // namespace lowcal::graph
