#include "graph/shapes/batch_axis.hpp"

#include "core/error.hpp"
#include "graph/model/element_type.hpp"
#include "graph/shapes/batch_rules.hpp"
#include "graph/shapes/broadcast.hpp"
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

void BatchedNode::require_alike(std::size_t i, std::size_t axis) const
{
    auto const& shape = operands.shape(i);
    if (shape[axis] == 1) return;
    bool alike = operands.is_constant(i);
    if (alike) {
        auto const& tensor = operands.constant(i, "a number");
        auto const number = [&tensor](std::int64_t at) {
            auto const place = static_cast<std::size_t>(at);
            return tensor.floats.empty() ? static_cast<double>(tensor.integers[place])
                                         : double{tensor.floats[place]};
        };
        std::int64_t inner = 1;
        for (auto d = axis + 1; d < shape.size(); ++d) inner *= shape[d];
        auto const count = element_count(shape);
        for (std::int64_t at = 0; alike && at < count; ++at)
            alike = at / inner % shape[axis] == 0 || number(at) == number(at - inner);
    }
    if (!alike)
        reject("its input '" + operands.node().inputs[i] +
               "' differs from place to place in the batch");
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
        if (result->axis >= missing) node.require_alike(i, result->axis - missing);
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

[[noreturn]] void reject_number(std::string const& node, std::string const& why)
{
    throw InputError("cannot use " + node, "it mixes the showers of a batch: " + why);
}

/// What each shower is part of must not depend on how many there are: without the showers, every
/// value has the shape that it has for one.
void require_same_shapes(Graph const& graph, Graph const& settled,
                         std::map<std::string, Shape> const& shapes,
                         std::map<std::string, BatchAxis> const& places, std::int64_t batch)
{
    auto const of_one = infer_shapes(graph, 1);
    for (auto const& node : settled.nodes)
        for (auto const& output : node.outputs) {
            auto expected = of_one.at(output);
            auto const place = places.find(output);
            if (place != places.end()) expected[place->second.axis] *= batch;
            if (expected != shapes.at(output))
                reject_number(
                    describe(node),
                    fmt::format("for one its output has the shape {}, for {} {}",
                                describe(of_one.at(output)), batch, describe(shapes.at(output))));
        }
}

bool repeats(Tensor const& one, Tensor const& many)
{
    if (broadcast(one.shape, many.shape) != many.shape) return false;
    auto const positions = broadcast_positions(one.shape, many.shape);
    for (std::size_t i = 0; i < positions.size(); ++i)
        if (one.floats.empty() ? one.integers[positions[i]] != many.integers[i]
                               : one.floats[positions[i]] != many.floats[i])
            return false;
    return true;
}

/// Whether the input of a node is a size that the shape of its output says again.
bool is_size(Node const& node, std::size_t input)
{
    constexpr std::size_t sizes_of_resize = 3;
    if (node.op == "Resize") return input == sizes_of_resize;
    return input == 1 && (node.op == "Reshape" || node.op == "Expand");
}

/// What is computed of the number of showers must be the same for one, repeated at most.
void require_same_numbers(Graph const& graph, Graph const& settled)
{
    auto const of_one = at_batch(graph, 1).value();
    for (auto const& node : settled.nodes)
        for (std::size_t i = 0; i < node.inputs.size(); ++i) {
            auto const& input = node.inputs[i];
            auto const many = settled.constants.find(input);
            if (many == settled.constants.end() || graph.constants.contains(input)) continue;
            if (!is_size(node, i) && !repeats(of_one.constants.at(input), many->second))
                reject_number(describe(node),
                              "its input '" + input + "' depends on how many there are");
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
    auto const with_numbers = at_batch(graph, batch);
    auto const& settled = with_numbers ? *with_numbers : graph;
    auto const values = infer_values(
        settled, batch, [&](Operands const& operands, std::vector<ValueInfo> const& outputs) {
            follower.visit(operands, outputs);
        });
    for (auto const& [name, info] : values) shapes[name] = info.shape;
    auto places = std::move(follower).places();
    if (!fixed_batch(graph)) {
        require_same_shapes(graph, settled, shapes, places, batch);
        if (with_numbers) require_same_numbers(graph, settled);
    }
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
