#include "graph/model/operators.hpp"
#include "graph/shapes/batch_rules.hpp"
#include "graph/shapes/layout_arguments.hpp"

#include <algorithm>

namespace lowcal::graph {
namespace {

/// Each image is convolved by itself; images stand along axis 0.
BatchAxis convolution(BatchedNode const& node)
{
    auto const showers = node.only_first();
    if (showers.axis != 0) node.reject("its showers stand along an axis that it sums over");
    return showers;
}

BatchAxis batch_normalization(BatchedNode const& node)
{
    auto const showers = node.only_first();
    if (showers.axis == 1) node.reject("each of its channels is a shower");
    return showers;
}

/// Each channel of an image is normalised by itself.
BatchAxis instance_normalization(BatchedNode const& node)
{
    auto const showers = node.only_first();
    if (showers.axis != 0) node.reject("its showers stand along an axis that it normalises");
    return showers;
}

BatchAxis layer_normalization(BatchedNode const& node)
{
    auto const showers = node.only_first();
    auto const first = resolved_axis(node.operands, int_attribute(node.operands.node(), "axis", -1),
                                     node.operands.rank(0));
    if (showers.axis >= first) node.reject("it normalises the showers together");
    return showers;
}

BatchAxis along_axis(BatchedNode const& node)
{
    auto const showers = node.only_first();
    auto const axis = resolved_axis(node.operands, int_attribute(node.operands.node(), "axis", -1),
                                    node.operands.rank(0));
    if (showers.axis == axis) node.reject("it normalises the showers together");
    return showers;
}

/// A matrix product's operand as [stack..., rows, columns]; a vector is a row or a column.
struct Factor {
    Shape shape;
    std::optional<BatchAxis> showers;

    std::size_t stack_axes() const { return shape.size() - 2; }
    bool in_stack() const { return showers && showers->axis < stack_axes(); }
    /// The size along an axis of the product's stack; 1 where it has none.
    std::int64_t stack_size(std::size_t axis, std::size_t axes) const
    {
        auto const missing = axes - stack_axes();
        return axis < missing ? 1 : shape[axis - missing];
    }
};

Factor factor(BatchedNode const& node, std::size_t i)
{
    Factor result{node.operands.shape(i), node.inputs[i]};
    if (result.shape.size() > 1) return result;
    result.shape.insert(i == 0 ? result.shape.begin() : result.shape.end(), 1);
    if (i == 0 && result.showers) ++result.showers->axis;
    return result;
}

/// The showers of `one` stand in the stack, or along its rows (a) or columns (b), which no sum runs
/// over; `other` must not have matrices of its own for each place along them.
BatchAxis along_factor(BatchedNode const& node, Factor const& one, Factor const& other,
                       std::size_t free_axis)
{
    auto const axes = std::max(one.stack_axes(), other.stack_axes());
    auto const axis = one.showers->axis;
    if (one.in_stack()) {
        auto const place = axis + axes - one.stack_axes();
        bool const fits = other.showers
                              ? other.in_stack() && other.showers->inner == one.showers->inner &&
                                    other.showers->axis + axes - other.stack_axes() == place
                              : other.stack_size(place, axes) == 1;
        if (!fits) node.reject("its matrices belong to different showers");
        return {place, one.showers->inner};
    }
    if (other.showers) node.reject("it multiplies showers with one another");
    if (axis - one.stack_axes() != free_axis) node.reject("it sums over the showers");
    return {axes + free_axis, one.showers->inner};
}

BatchAxis matmul(BatchedNode const& node)
{
    auto const a = factor(node, 0);
    auto const b = factor(node, 1);
    auto result = a.showers ? along_factor(node, a, b, 0) : along_factor(node, b, a, 1);
    auto const stack = std::max(a.stack_axes(), b.stack_axes());
    bool const row = node.operands.rank(0) == 1;
    if (row && result.axis > stack) --result.axis;  // a row's product has no axis of rows
    return result;
}

/// alpha A B + beta C
BatchAxis gemm(BatchedNode const& node)
{
    bool const by_rows = node.inputs[0].has_value();
    bool const transposed =
        int_attribute(node.operands.node(), by_rows ? "transA" : "transB", 0) != 0;
    auto const& showers = node.inputs[by_rows ? 0 : 1];
    if (!showers) node.reject("its bias alone depends on the shower");
    if (by_rows) node.require_shared(1);
    bool const free_is_first = by_rows != transposed;
    if ((showers->axis == 0) != free_is_first) node.reject("it sums over the showers");
    BatchAxis const result{by_rows ? 0U : 1U, showers->inner};
    if (!node.operands.has(2)) return result;
    auto const& bias = node.operands.shape(2);
    auto const missing = 2 - bias.size();
    if (auto const& added = node.inputs[2]) {
        if (BatchAxis{added->axis + missing, added->inner} != result)
            node.reject("its product and its bias belong to different showers");
    } else if (result.axis >= missing && bias[result.axis - missing] != 1) {
        node.reject("its bias differs from place to place in the batch");
    }
    return result;
}

/// Each row is a shower in all inputs but the weights.
BatchAxis made_of_layers(BatchedNode const& node)
{
    constexpr std::size_t weights = 4;
    for (std::size_t i = weights; i < node.inputs.size(); ++i) node.require_shared(i);
    std::optional<BatchAxis> showers;
    for (std::size_t i = 0; i < weights; ++i) {
        if (!node.inputs[i]) continue;
        if (node.inputs[i]->axis != 0 || (showers && !(*showers == *node.inputs[i])))
            node.reject("its showers do not stand along the rows of its inputs");
        showers = node.inputs[i];
    }
    if (!showers) node.reject("it depends on no shower");
    return *showers;
}

}  // namespace

std::map<std::string, BatchRule> dense_batch_rules()
{
    return {{"BatchNormalization", batch_normalization},
            {"Conv", convolution},
            {"ConvTranspose", convolution},
            {"Gemm", gemm},
            {"InstanceNormalization", instance_normalization},
            {"LayerNormalization", layer_normalization},
            {"LogSoftmax", along_axis},
            {"LpNormalization", along_axis},
            {"MatMul", matmul},
            {"Softmax", along_axis},
            {split_tree_operator, made_of_layers},
            {cell_passes_operator, made_of_layers}};
}

}  // namespace lowcal::graph
