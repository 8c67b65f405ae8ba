#include "graph/shapes/batch_axis.hpp"

#include "core/error.hpp"
#include "graph/model/element_type.hpp"
#include "graph/shapes/batch_rules.hpp"
#include "graph/shapes/shape_inference.hpp"

#include <fmt/format.h>

namespace lowcal::graph {

void BatchedNode::reject(std::string const& why) const
{
    operands.reject("it mixes the showers of a batch: " + why);
}

void BatchedNode::require_shared(std::size_t i) const
{
    if (i < inputs.size() && inputs[i])
        reject("its input '" + operands.node().inputs[i] + "' differs from shower to shower");
}

BatchAxis BatchedNode::only_first() const
{
    for (std::size_t i = 1; i < inputs.size(); ++i) require_shared(i);
    return inputs.front().value();
}

BatchAxis broadcast_batch(BatchedNode const& node, Shape const& to)
{
    std::optional<BatchAxis> result;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (!node.inputs[i]) continue;
        auto const missing = to.size() - node.operands.shape(i).size();
        BatchAxis const showers{node.inputs[i]->axis + missing, node.inputs[i]->inner};
        bool const whole = node.operands.shape(i)[node.inputs[i]->axis] == to[showers.axis];
        if (!whole || result.value_or(showers) != showers)
            node.reject("showers meet others in its input '" + node.operands.node().inputs[i] +
                        "'");
        result = showers;
    }
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (node.inputs[i] || !node.operands.has(i)) continue;
        auto const& shape = node.operands.shape(i);
        auto const missing = to.size() - shape.size();
        if (result->axis >= missing && shape[result->axis - missing] != 1)
            node.reject("its input '" + node.operands.node().inputs[i] +
                        "' differs from place to place in the batch");
    }
    return result.value();
}

namespace {

std::map<std::string, BatchRule> const& batch_rules()
{
    static std::map<std::string, BatchRule> const rules = [] {
        auto all = dense_batch_rules();
        all.merge(elementwise_batch_rules());
        all.merge(layout_batch_rules());
        return all;
    }();
    return rules;
}

bool has_batch(Value const& input)
{
    return !input.shape.empty();
}

/// Walks through the nodes in order and keeps where the showers stand.
class Follower {
public:
    Follower(Graph const& graph, std::int64_t batch) : batch_(batch)
    {
        for (auto const& input : graph.inputs)
            if (has_batch(input)) places_[input.name] = {};
    }

    void visit(Operands const& operands, std::vector<ValueInfo> const& outputs)
    {
        std::vector<std::optional<BatchAxis>> inputs;
        bool any = false;
        for (auto const& input : operands.node().inputs) {
            auto const found = places_.find(input);
            inputs.push_back(found == places_.end() ? std::nullopt : std::optional(found->second));
            any = any || inputs.back();
        }
        if (!any) return;
        auto const rule = batch_rules().find(operands.node().op);
        if (rule == batch_rules().end())
            operands.reject("nothing is known of what it does to the showers of a batch");
        auto const place = rule->second({operands, std::move(inputs), outputs, batch_});
        for (auto const& output : operands.node().outputs) places_[output] = place;
    }

    std::map<std::string, BatchAxis> places() && { return std::move(places_); }

private:
    std::int64_t batch_;
    std::map<std::string, BatchAxis> places_;
};

/// What each shower is part of must not depend on how many there are: without the showers, every
/// value has the shape that it has for one.
void require_same_shapes(Graph const& graph, std::map<std::string, Shape> const& shapes,
                         std::map<std::string, BatchAxis> const& places, std::int64_t batch)
{
    auto const of_one = infer_shapes(graph, 1);
    for (auto const& node : graph.nodes)
        for (auto const& output : node.outputs) {
            auto expected = of_one.at(output);
            auto const place = places.find(output);
            if (place != places.end()) expected[place->second.axis] *= batch;
            if (expected != shapes.at(output))
                throw InputError(
                    "cannot use " + describe(node),
                    fmt::format("it mixes the showers of a batch: for one its output has the shape "
                                "{}, for {} {}",
                                describe(of_one.at(output)), batch, describe(shapes.at(output))));
        }
}

void require_showers_in_front(Graph const& graph, std::map<std::string, BatchAxis> const& places)
{
    for (auto const& output : graph.outputs) {
        auto const place = places.find(output.name);
        if (place != places.end() && place->second != BatchAxis{})
            throw InputError("cannot use the network",
                             fmt::format("in its output '{}' the showers stand along axis {}",
                                         output.name, place->second.axis));
    }
}

}  // namespace

std::map<std::string, BatchAxis> follow_batch(Graph const& graph, std::int64_t batch)
{
    Follower follower(graph, batch);
    std::map<std::string, Shape> shapes;
    auto const values = infer_values(
        graph, batch, [&](Operands const& operands, std::vector<ValueInfo> const& outputs) {
            follower.visit(operands, outputs);
        });
    for (auto const& [name, info] : values) shapes[name] = info.shape;
    auto places = std::move(follower).places();
    if (!fixed_batch(graph)) require_same_shapes(graph, shapes, places, batch);
    require_showers_in_front(graph, places);
    return places;
}

std::optional<std::int64_t> fixed_batch(Graph const& graph)
{
    std::optional<std::int64_t> batch;
    for (auto const& input : graph.inputs) {
        if (!has_batch(input) || input.shape.front() == batch_dimension) continue;
        if (batch.value_or(input.shape.front()) != input.shape.front())
            throw InputError("cannot use the network",
                             fmt::format("its input '{}' holds {} showers, another one {}",
                                         input.name, input.shape.front(), *batch));
        batch = input.shape.front();
    }
    return batch;
}

ShowersAtOnce showers_at_once(Graph const& graph, std::int64_t wanted)
{
    if (auto const fixed = fixed_batch(graph)) {
        if (*fixed > 1) follow_batch(graph, *fixed);
        if (*fixed == wanted) return {*fixed, {}};
        return {*fixed, fmt::format("the network's batch is fixed to {}", *fixed)};
    }
    if (wanted == 1) return {};
    try {
        follow_batch(graph, wanted);
        return {wanted, {}};
    } catch (InputError const& error) {
        return {1, error.what()};
    }
}

}  // namespace lowcal::graph
