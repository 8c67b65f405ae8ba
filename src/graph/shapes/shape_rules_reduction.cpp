#include "graph/model/element_type.hpp"
#include "graph/shapes/convolution_geometry.hpp"
#include "graph/shapes/layout_arguments.hpp"
#include "graph/shapes/shape_rules.hpp"

namespace lowcal::graph {
namespace {

using Infos = std::vector<ValueInfo>;

Infos reduce(Operands const& operands)
{
    bool const index = operands.node().op == "ReduceProd" &&
                       operands.type(0) == ElementType::int64;  // the size of a tensor
    if (!index) operands.require_type(0, ElementType::float32);
    auto shape = operands.shape(0);
    auto const axes = reduced_axes(operands);
    bool const keep = int_attribute(operands.node(), "keepdims", 1) != 0;
    for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
        if (keep)
            shape[*axis] = 1;
        else
            shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(*axis));
    }
    return {{operands.type(0), shape}};
}

Infos pool(Operands const& operands)
{
    operands.require_type(0, ElementType::float32);
    return {
        {ElementType::float32, pool_geometry(operands.node(), operands.shape(0)).output_shape()}};
}

Infos global_pool(Operands const& operands)
{
    operands.require_type(0, ElementType::float32);
    auto shape = operands.shape(0);
    if (shape.size() < 3) operands.reject("its input has shape " + describe(shape));
    for (std::size_t d = 2; d < shape.size(); ++d) shape[d] = 1;
    return {{ElementType::float32, shape}};
}

}  // namespace

std::map<std::string, ShapeRule> reduction_shape_rules()
{
    std::map<std::string, ShapeRule> rules{{"AveragePool", pool},
                                           {"GlobalAveragePool", global_pool},
                                           {"GlobalMaxPool", global_pool},
                                           {"MaxPool", pool}};
    for (auto const* op : {"ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax",
                           "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare"})
        rules[op] = reduce;
    return rules;
}

}  // namespace lowcal::graph
