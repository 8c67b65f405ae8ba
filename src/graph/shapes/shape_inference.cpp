#include "graph/shapes/shape_inference.hpp"

#include "core/error.hpp"
#include "graph/check.hpp"
#include "graph/model/constant_node.hpp"
#include "graph/model/element_type.hpp"
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
        return all;
    }();
    return rules;
}

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
        auto const infos = shape_rules().at(node.op)(operands);
        assert(infos.size() == node.outputs.size());
        for (std::size_t i = 0; i < infos.size(); ++i)
            known_[node.outputs[i]] = {true, bounded(infos[i], describe(node)), nullptr};
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

    std::map<std::string, ValueInfo> values() const
    {
        std::map<std::string, ValueInfo> infos;
        for (auto const& [name, operand] : known_) infos[name] = operand.info;
        return infos;
    }

private:
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
        if (bounded_element_count(info.shape).value_or(0) < 1)
            throw InputError("cannot use " + where, "its output would have the shape " +
                                                        describe(info.shape) +
                                                        ", which is empty or too large");
        return info;
    }

    std::int64_t batch_;
    std::map<std::string, Operand> known_;
    std::list<Tensor> constants_;  // of Constant nodes; addresses must not change
};

}  // namespace

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

std::map<std::string, Shape> infer_shapes(Graph const& graph, std::int64_t batch)
{
    std::map<std::string, Shape> shapes;
    for (auto const& [name, info] : infer_values(graph, batch)) shapes[name] = info.shape;
    return shapes;
}

}  // namespace lowcal::graph
