#include "graph/model/element_type.hpp"
#include "graph/shapes/broadcast.hpp"
#include "graph/shapes/layout_arguments.hpp"
#include "graph/shapes/shape_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace lowcal::graph {
namespace {

using Infos = std::vector<ValueInfo>;

Infos one(Operands const& operands, Shape shape)
{
    return {{operands.type(0), std::move(shape)}};
}

Infos reshape(Operands const& operands)
{
    return one(operands, reshaped(operands));
}

Infos flatten(Operands const& operands)
{
    auto const& shape = operands.shape(0);
    auto const axis = int_attribute(operands.node(), "axis", 1);
    auto const rank = operands.rank(0);
    // The axis may also be the rank: then all dimensions stand in front of it.
    auto const split =
        axis == rank ? rank : static_cast<std::int64_t>(resolved_axis(operands, axis, rank));
    auto const middle = shape.begin() + split;
    return one(operands, {element_count(Shape(shape.begin(), middle)),
                          element_count(Shape(middle, shape.end()))});
}

Infos transpose(Operands const& operands)
{
    Shape shape;
    for (auto const axis : permutation(operands)) shape.push_back(operands.shape(0)[axis]);
    return one(operands, shape);
}

Infos concat(Operands const& operands)
{
    auto shape = operands.shape(0);
    auto const axis =
        resolved_axis(operands, int_attribute(operands.node(), "axis", 0), operands.rank(0));
    for (std::size_t i = 1; i < operands.count(); ++i) {
        operands.require_type(i, operands.type(0));
        operands.require_rank(i, operands.rank(0));
        auto other = operands.shape(i);
        shape[axis] += other[axis];
        other[axis] = shape[axis];
        if (other != shape)
            operands.reject(fmt::format("its input '{}' of shape {} does not fit to {} on axis {}",
                                        operands.node().inputs[i], describe(operands.shape(i)),
                                        describe(operands.shape(0)), axis));
    }
    return one(operands, shape);
}

Infos slice(Operands const& operands)
{
    Shape shape;
    for (auto const& axis : slice_axes(operands)) shape.push_back(axis.count);
    return one(operands, shape);
}

Infos split(Operands const& operands)
{
    auto const parts = split_parts(operands);
    Infos infos;
    for (auto const size : parts.sizes) {
        infos.push_back({operands.type(0), operands.shape(0)});
        infos.back().shape[parts.axis] = size;
    }
    return infos;
}

Infos pad(Operands const& operands)
{
    operands.require_type(2, operands.type(0));
    if (operands.has(2) && element_count(operands.shape(2)) != 1)
        operands.reject("its value is no single number");
    auto const axes = pad_axes(operands);
    auto shape = operands.shape(0);
    for (std::size_t d = 0; d < shape.size(); ++d) shape[d] += axes[d].begin + axes[d].end;
    return one(operands, shape);
}

Infos resize(Operands const& operands)
{
    operands.require_type(0, ElementType::float32);
    Shape shape;
    for (auto const& axis : resize_axes(operands)) shape.push_back(axis.output);
    return one(operands, shape);
}

Infos depth_to_space(Operands const& operands)
{
    operands.require_rank(0, 4);
    auto const& shape = operands.shape(0);
    auto const block = int_attribute(operands.node(), "blocksize", 1);
    if (block > shape[1] || shape[1] % (block * block) != 0)
        operands.reject(
            fmt::format("{} channels do not make blocks of {} x {}", shape[1], block, block));
    return one(operands,
               {shape[0], shape[1] / (block * block), shape[2] * block, shape[3] * block});
}

Infos squeeze(Operands const& operands)
{
    auto const axes = squeezed_axes(operands);
    auto shape = operands.shape(0);
    for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
        if (shape[*axis] != 1)
            operands.reject(fmt::format("dimension {} of its input {} is not 1", *axis,
                                        describe(operands.shape(0))));
        shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(*axis));
    }
    return one(operands, shape);
}

Infos unsqueeze(Operands const& operands)
{
    auto const axes = operands.integers(1, "the axes");
    auto const rank = operands.rank(0) + static_cast<std::int64_t>(axes.size());
    auto shape = operands.shape(0);
    for (auto const axis : resolved_axes(operands, axes, rank))
        shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
    return one(operands, shape);
}

Infos expand(Operands const& operands)
{
    auto const target = operands.integers(1, "the shape");
    auto const shape = broadcast(operands.shape(0), target);
    if (!shape)
        operands.reject(fmt::format("its input of shape {} does not broadcast to [{}]",
                                    describe(operands.shape(0)), fmt::join(target, ", ")));
    return one(operands, *shape);
}

Infos constant_of_shape(Operands const& operands)
{
    auto const found = operands.node().attributes.find("value");
    auto const type = found == operands.node().attributes.end()
                          ? ElementType::float32
                          : std::get<Tensor>(found->second).type;
    return {{type, operands.integers(0, "the shape")}};
}

/// The axes of the indices stand where the axis that they go along was.
Infos gather(Operands const& operands)
{
    if (is_floating(operands.type(1))) operands.reject("its indices are no integers");
    auto shape = operands.shape(0);
    auto const axis =
        resolved_axis(operands, int_attribute(operands.node(), "axis", 0), operands.rank(0));
    auto const at = shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
    shape.insert(at, operands.shape(1).begin(), operands.shape(1).end());
    return one(operands, shape);
}

Infos tile(Operands const& operands)
{
    auto shape = operands.shape(0);
    auto const repeats = tile_repeats(operands);
    for (std::size_t d = 0; d < shape.size(); ++d) shape[d] *= repeats[d];
    return one(operands, shape);
}

Infos space_to_depth(Operands const& operands)
{
    operands.require_rank(0, 4);
    auto const& shape = operands.shape(0);
    auto const block = int_attribute(operands.node(), "blocksize", 1);
    if (block > shape[2] || block > shape[3] || shape[2] % block != 0 || shape[3] % block != 0)
        operands.reject(fmt::format("its image of {} is not made of blocks of {} x {}",
                                    describe(shape), block, block));
    return one(operands, {shape[0], shape[1] * block * block, shape[2] / block, shape[3] / block});
}

Infos shape_of(Operands const& operands)
{
    auto const [first, last] = shape_part(operands);
    return {{ElementType::int64, {last - first}}};
}

Infos size_of(Operands const&)
{
    return {{ElementType::int64, {}}};
}

Infos range(Operands const& operands)
{
    return {{ElementType::int64, {range_of(operands).count}}};
}

}  // namespace

std::map<std::string, ShapeRule> layout_shape_rules()
{
    return {{"Concat", concat},
            {"ConstantOfShape", constant_of_shape},
            {"DepthToSpace", depth_to_space},
            {"Expand", expand},
            {"Flatten", flatten},
            {"Gather", gather},
            {"Pad", pad},
            {"Range", range},
            {"Reshape", reshape},
            {"Resize", resize},
            {"Shape", shape_of},
            {"Size", size_of},
            {"Slice", slice},
            {"SpaceToDepth", space_to_depth},
            {"Split", split},
            {"Squeeze", squeeze},
            {"Tile", tile},
            {"Transpose", transpose},
            {"Unsqueeze", unsqueeze}};
}

}  // namespace lowcal::graph
