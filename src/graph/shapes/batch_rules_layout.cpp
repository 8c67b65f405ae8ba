#include "graph/shapes/batch_rules.hpp"
#include "graph/shapes/layout_arguments.hpp"

#include <algorithm>

namespace lowcal::graph {
namespace {

/// Reshape and its kin keep the order of the elements: a step from one shower to the next stays the
/// same number of elements, and must be one along a single axis.
BatchAxis keep_order(BatchedNode const& node)
{
    auto const showers = node.only_first();
    auto const& from = node.operands.shape(0);
    std::int64_t step = showers.inner;
    for (std::size_t d = showers.axis + 1; d < from.size(); ++d) step *= from[d];
    auto const& to = node.outputs.front().shape;
    std::int64_t behind = 1;  // elements of the axes behind
    for (std::size_t d = to.size(); d-- > 0; behind *= to[d])
        if (step % behind == 0 && to[d] * behind % (step * node.batch) == 0)
            return {d, step / behind};
    node.reject("it puts showers across several axes");
}

BatchAxis transpose(BatchedNode const& node)
{
    auto const showers = node.only_first();
    auto const source = permutation(node.operands);
    auto const found = std::find(source.begin(), source.end(), showers.axis);
    return {static_cast<std::size_t>(found - source.begin()), showers.inner};
}

/// Inputs that are the same for all showers have as many places along them.
BatchAxis concat(BatchedNode const& node)
{
    auto const& operands = node.operands;
    auto const axis =
        resolved_axis(operands, int_attribute(operands.node(), "axis", 0), operands.rank(0));
    std::optional<BatchAxis> showers;
    for (auto const& input : node.inputs) {
        if (input && showers.value_or(*input) != *input)
            node.reject("its inputs do not have the same showers at the same places");
        if (input) showers = input;
    }
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
        if (!node.inputs[i]) node.require_alike(i, showers->axis);
    if (showers->axis == axis) node.reject("it joins along the showers");
    return *showers;
}

BatchAxis slice(BatchedNode const& node)
{
    auto const showers = node.only_first();
    auto const cut = slice_axes(node.operands)[showers.axis];
    bool const whole =
        cut.start == 0 && cut.step == 1 && cut.count == node.operands.shape(0)[showers.axis];
    if (!whole) node.reject("it takes a part of the showers, or turns their order");
    return showers;
}

BatchAxis split(BatchedNode const& node)
{
    auto const showers = node.only_first();
    if (split_parts(node.operands).axis == showers.axis) node.reject("it splits the showers");
    return showers;
}

BatchAxis pad(BatchedNode const& node)
{
    auto const showers = node.only_first();
    auto const padding = pad_axes(node.operands)[showers.axis];
    if (padding.begin != 0 || padding.end != 0) node.reject("it adds or drops showers");
    return showers;
}

BatchAxis resize(BatchedNode const& node)
{
    auto const showers = node.only_first();
    auto const axis = resize_axes(node.operands)[showers.axis];
    if (axis.output != node.operands.shape(0)[showers.axis] || axis.scale != 1.0F)
        node.reject("it repeats or drops showers");
    return showers;
}

/// Of shared data for each shower, or of each shower's data the same.
BatchAxis gather(BatchedNode const& node)
{
    auto const& operands = node.operands;
    auto const axis =
        resolved_axis(operands, int_attribute(operands.node(), "axis", 0), operands.rank(0));
    if (!node.inputs[0]) return {axis + node.inputs[1]->axis, node.inputs[1]->inner};
    auto showers = node.only_first();
    if (showers.axis == axis) node.reject("it picks among the showers");
    if (showers.axis > axis) showers.axis += operands.shape(1).size() - 1;
    return showers;
}

BatchAxis tile(BatchedNode const& node)
{
    auto const showers = node.only_first();
    if (tile_repeats(node.operands)[showers.axis] != 1) node.reject("it repeats showers");
    return showers;
}

/// Each channel of an image by itself.
BatchAxis pool(BatchedNode const& node)
{
    auto const showers = node.only_first();
    if (showers.axis > 1) node.reject("its windows lie across showers");
    return showers;
}

BatchAxis depth_to_space(BatchedNode const& node)
{
    auto const showers = node.only_first();
    if (showers.axis != 0) node.reject("it moves numbers along the showers");
    return showers;
}

BatchAxis expand(BatchedNode const& node)
{
    auto showers = node.only_first();
    auto const& from = node.operands.shape(0);
    auto const& to = node.outputs.front().shape;
    auto const before = showers.axis;
    showers.axis += to.size() - from.size();
    if (to[showers.axis] != from[before]) node.reject("it repeats showers");
    return showers;
}

BatchAxis reduce(BatchedNode const& node)
{
    auto showers = node.only_first();
    auto const axes = reduced_axes(node.operands);
    if (std::find(axes.begin(), axes.end(), showers.axis) != axes.end())
        node.reject("it sums over the showers");
    if (int_attribute(node.operands.node(), "keepdims", 1) == 0)
        showers.axis -= static_cast<std::size_t>(
            std::count_if(axes.begin(), axes.end(),
                          [before = showers.axis](auto axis) { return axis < before; }));
    return showers;
}

}  // namespace

std::map<std::string, BatchRule> layout_batch_rules()
{
    std::map<std::string, BatchRule> rules{{"AveragePool", pool},
                                           {"Concat", concat},
                                           {"DepthToSpace", depth_to_space},
                                           {"Expand", expand},
                                           {"Flatten", keep_order},
                                           {"Gather", gather},
                                           {"GlobalAveragePool", pool},
                                           {"GlobalMaxPool", pool},
                                           {"MaxPool", pool},
                                           {"Pad", pad},
                                           {"Reshape", keep_order},
                                           {"Resize", resize},
                                           {"Slice", slice},
                                           {"SpaceToDepth", depth_to_space},
                                           {"Split", split},
                                           {"Squeeze", keep_order},
                                           {"Tile", tile},
                                           {"Transpose", transpose},
                                           {"Unsqueeze", keep_order}};
    for (auto const* op : {"ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax",
                           "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare"})
        rules[op] = reduce;
    return rules;
}

}  // namespace lowcal::graph
